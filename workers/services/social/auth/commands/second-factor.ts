import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { TOTP_LOCK_MS } from "../domain.ts";
import { fail } from "../errors.ts";
import { findStep, openTotp, totpKeyId } from "../providers/otp.ts";
import { hashCode, plainRecoveryCode } from "../providers/secrets.ts";
import { tryTotp } from "../repository/factors.ts";

/** Every guess is counted before it is looked at; the step of the right one is for the caller to spend. */
export async function readTotp(ctx: Ctx, userId: Id<"user">, code: string): Promise<number> {
  const { step } = await tryStep(ctx, userId, code);
  if (step === undefined) throw fail("auth.code_wrong");
  return step;
}

export async function tryStep(
  ctx: Ctx,
  userId: Id<"user">,
  code: string,
): Promise<{ readonly step: number | undefined }> {
  const now = ctx.clock.now();
  const tried = await tryTotp(ctx.db, userId, now);
  if (!tried) throw fail("auth.locked", { retryAfter: TOTP_LOCK_MS / 1_000 });
  if (tried.keyId !== totpKeyId(ctx)) throw new Error("a TOTP secret was sealed with a key that is gone");
  return { step: findStep(await openTotp(ctx, userId, tried.secret), code, now) };
}

/** Keyed hashes of the codes that its owner writes down. */
export const hashRecovery = (ctx: Ctx, userId: Id<"user">, code: string): string =>
  hashCode(ctx, `recovery ${userId}`, plainRecoveryCode(code));
