import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { createIds, type Id } from "#kernel/ids";
import { openSealed } from "#kernel/seal";
import { type Frame, oneLine, toHtml, toText } from "../domain/layout.ts";
import { isMandatory, messageIdOf, type TemplateData } from "../domain/message.ts";
import { templateOf } from "../domain/templates.ts";
import { mailerOf } from "../provider/mailer.ts";
import type { Mail } from "../provider/mime.ts";
import { type Email, emailQuery, endEmail, forget, suppress, suppressionQuery } from "../repository.ts";
import { voiceOf } from "./deliver.ts";
import { unsubscribeUrl } from "./unsubscribe.ts";

/** Long enough for "I never got it", and far beyond the time in which an event may come again. */
const EMAIL_KEPT_MS = 90 * DAY_MS;
const NOTE_KEPT_MS = 365 * DAY_MS;
const BRAND = "Titan Commerce";

/**
 * Sends one mail and says how it ended. The job's lease keeps a second worker away. A crash between the
 * server's answer and our commit sends it again with the same Message-ID: at least once, and told apart.
 */
export async function sendEmail(
  ctx: Ctx,
  { emailId }: { readonly emailId: Id<"email"> },
): Promise<readonly Statement[]> {
  const [email, suppressed] = await ctx.db.load(emailQuery(emailId), suppressionQuery(emailId));
  if (email?.state !== "queued") return [];
  const at = ctx.clock.now();
  if (suppressed) return [endEmail(emailId, { state: "suppressed", reason: suppressed, at })];
  if (email.expiresAt !== null && email.expiresAt <= at) {
    return [endEmail(emailId, { state: "failed", reason: "expired", at })];
  }
  const sent = await mailerOf(ctx).send(await writeMail(ctx, email));
  if (sent.ok) return [endEmail(emailId, { state: "sent", reason: null, at }), ...forgetOld(emailId, at)];
  ctx.log.warn("email.rejected", { emailId, template: email.template, reason: sent.reason });
  const { addressHash } = email;
  return [
    endEmail(emailId, { state: "failed", reason: sent.reason, at }),
    ...(sent.isBounce ? [suppress({ addressHash, scope: "all", reason: "bounce", at })] : []),
  ];
}

/** One mail in 32, by the last digit of its random id, takes old rows along: no table here grows for ever. */
function forgetOld(emailId: Id<"email">, now: number): readonly Statement[] {
  if (!emailId.endsWith("0")) return [];
  const idAt = (ms: number) => createIds({ now: () => now - ms });
  return [
    forget("email_message", idAt(EMAIL_KEPT_MS).next("email")),
    forget("notification", idAt(NOTE_KEPT_MS).next("notification")),
  ];
}

async function writeMail(ctx: Ctx, email: Email): Promise<Mail> {
  const { template, templateVersion, locale, category } = email;
  const voice = voiceOf(ctx, locale);
  const write = templateOf(template, templateVersion).mail;
  if (!write) throw new Error(`${template} is not for mail`);
  const content = write(await openData(ctx, email), voice);
  const stop = isMandatory(category) ? undefined : unsubscribeUrl(ctx, email);
  const frame: Frame = { locale, brand: BRAND, unsubscribeUrl: stop };
  const domain = ctx.config.mailFrom.split("@").at(-1) ?? "";
  return {
    messageId: messageIdOf(email.transactionId, domain),
    at: email.createdAt,
    from: { name: BRAND, email: ctx.config.mailFrom },
    to: email.address,
    subject: oneLine(content.subject),
    text: toText(content, frame),
    html: toHtml(content, frame),
    headers: {
      // RFC 3834: nobody's absence note should answer this.
      "Auto-Submitted": "auto-generated",
      ...(stop && {
        "List-Unsubscribe": `<${stop}>`,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      }),
    },
    attachments: await readAttachments(ctx, email),
  };
}

/** A secret is opened here, on its way into the mail, and is nowhere else in clear. */
async function openData(ctx: Ctx, { data }: Email): Promise<TemplateData> {
  const { sealed, ...open } = data ?? {};
  if (typeof sealed !== "string") return open;
  return { ...open, ...((await openSealed(ctx, sealed)) as TemplateData) };
}

async function readAttachments(ctx: Ctx, { attachment }: Email): Promise<Mail["attachments"]> {
  if (!attachment) return [];
  const { key, filename, contentType } = attachment;
  const object = await ctx.buckets.DOCUMENTS.get(key);
  if (!object) throw new Error("the document of a mail is not there");
  return [{ filename, contentType, bytes: new Uint8Array(await object.arrayBuffer()) }];
}
