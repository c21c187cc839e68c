import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { changeEmail } from "#services/social/user/index";
import { type Account, type Client, isWeakPassword } from "../domain.ts";
import { fail } from "../errors.ts";
import { EmailChanged } from "../facts.ts";
import { hashPassword } from "../providers/password.ts";
import { hashSecret } from "../providers/secrets.ts";
import {
  accountByTicket,
  deleteLaterUndos,
  deleteTickets,
  revokeSessions,
  savePassword,
  saveUser,
  stripCredentials,
} from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import { consumeTicket, ticketQuery } from "../repository/tickets.ts";
import { freshAccount } from "./fresh.ts";
import { type Access, issueAccess, publishEpoch } from "./gate.ts";
import { mailLink, tellOf } from "./letters.ts";
import { limitMail } from "./limits.ts";

type From = { readonly client: Client };
type Shown = From & { readonly token: string };

/** The other sessions end; this one goes on with a new access token. */
export async function changePassword(
  ctx: Ctx,
  { password, client }: From & { readonly password: string },
): Promise<Access> {
  const { account, fresh } = await freshAccount(ctx, client);
  const { userId, email } = account;
  const { sessionId, session } = fresh;
  if (isWeakPassword(password, email)) throw fail("auth.password_weak");
  const at = ctx.clock.now();
  const sessionEpoch = account.sessionEpoch + 1;
  const hash = await hashPassword(password);
  const committed = await ctx.db.commit([
    saveUser(account, { sessionEpoch }),
    savePassword(userId, hash, at),
    revokeSessions({ userId, why: "password", at, except: sessionId }),
    deleteTickets(userId),
    note(ctx, "password_changed", { userId, sessionId, client }),
    tellOf(ctx, account, "password_changed", client),
  ]);
  orThrow(committed, fail);
  await publishEpoch(ctx, userId, sessionEpoch);
  return issueAccess(ctx, { ...account, ...session, sessionId, sessionEpoch });
}

/** Nothing changes until somebody who reads the new address says so. */
export async function askEmailChange(
  ctx: Ctx,
  { email, client }: From & { readonly email: string },
): Promise<void> {
  const { account, fresh } = await freshAccount(ctx, client);
  await limitMail(ctx, email);
  const { userId, version } = account;
  const payload = { email };
  await ctx.db.commit([
    ...(await mailLink(ctx, { userId, version, email }, "confirm_email", { client, payload })),
    note(ctx, "email_change_asked", { ...fresh, client }),
  ]);
}

async function loadChange(ctx: Ctx, { token, client }: Shown, purpose: "confirm_email" | "undo_email") {
  const hash = hashSecret(token);
  const now = ctx.clock.now();
  const [ticket, account] = await ctx.db.load(
    ticketQuery(hash, purpose, now),
    accountByTicket(hash, purpose, client),
  );
  const email = ticket?.payload.email;
  if (!account || email === undefined) throw fail("auth.ticket_dead");
  return { account, email, hash, spend: consumeTicket(hash, purpose, now) };
}

function tellOfChange(ctx: Ctx, { userId, email: previous, version }: Account, email: string) {
  const payload = { userId, email, previous, locale: ctx.locale };
  return append(EmailChanged.make(ctx, { id: userId, version: version + 1 }, payload));
}

/**
 * The reader of the new address must be the one who is signed in: else somebody could hang his own account on
 * a stranger who only clicks. The old address is told, with a link that takes it back.
 */
export async function confirmEmailChange(ctx: Ctx, shown: Shown): Promise<void> {
  const { account, email, spend } = await loadChange(ctx, shown, "confirm_email");
  if (requireUser(ctx) !== account.userId) throw fail("auth.ticket_dead");
  const { userId } = account;
  const { client } = shown;
  const undo = account.emailVerifiedAt === null ? [] : await mailUndo(ctx, account, client);
  const committed = await ctx.db.commit([
    spend,
    saveUser(account, { email, emailVerifiedAt: ctx.clock.now() }),
    changeEmail(userId, email),
    // Links and codes that went to the old address are no proof any more.
    deleteTickets(userId),
    note(ctx, "email_changed", { userId, client }),
    tellOfChange(ctx, account, email),
    ...undo,
  ]);
  orThrow(committed, fail);
}

const mailUndo = (ctx: Ctx, account: Account, client: Client) =>
  mailLink(ctx, account, "undo_email", { client, payload: { email: account.email } });

/**
 * Whoever undoes it did not ask for it, so somebody else was in: every credential and session goes, and the
 * owner comes back by mail.
 */
export async function undoEmailChange(ctx: Ctx, shown: Shown): Promise<void> {
  const { account, email, hash, spend } = await loadChange(ctx, shown, "undo_email");
  const { userId } = account;
  const at = ctx.clock.now();
  const sessionEpoch = account.sessionEpoch + 1;
  const committed = await ctx.db.commit([
    deleteLaterUndos(userId, hash),
    spend,
    saveUser(account, { email, emailVerifiedAt: at, sessionEpoch }),
    changeEmail(userId, email),
    ...stripCredentials(userId, at),
    revokeSessions({ userId, why: "email", at }),
    deleteTickets(userId),
    note(ctx, "email_change_undone", { userId, client: shown.client }),
    tellOfChange(ctx, account, email),
  ]);
  orThrow(committed, fail);
  await publishEpoch(ctx, userId, sessionEpoch);
}
