import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { checkPassword, hashPassword, requireFresh } from "#services/social/auth/index";
import { fail } from "../errors.ts";
import { changeOwner, countTry, ownerQuery } from "../repository/owner.ts";

/** Somebody who has just shown who he is sets it, so a PIN that was forgotten needs no other way. */
export async function setPin(ctx: Ctx, pin: string): Promise<void> {
  const { userId } = await requireFresh(ctx);
  const { hash } = await hashPassword(pin);
  const change = { pinHash: hash, pinFailures: 0, pinLockedUntil: null };
  orThrow(await ctx.db.commit([changeOwner(ctx, userId, change)]), fail);
}

/** Whoever moves money out of a wallet knows its PIN. Wrong ones are counted, and too many lock it. */
export async function requirePin(ctx: Ctx, pin: string): Promise<Id<"user">> {
  const userId = requireUser(ctx);
  const [owner] = await ctx.db.load(ownerQuery(userId));
  if (!owner?.pinHash) throw fail("wallet.pin_missing");
  const { pinTriesMax: triesMax, pinLockMs: lockMs } = ctx.market.wallet;
  const counted = await ctx.db.commit([countTry(ctx, userId, { triesMax, lockMs })]);
  if (!counted.ok) throw fail(counted.code, { retryAfter: Math.ceil(lockMs / 1_000) });
  if (!(await checkPassword(pin, { hash: owner.pinHash, bcryptSalt: null }))) throw fail("wallet.pin_wrong");
  await ctx.db.commit([changeOwner(ctx, userId, { pinFailures: 0, pinLockedUntil: null })]);
  return userId;
}
