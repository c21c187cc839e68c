import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { TOTP_LOCK_MS } from "../domain.ts";
import { fail } from "../errors.ts";
import { findStep, openTotp, totpKeyId } from "../providers/otp.ts";
import { hashCode, plainRecoveryCode } from "../providers/secrets.ts";
import { type TriedTotp, totpQuery, tryTotp } from "../repository/factors.ts";

type Guess = {
  readonly code: string;
  /** A secret that is only being set up proves nothing but that it was scanned. */
  readonly isConfirmed: boolean;
};

/** Every guess is counted before it is looked at; the step of the right one is for the caller to spend. */
export async function readTotp(ctx: Ctx, userId: Id<"user">, guess: Guess): Promise<number> {
  const step = await findTotp(ctx, userId, guess);
  if (step === undefined) throw fail("auth.code_wrong");
  return step;
}

export async function findTotp(
  ctx: Ctx,
  userId: Id<"user">,
  { code, isConfirmed }: Guess,
): Promise<number | undefined> {
  const tried = await countGuess(ctx, userId);
  if (tried.isConfirmed !== isConfirmed) throw fail(isConfirmed ? "auth.totp_missing" : "auth.totp_exists");
  if (tried.keyId !== totpKeyId(ctx)) throw new Error("a TOTP secret was sealed with a key that is gone");
  return findStep(await openTotp(ctx, userId, tried.secret), code, ctx.clock.now());
}

/** Codes of the app and recovery codes are guesses at the same thing, and counted together. */
export async function countGuess(ctx: Ctx, userId: Id<"user">): Promise<TriedTotp> {
  const tried = await tryTotp(ctx.db, userId, ctx.clock.now());
  if (tried) return tried;
  const [isThere] = await ctx.db.load(totpQuery(userId));
  throw isThere ? fail("auth.locked", { retryAfter: TOTP_LOCK_MS / 1_000 }) : fail("auth.totp_missing");
}

/** Keyed hashes of the codes that its owner writes down. */
export const hashRecovery = (ctx: Ctx, userId: Id<"user">, code: string): string =>
  hashCode(ctx, `recovery ${userId}`, plainRecoveryCode(code));
