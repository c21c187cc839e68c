import { eq, sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { build, guarded, type Query, query, type Statement, statement } from "#kernel/db";
import { walletOwner } from "#schema/transaction/wallet";

type WalletOwner = typeof walletOwner.$inferSelect;

export const ownerQuery = (owner: string): Query<WalletOwner | undefined> =>
  query(
    (read) => read.select().from(walletOwner).where(eq(walletOwner.owner, owner)),
    ([row]) => row,
  );

type Change = Partial<Omit<WalletOwner, "owner" | "version" | "createdAt">>;

/** Makes the row when it is the first thing known of an owner; fields that are not named stay. */
export function changeOwner({ clock }: Pick<Ctx, "clock">, owner: string, change: Change): Statement {
  const first = { owner, tier: "basic", pinFailures: 0, version: 1, createdAt: clock.now() } as const;
  const set = { ...change, version: sql`${walletOwner.version} + 1` };
  const write = build.insert(walletOwner).values({ ...first, ...change });
  return statement(write.onConflictDoUpdate({ target: walletOwner.owner, set }));
}

export const forgetPin = (owner: string): Statement =>
  statement(
    build
      .update(walletOwner)
      .set({ pinHash: null, pinLockedUntil: null })
      .where(eq(walletOwner.owner, owner)),
  );

/**
 * A try counts before the PIN is looked at, and none is left once it is locked, however many come at once.
 */
export function countTry(
  { clock }: Pick<Ctx, "clock">,
  owner: string,
  { triesMax, lockMs }: { readonly triesMax: number; readonly lockMs: number },
): Statement<"wallet.pin_locked"> {
  const now = new Date(clock.now()).toISOString();
  const until = new Date(clock.now() + lockMs).toISOString();
  const isLast = sql`pin_failures + 1 >= ${triesMax}`;
  const write = sql`UPDATE ${walletOwner} SET version = version + 1,
    pin_locked_until = CASE WHEN ${isLast} THEN ${until}::timestamptz END,
    pin_failures = CASE WHEN ${isLast} THEN 0 ELSE pin_failures + 1 END
    WHERE owner = ${owner} AND (pin_locked_until IS NULL OR pin_locked_until <= ${now}::timestamptz)`;
  return guarded(write, 1, "wallet.pin_locked");
}
