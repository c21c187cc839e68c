import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { orThrow } from "#kernel/result";
import type { Account, Client } from "../domain.ts";
import { fail } from "../errors.ts";
import { checkPassword, hashPassword, type PasswordHash } from "../providers/password.ts";
import { accountByEmail, rehashPassword } from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import { finish, type Passed } from "./gate.ts";
import { forgiveGuesses, limitGuesses } from "./limits.ts";

/** Longer than the slowest check takes (an imported bcrypt hash): a refusal is never answered sooner. */
const REFUSAL_MS = 250;

type SignIn = { readonly email: string; readonly password: string; readonly client: Client };

export async function signIn(ctx: Ctx, { email, password, client }: SignIn): Promise<Passed> {
  await limitGuesses(ctx, email);
  const soonest = scheduler.wait(REFUSAL_MS);
  const [account] = await ctx.db.load(accountByEmail(email, client));
  const stored = account && passwordOf(account);
  const isRight = await checkPassword(password, stored);
  if (!account || !stored || !isRight) {
    await ctx.db.commit([note(ctx, "sign_in_failed", { userId: account?.userId, client })]);
    await soonest;
    throw fail("auth.wrong_credentials");
  }
  const also = await rehash(ctx, account, { password, stored, client });
  const passed = orThrow(await finish(ctx, account, { amr: ["pwd"], client, also }), fail);
  ctx.defer(forgiveGuesses(ctx, email).catch(() => undefined));
  return passed;
}

export function passwordOf({ passwordHash, bcryptSalt }: Account): PasswordHash | undefined {
  return passwordHash === null ? undefined : { hash: passwordHash, bcryptSalt };
}

type Checked = { readonly password: string; readonly stored: PasswordHash; readonly client: Client };

/** An imported hash is made anew while the password is at hand. */
async function rehash(
  ctx: Ctx,
  { userId }: Account,
  { password, stored, client }: Checked,
): Promise<Statement[]> {
  if (stored.bcryptSalt === null) return [];
  return [
    rehashPassword(userId, stored.hash, await hashPassword(password)),
    note(ctx, "password_rehashed", { userId, client }),
  ];
}
