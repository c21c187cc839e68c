import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { type Client, RECOVERY_CODES } from "../domain.ts";
import { fail } from "../errors.ts";
import { newTotpSecret, sealTotp, toBase32, totpKeyId, totpUri } from "../providers/otp.ts";
import { newRecoveryCode } from "../providers/secrets.ts";
import { note } from "../repository/events.ts";
import {
  confirmTotp as confirm,
  removeTotp,
  replaceRecoveryCodes,
  setUpTotp as setUp,
} from "../repository/factors.ts";
import { stepUpSession } from "../repository/sessions.ts";
import { freshAccount } from "./fresh.ts";
import { tellOf } from "./letters.ts";
import { hashRecovery, readTotp } from "./second-factor.ts";

const ISSUER = "Titan Commerce";

type From = { readonly client: Client };

/** Nothing guards sign-in until a code has shown that the app has the secret. */
export async function setUpTotp(ctx: Ctx, { client }: From): Promise<{ secret: string; uri: string }> {
  const { account } = await freshAccount(ctx, client);
  const { userId, email } = account;
  const secret = newTotpSecret();
  const sealed = await sealTotp(ctx, userId, secret);
  const row = { userId, secret: sealed, keyId: totpKeyId(ctx), createdAt: ctx.clock.now() };
  orThrow(await ctx.db.commit([setUp(row)]), fail);
  const issuer = `${ISSUER} ${ctx.cell.toUpperCase()}`;
  return { secret: toBase32(secret), uri: totpUri(secret, { issuer, email }) };
}

function makeRecoveryCodes(ctx: Ctx, userId: Id<"user">) {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  const hashes = codes.map((code) => hashRecovery(ctx, userId, code));
  return { codes, statements: replaceRecoveryCodes(userId, hashes) };
}

/** From now on it guards every sign-in. The session that set it up has shown it and is past the gate. */
export async function confirmTotp(
  ctx: Ctx,
  { code, client }: From & { readonly code: string },
): Promise<{ recoveryCodes: string[] }> {
  const { account, fresh } = await freshAccount(ctx, client);
  const { userId } = account;
  const now = ctx.clock.now();
  const step = await readTotp(ctx, userId, { code, isConfirmed: false });
  const { codes, statements } = makeRecoveryCodes(ctx, userId);
  const amr = [...new Set([...fresh.session.amr, "otp", "mfa"])];
  const committed = await ctx.db.commit([
    confirm(userId, { step, now }),
    ...statements,
    stepUpSession(fresh, { amr, now }),
    note(ctx, "totp_on", { ...fresh, client }),
    tellOf(ctx, account, "second_factor_on", client),
  ]);
  orThrow(committed, fail);
  return { recoveryCodes: codes };
}

export async function removeSecondFactor(ctx: Ctx, { client }: From): Promise<void> {
  const { account, fresh } = await freshAccount(ctx, client);
  const committed = await ctx.db.commit([
    ...removeTotp(account.userId),
    note(ctx, "totp_off", { ...fresh, client }),
    tellOf(ctx, account, "second_factor_off", client),
  ]);
  orThrow(committed, fail);
}

export async function renewRecoveryCodes(ctx: Ctx, { client }: From): Promise<{ recoveryCodes: string[] }> {
  const { account, fresh } = await freshAccount(ctx, client);
  if (!account.hasTotp) throw fail("auth.totp_missing");
  const { codes, statements } = makeRecoveryCodes(ctx, account.userId);
  await ctx.db.commit([...statements, note(ctx, "recovery_codes_made", { ...fresh, client })]);
  return { recoveryCodes: codes };
}
