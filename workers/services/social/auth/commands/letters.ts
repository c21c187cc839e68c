import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { seal } from "#kernel/seal";
import { type Client, TICKET_MS, type TicketPayload, type TicketPurpose } from "../domain.ts";
import {
  MailRequested,
  type MailSecret,
  type MailTemplate,
  type SecurityChange,
  SecurityChanged,
} from "../facts.ts";
import { hashCode, hashSecret, newCode, newSecret } from "../providers/secrets.ts";
import { note } from "../repository/events.ts";
import { insertTicket } from "../repository/tickets.ts";

/** To whom: not always the account's own address. */
export type Recipient = { readonly userId: Id<"user">; readonly email: string; readonly version: number };

type Link = { readonly template: MailTemplate; readonly path: string };
/** Each opens a page with a button; only the button's POST spends it, since mail scanners fetch links. */
const LINKS = {
  verify_email: { template: "verify_email", path: "/verify-email" },
  reset_password: { template: "reset_password", path: "/reset-password" },
  magic_link: { template: "magic_link", path: "/sign-in/link" },
  confirm_email: { template: "confirm_new_email", path: "/account/confirm-email" },
  undo_email: { template: "email_changed", path: "/account/undo-email" },
} as const satisfies { readonly [P in TicketPurpose]?: Link };
export type LinkPurpose = keyof typeof LINKS;

type Letter = { readonly client: Client; readonly payload?: TicketPayload };

/** A ticket and the mail that carries it. The token stands behind `#`, where no server and no log sees it. */
export async function mailLink(
  ctx: Ctx,
  to: Recipient,
  purpose: LinkPurpose,
  { client, payload = {} }: Letter,
): Promise<Statement[]> {
  const token = newSecret();
  const { template, path } = LINKS[purpose];
  const link = `${ctx.config.origin.replace(/\/$/, "")}${path}#token=${token}`;
  const ticket = { hash: hashSecret(token), purpose, userId: to.userId, payload };
  return [
    insertTicket(ticket, ctx.clock.now()),
    await requestMail(ctx, to, template, { secret: { link }, purpose }),
    note(ctx, "mail_sent", { userId: to.userId, client, detail: { template } }),
  ];
}

/** The code is worth nothing without the token that whoever asked for it was answered with. */
export async function mailCode(
  ctx: Ctx,
  to: Recipient,
  { token, client }: { readonly token: string; readonly client: Client },
): Promise<Statement[]> {
  const hash = hashSecret(token);
  const code = newCode();
  const payload = { codeHash: hashCode(ctx, hash, code) };
  return [
    insertTicket({ hash, purpose: "email_otp", userId: to.userId, payload }, ctx.clock.now()),
    await requestMail(ctx, to, "email_otp", { secret: { code }, purpose: "email_otp" }),
    note(ctx, "mail_sent", { userId: to.userId, client, detail: { template: "email_otp" } }),
  ];
}

type Secret = { readonly secret: MailSecret; readonly purpose: TicketPurpose };

export async function requestMail(
  ctx: Ctx,
  { userId, email, version }: Recipient,
  template: MailTemplate,
  about?: Secret,
): Promise<Statement> {
  const secret = about && {
    sealed: await seal(ctx, about.secret),
    expiresAt: ctx.clock.now() + TICKET_MS[about.purpose],
  };
  const payload = { userId, email, locale: ctx.locale, template, ...secret };
  return append(MailRequested.make(ctx, { id: userId, version }, payload));
}

/** Tells the owner of something that a thief would do. */
export function tellOf(
  ctx: Ctx,
  { userId, email, version }: Recipient,
  change: SecurityChange,
  { device, addressPrefix }: Pick<Client, "device" | "addressPrefix">,
): Statement {
  const payload = { userId, email, locale: ctx.locale, change, device, addressPrefix };
  return append(SecurityChanged.make(ctx, { id: userId, version }, payload));
}
