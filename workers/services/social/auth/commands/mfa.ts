import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { orThrow } from "#kernel/result";
import type { Account, Client, Method } from "../domain.ts";
import { fail } from "../errors.ts";
import { hashSecret } from "../providers/secrets.ts";
import { accountByTicket } from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import { acceptTotp, clearFailures, useRecoveryCode } from "../repository/factors.ts";
import { consumeTicket, ticketQuery } from "../repository/tickets.ts";
import { finish, type Passed } from "./gate.ts";
import { tellOf } from "./letters.ts";
import { countGuess, findTotp, hashRecovery } from "./second-factor.ts";

type Mfa = {
  readonly mfaToken: string;
  readonly code?: string | undefined;
  readonly recoveryCode?: string | undefined;
  readonly client: Client;
};

/** The second step of a sign-in. A wrong code leaves the ticket; the account's lock bounds the guesses. */
export async function completeMfa(ctx: Ctx, { mfaToken, code, recoveryCode, client }: Mfa): Promise<Passed> {
  const hash = hashSecret(mfaToken);
  const now = ctx.clock.now();
  const [ticket, account] = await ctx.db.load(
    ticketQuery(hash, "mfa", now),
    accountByTicket(hash, "mfa", client),
  );
  if (!ticket || !account) throw fail("auth.ticket_dead");
  const second =
    code === undefined
      ? await byRecoveryCode(ctx, account, { code: recoveryCode ?? "", client })
      : await byTotp(ctx, account, { code, client });
  const amr = [...((ticket.payload.amr ?? []) as readonly Method[]), second.shown, "mfa"] as const;
  const also = [consumeTicket(hash, "mfa", now), ...second.also];
  const passed = await finish(ctx, account, { amr, client, also });
  if (!passed.ok && passed.code === "auth.code_wrong") await noteFailure(ctx, account, client);
  return orThrow(passed, fail);
}

type Second = { readonly shown: Method; readonly also: readonly Statement<"auth.code_wrong">[] };
type Given = { readonly code: string; readonly client: Client };

async function byTotp(ctx: Ctx, account: Account, { code, client }: Given): Promise<Second> {
  const step = await findTotp(ctx, account.userId, { code, isConfirmed: true });
  if (step === undefined) {
    await noteFailure(ctx, account, client);
    throw fail("auth.code_wrong");
  }
  return { shown: "otp", also: [acceptTotp(account.userId, step)] };
}

async function byRecoveryCode(ctx: Ctx, account: Account, { code, client }: Given): Promise<Second> {
  const { userId } = account;
  await countGuess(ctx, userId);
  return {
    shown: "rec",
    also: [
      useRecoveryCode(userId, hashRecovery(ctx, userId, code)),
      clearFailures(userId),
      note(ctx, "recovery_code_used", { userId, client }),
      tellOf(ctx, account, "recovery_code_used", client),
    ],
  };
}

async function noteFailure(ctx: Ctx, { userId }: Account, client: Client): Promise<void> {
  await ctx.db.commit([note(ctx, "mfa_failed", { userId, client })]);
}
