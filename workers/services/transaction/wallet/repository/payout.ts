import { and, desc, eq, lt, type SQL, sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { payout, payoutAccount, payoutEvent } from "#schema/transaction/wallet";
import type { BankAccount, Payout } from "../domain/payout.ts";

export const insertPayout = (made: Payout): Statement<"wallet.payout_repeated"> => ({
  ...insertMany(payout, [made]),
  constraints: { payout_once: "wallet.payout_repeated" },
});

export const payoutByKey = ({ owner, requestedBy, key }: Payout): Query<Payout | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(payout)
        .where(and(eq(payout.owner, owner), eq(payout.requestedBy, requestedBy), eq(payout.key, key))),
    ([row]) => row,
  );

export const payoutQuery = (payoutId: Id<"payout">): Query<Payout | undefined> =>
  query(
    (read) => read.select().from(payout).where(eq(payout.id, payoutId)),
    ([row]) => row,
  );

export const payoutByReference = (referenceNo: string): Query<Payout | undefined> =>
  query(
    (read) => read.select().from(payout).where(eq(payout.referenceNo, referenceNo)),
    ([row]) => row,
  );

type Listing = {
  readonly owner?: string;
  readonly state?: Payout["state"];
  readonly provider?: Payout["provider"];
  readonly before?: string | undefined;
  readonly limit: number;
};

export const payoutsQuery = ({
  owner,
  state,
  provider,
  before,
  limit,
}: Listing): Query<readonly Payout[]> => {
  const which: (SQL | undefined)[] = [
    owner === undefined ? undefined : eq(payout.owner, owner),
    state === undefined ? undefined : eq(payout.state, state),
    provider === undefined ? undefined : eq(payout.provider, provider),
    before === undefined ? undefined : lt(payout.id, before as Id<"payout">),
  ];
  return query(
    (read) =>
      read
        .select()
        .from(payout)
        .where(and(...which))
        .orderBy(desc(payout.id))
        .limit(limit),
    (rows) => rows,
  );
};

type Source = "platform" | "answer" | "notification" | "query" | "operator";

/** The payout as it is now, with a line in its log; refused when somebody else changed it meanwhile. */
export function savePayout(
  ctx: Pick<Ctx, "clock">,
  after: Payout,
  source: Source,
): readonly Statement<"wallet.stale">[] {
  const { id, version, state, referenceNo, note, doneAt } = after;
  const unchanged = and(eq(payout.id, id), eq(payout.version, version - 1));
  const set = { version, state, referenceNo, note, doneAt };
  return [
    guarded(build.update(payout).set(set).where(unchanged), 1, "wallet.stale"),
    logPayout(ctx, after, source),
  ];
}

export const logPayout = ({ clock }: Pick<Ctx, "clock">, made: Payout, source: Source): Statement =>
  insertMany(payoutEvent, [
    {
      payoutId: made.id,
      seq: made.version,
      at: clock.now(),
      state: made.state,
      source,
      detail: { referenceNo: made.referenceNo, note: made.note },
    },
  ]);

type Stored = typeof payoutAccount.$inferSelect;

export const payoutAccountQuery = (owner: string): Query<Stored | undefined> =>
  query(
    (read) => read.select().from(payoutAccount).where(eq(payoutAccount.owner, owner)),
    ([row]) => row,
  );

export function savePayoutAccount(owner: string, account: BankAccount, now: number): Statement {
  const { bank, accountNumber, holderName, email } = account;
  const at = new Date(now).toISOString();
  return {
    sql: sql`INSERT INTO ${payoutAccount} AS a
        (owner, bank, account_number, holder_name, email, checked_at, version)
      VALUES (${owner}, ${bank}, ${accountNumber}, ${holderName}, ${email}, ${at}::timestamptz, 1)
      ON CONFLICT (owner) DO UPDATE SET bank = excluded.bank, account_number = excluded.account_number,
        holder_name = excluded.holder_name, email = excluded.email, checked_at = excluded.checked_at,
        version = a.version + 1`,
  };
}
