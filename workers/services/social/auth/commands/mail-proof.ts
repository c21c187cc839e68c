import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { orThrow } from "#kernel/result";
import { type Account, type Client, isWeakPassword, type TicketPurpose } from "../domain.ts";
import { fail } from "../errors.ts";
import { checkPassword, hashPassword } from "../providers/password.ts";
import { hashCode, hashSecret, isSame, newSecret } from "../providers/secrets.ts";
import {
  accountByEmail,
  accountById,
  accountByTicket,
  deleteTickets,
  revokeSessions,
  savePassword,
  saveUser,
} from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import { consumeTicket, ticketQuery, tryCode } from "../repository/tickets.ts";
import { finish, type Passed, publishEpoch } from "./gate.ts";
import { mailCode, mailLink, tellOf } from "./letters.ts";
import { limitMail } from "./limits.ts";
import { proveEmail } from "./proof.ts";
import { passwordOf } from "./sign-in.ts";

/** Longer than asking for a mail takes: who has no account is answered no sooner. */
const ANSWER_MS = 150;

type Asked = { readonly email: string; readonly client: Client };
type Shown = { readonly token: string; readonly client: Client };

/** The same answer, after the same time and as many round trips, for a known address and an unknown. */
async function ask(
  ctx: Ctx,
  { email, client }: Asked,
  write: (account: Account) => Promise<Statement[]>,
): Promise<void> {
  await limitMail(ctx, email);
  const work = async () => {
    const [account] = await ctx.db.load(accountByEmail(email));
    const known = account && account.disabledAt === null;
    await ctx.db.commit(known ? await write(account) : [note(ctx, "mail_sent", { client })]);
  };
  await Promise.all([work(), scheduler.wait(ANSWER_MS)]);
}

export const askReset = (ctx: Ctx, asked: Asked): Promise<void> =>
  ask(ctx, asked, (account) => mailLink(ctx, account, "reset_password", asked));

export const askMagicLink = (ctx: Ctx, asked: Asked): Promise<void> =>
  ask(ctx, asked, (account) => mailLink(ctx, account, "magic_link", asked));

/** The token is an answer to everybody; only a known address has a ticket behind it. */
export async function askOtp(ctx: Ctx, asked: Asked): Promise<{ readonly token: string }> {
  const token = newSecret();
  await ask(ctx, asked, (account) => mailCode(ctx, account, { token, client: asked.client }));
  return { token };
}

/** Sends the link of sign-up once more. */
export async function askVerification(ctx: Ctx, { client }: { readonly client: Client }): Promise<void> {
  if (ctx.actor.kind !== "user") throw fail("auth.user_not_found");
  const [account] = await ctx.db.load(accountById(ctx.actor.userId));
  if (!account) throw fail("auth.user_not_found");
  if (account.emailVerifiedAt !== null) return;
  await limitMail(ctx, account.email);
  await ctx.db.commit(await mailLink(ctx, account, "verify_email", { client }));
}

async function loadTicketed(ctx: Ctx, { token, client }: Shown, purpose: TicketPurpose) {
  const hash = hashSecret(token);
  const [ticket, account] = await ctx.db.load(
    ticketQuery(hash, purpose, ctx.clock.now()),
    accountByTicket(hash, purpose, client),
  );
  if (!ticket || !account) throw fail("auth.ticket_dead");
  return { ticket, account, spend: consumeTicket(hash, purpose, ctx.clock.now()) };
}

/** A proof of mail that also signs in: a link or a code. */
async function passByMail(
  ctx: Ctx,
  before: Account,
  { client, spend }: { readonly client: Client; readonly spend: ReturnType<typeof consumeTicket> },
): Promise<Passed> {
  const { account, statements } = proveEmail(ctx, before, { client });
  const passed = await finish(ctx, account, { amr: ["email"], client, also: [spend, ...statements] });
  if (passed.ok && account !== before) await publishEpoch(ctx, account.userId, account.sessionEpoch);
  return orThrow(passed, fail);
}

export async function useMagicLink(ctx: Ctx, shown: Shown): Promise<Passed> {
  const { account, spend } = await loadTicketed(ctx, shown, "magic_link");
  return passByMail(ctx, account, { client: shown.client, spend });
}

export async function useOtp(ctx: Ctx, { token, code, client }: Shown & { code: string }): Promise<Passed> {
  const hash = hashSecret(token);
  const tried = await tryCode(ctx.db, hash, ctx.clock.now());
  if (!tried?.userId || !isSame(tried.payload.codeHash ?? "", hashCode(ctx, hash, code))) {
    await ctx.db.commit([note(ctx, "sign_in_failed", { userId: tried?.userId, client })]);
    throw fail("auth.code_wrong");
  }
  const [account] = await ctx.db.load(accountById(tried.userId, client));
  if (!account) throw fail("auth.code_wrong");
  return passByMail(ctx, account, { client, spend: consumeTicket(hash, "email_otp", ctx.clock.now()) });
}

type Verifying = Shown & { readonly password?: string | undefined };
type Verified = Passed | { readonly status: "verified" };

/**
 * Confirms the address of a new account. Whoever is signed in to it, or knows its password, made it and keeps
 * it as it is; anybody else who reads its mail gets it empty.
 */
export async function verifyEmail(ctx: Ctx, { password, ...shown }: Verifying): Promise<Verified> {
  const { account, spend } = await loadTicketed(ctx, shown, "verify_email");
  const { client } = shown;
  // Confirmed meanwhile: the link has nothing left to prove, and is no way to sign in.
  if (account.emailVerifiedAt !== null) {
    orThrow(await ctx.db.commit([spend]), fail);
    return { status: "verified" };
  }
  const isSignedIn = ctx.actor.kind === "user" && ctx.actor.userId === account.userId;
  const stored = passwordOf(account);
  const knows = password !== undefined && stored !== undefined && (await checkPassword(password, stored));
  if (password !== undefined && !knows) throw fail("auth.wrong_credentials");
  if (!isSignedIn && !knows) return passByMail(ctx, account, { client, spend });
  const proved = proveEmail(ctx, account, { client, isMaker: true });
  if (isSignedIn) {
    orThrow(await ctx.db.commit([spend, ...proved.statements]), fail);
    return { status: "verified" };
  }
  const also = [spend, ...proved.statements];
  return orThrow(await finish(ctx, proved.account, { amr: ["pwd", "email"], client, also }), fail);
}

/** Ends every session and signs nobody in: a second factor still stands before the next sign-in. */
export async function resetPassword(ctx: Ctx, { password, ...shown }: Shown & { password: string }) {
  const { account: before, spend } = await loadTicketed(ctx, shown, "reset_password");
  const { client } = shown;
  if (isWeakPassword(password, before.email)) throw fail("auth.password_weak");
  const { account, statements } = proveEmail(ctx, before, { client });
  const { userId } = account;
  const at = ctx.clock.now();
  const sessionEpoch = account.sessionEpoch + 1;
  const hash = await hashPassword(password);
  const committed = await ctx.db.commit([
    spend,
    ...statements,
    saveUser(account, { sessionEpoch }),
    savePassword(userId, hash, at),
    revokeSessions({ userId, why: "password", at }),
    deleteTickets(userId),
    note(ctx, "password_reset", { userId, client }),
    tellOf(ctx, account, "password_changed", client),
  ]);
  orThrow(committed, fail);
  await publishEpoch(ctx, userId, sessionEpoch);
}
