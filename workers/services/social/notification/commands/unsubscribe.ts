import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { hashAddress, switchOffNotification } from "#services/social/user/index";
import { OPTIONAL, type OptionalCategory } from "../domain/message.ts";
import { fail } from "../errors.ts";
import { type Email, liftSuppression, suppress } from "../repository.ts";
import type { Unsubscribing } from "../schemas.ts";

const PATH = "/v1/notifications/unsubscribe";

/** Mail for an account changes the person's preference; mail for a guest is known by its address only. */
const subjectOf = ({ userId, addressHash }: Pick<Email, "userId" | "addressHash">) => userId ?? addressHash;
const signedText = ({ subject, category }: Omit<Unsubscribing, "signature">) =>
  `unsubscribe ${subject} ${category}`;

/**
 * The market is told by the host, so the link goes to a host of this market. RFC 8058 wants one POST without
 * signing in, hence the signature.
 */
export function unsubscribeUrl(ctx: Pick<Ctx, "keys" | "config">, email: Email): string {
  const about = { subject: subjectOf(email), category: email.category as OptionalCategory };
  const url = new URL(PATH, ctx.config.origin);
  const [host] = ctx.config.hosts;
  if (host !== undefined && !ctx.config.hosts.includes(url.hostname)) url.hostname = host;
  const signature = ctx.keys.sign("link", signedText(about));
  url.search = new URLSearchParams({ ...about, signature }).toString();
  return url.href;
}

export function checkLink(ctx: Pick<Ctx, "keys">, { signature, ...about }: Unsubscribing): void {
  if (!OPTIONAL.includes(about.category)) throw fail("unsubscribe.invalid");
  if (!ctx.keys.verify("link", signedText(about), signature)) throw fail("unsubscribe.invalid");
}

/** Doing it again changes nothing. */
export async function unsubscribe(ctx: Ctx, link: Unsubscribing): Promise<null> {
  checkLink(ctx, link);
  const { subject, category } = link;
  const at = ctx.clock.now();
  const write = subject.startsWith("usr_")
    ? switchOffNotification(subject as Id<"user">, category, "email")
    : suppress({ addressHash: subject, scope: category, reason: "unsubscribe", at });
  orThrow(await ctx.db.commit([write]), fail);
  return null;
}

type Reported = { readonly email: string; readonly reason: "bounce" | "complaint" };

/** A bounce or a complaint that reached a person instead of the mail server's answer. */
export async function suppressAddress(ctx: Ctx, { email, reason }: Reported): Promise<null> {
  const addressHash = hashAddress(ctx, email);
  const at = ctx.clock.now();
  orThrow(await ctx.db.commit([suppress({ addressHash, scope: "all", reason, at })]), fail);
  return null;
}

/** The mailbox takes mail again. */
export async function liftAddress(ctx: Ctx, { email }: Pick<Reported, "email">): Promise<null> {
  orThrow(await ctx.db.commit([liftSuppression(hashAddress(ctx, email))]), fail);
  return null;
}
