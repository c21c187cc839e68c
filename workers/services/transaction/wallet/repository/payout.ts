import { and, desc, eq, isNull, lt, lte, or, type SQL, sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import {
  build,
  guarded,
  insertMany,
  type Query,
  query,
  recordset,
  type Statement,
  statement,
} from "#kernel/db";
import type { Id } from "#kernel/ids";
import { payout, payoutAccount, payoutEvent } from "#schema/transaction/wallet";
import type { PaidTo } from "../domain/account.ts";
import type { Payout } from "../domain/payout.ts";

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
  /** Only what need not wait any longer at that time. */
  readonly readyAt?: number;
  readonly limit: number;
};

export const payoutsQuery = ({
  owner,
  state,
  provider,
  before,
  readyAt,
  limit,
}: Listing): Query<readonly Payout[]> => {
  const which: (SQL | undefined)[] = [
    owner === undefined ? undefined : eq(payout.owner, owner),
    state === undefined ? undefined : eq(payout.state, state),
    provider === undefined ? undefined : eq(payout.provider, provider),
    before === undefined ? undefined : lt(payout.id, before as Id<"payout">),
    readyAt === undefined ? undefined : or(isNull(payout.sendFrom), lte(payout.sendFrom, readyAt)),
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

type Source = "platform" | "answer" | "notification" | "query" | "operator" | "owner";

/** The payout as it is now, with a line in its log; refused when somebody else changed it meanwhile. */
export function savePayout(
  ctx: Pick<Ctx, "clock">,
  after: Payout,
  source: Source,
): readonly Statement<"wallet.stale">[] {
  const { id, version, state, referenceNo, note, checkedAt, doneAt } = after;
  const unchanged = and(eq(payout.id, id), eq(payout.version, version - 1));
  const set = { version, state, referenceNo, note, checkedAt, doneAt };
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

export const payoutAccountQuery = (owner: string): Query<PaidTo | undefined> =>
  query(
    (read) => read.select().from(payoutAccount).where(eq(payoutAccount.owner, owner)),
    ([row]) => row,
  );

/** What is held of a person beside the books, which his statement shows. */
export const exportQuery = (userId: Id<"user">): Query<readonly unknown[]> =>
  query(
    (read) =>
      read
        .select({
          bank: payoutAccount.bank,
          accountNumber: payoutAccount.accountNumber,
          holderName: payoutAccount.holderName,
          email: payoutAccount.email,
        })
        .from(payoutAccount)
        .where(eq(payoutAccount.owner, userId)),
    (rows) => rows,
  );

export const forgetPayoutAccount = (owner: string): Statement =>
  statement(build.delete(payoutAccount).where(eq(payoutAccount.owner, owner)));

const ACCOUNT_FIELDS = [
  "bank",
  "account_number",
  "holder_name",
  "email",
  "set_at",
  "usable_from",
  "checked_at",
  "refusal",
  "version",
];

/** One version on from what it was decided on, or refused. */
export function savePayoutAccount(account: PaidTo): Statement<"wallet.stale"> {
  const { from, names } = recordset(payoutAccount, [account]);
  const set = sql.raw(ACCOUNT_FIELDS.map((name) => `${name} = excluded.${name}`).join(", "));
  const write = sql`INSERT INTO ${payoutAccount} AS a (${names}) SELECT ${names} FROM ${from} WHERE true
    ON CONFLICT (owner) DO UPDATE SET ${set} WHERE a.version = excluded.version - 1`;
  return guarded(write, 1, "wallet.stale");
}
