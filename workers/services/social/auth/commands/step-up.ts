import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { orThrow } from "#kernel/result";
import type { Account, Client, Method } from "../domain.ts";
import { fail } from "../errors.ts";
import { checkPassword } from "../providers/password.ts";
import { accountById } from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import { acceptTotp } from "../repository/factors.ts";
import { liveSessionQuery, stepUpSession } from "../repository/sessions.ts";
import type { Assertion } from "../schemas.ts";
import { mine } from "./fresh.ts";
import { type Access, issueAccess } from "./gate.ts";
import { limitGuesses } from "./limits.ts";
import { findPasskey } from "./passkeys.ts";
import { readTotp } from "./second-factor.ts";
import { passwordOf } from "./sign-in.ts";

type StepUp =
  | { readonly method: "password"; readonly password: string }
  | { readonly method: "totp"; readonly code: string }
  | { readonly method: "passkey"; readonly credential: Assertion };

/** Shows once more who they are, without a new session. With a second factor on, a password is not enough. */
export async function stepUp(ctx: Ctx, { client, ...proof }: StepUp & { client: Client }): Promise<Access> {
  const who = mine(ctx);
  const now = ctx.clock.now();
  const [session, account] = await ctx.db.load(liveSessionQuery(who, now), accountById(who.userId, client));
  if (!session || !account) throw fail("auth.session_over");
  const { shown, also } = await prove(ctx, account, proof);
  const amr = [...new Set([...session.amr, ...shown])];
  const detail = { method: proof.method };
  const committed = await ctx.db.commit([
    ...also,
    stepUpSession(who, { amr, now }),
    note(ctx, "stepped_up", { ...who, client, detail }),
  ]);
  orThrow(committed, fail);
  return issueAccess(ctx, { ...account, ...who, amr, authenticatedAt: now });
}

type Proof = {
  readonly shown: readonly Method[];
  readonly also: readonly Statement<"auth.code_wrong" | "auth.passkey_refused" | "auth.ticket_dead">[];
};

async function prove(ctx: Ctx, account: Account, proof: StepUp): Promise<Proof> {
  if (proof.method === "totp") {
    const step = await readTotp(ctx, account.userId, { code: proof.code, isConfirmed: true });
    return { shown: ["otp", "mfa"], also: [acceptTotp(account.userId, step)] };
  }
  if (proof.method === "passkey") {
    const { passkey, used } = await findPasskey(ctx, proof.credential);
    if (passkey.userId !== account.userId) throw fail("auth.passkey_refused");
    return { shown: ["pop", "mfa"], also: used };
  }
  if (account.hasTotp) throw fail("auth.step_up_required");
  await limitGuesses(ctx, account.email);
  const isRight = await checkPassword(proof.password, passwordOf(account));
  if (!isRight) throw fail("auth.wrong_credentials");
  return { shown: ["pwd"], also: [] };
}
