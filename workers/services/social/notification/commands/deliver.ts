import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { languageIn } from "#kernel/money-text";
import { hashAddress, type Profile, profilesQuery } from "#services/social/user/index";
import { type Delivery, decideDelivery, type Intent } from "../domain/message.ts";
import type { Template } from "../domain/template.ts";
import { templateOf } from "../domain/templates.ts";
import type { Voice } from "../domain/words.ts";
import { SEND_EMAIL } from "../facts.ts";
import { type Email, insertEmails, insertNotes, type Note } from "../repository.ts";

/** Turns what is to be said into rows and jobs, by what each person wants to hear and where. */
export async function deliver(ctx: Ctx, intents: readonly Intent[]): Promise<readonly Statement[]> {
  if (intents.length === 0) return [];
  const profiles = await loadProfiles(ctx, intents);
  const emails: Email[] = [];
  const notes: Note[] = [];
  for (const intent of intents) {
    const template = templateOf(intent.template);
    const profile = profiles.get(intent.to.userId ?? "");
    const [usual = "en"] = ctx.market.locales;
    const delivery = decideDelivery(template.category, intent.to, profile, usual);
    if (template.mail && delivery.address !== undefined && intent.only !== "inbox") {
      emails.push(toEmail(ctx, intent, template, { ...delivery, address: delivery.address }));
    }
    if (template.entry && delivery.inbox && intent.only !== "email") {
      notes.push(toNote(ctx, intent, template, delivery));
    }
  }
  return [
    ...(emails.length > 0 ? [insertEmails(emails)] : []),
    ...(notes.length > 0 ? [insertNotes(notes)] : []),
    ...emails.map(({ id }) => schedule(ctx, SEND_EMAIL, { subject: id, payload: { emailId: id } })),
  ];
}

async function loadProfiles(ctx: Ctx, intents: readonly Intent[]): Promise<ReadonlyMap<string, Profile>> {
  const userIds = [...new Set(intents.flatMap(({ to }) => to.userId ?? []))];
  if (userIds.length === 0) return new Map();
  const [profiles] = await ctx.db.load(profilesQuery(userIds));
  return new Map(profiles.map((profile) => [profile.userId, profile]));
}

function toEmail(
  ctx: Ctx,
  { transactionId, data, to, attachment, expiresAt }: Intent,
  { name, version, category }: Template,
  { address, locale }: Delivery & { readonly address: string },
): Email {
  return {
    id: ctx.ids.next("email"),
    transactionId,
    userId: to.userId ?? null,
    address,
    addressHash: hashAddress(ctx, address),
    category,
    template: name,
    templateVersion: version,
    locale,
    data,
    attachment: attachment ?? null,
    state: "queued",
    reason: null,
    createdAt: ctx.clock.now(),
    expiresAt: expiresAt ?? null,
    endedAt: null,
  };
}

function toNote(
  ctx: Ctx,
  { transactionId, data, to }: Intent,
  template: Template,
  { locale }: Delivery,
): Note {
  const entry = template.entry?.(data, voiceOf(ctx, locale));
  if (!entry || !to.userId) throw new Error("a message for an inbox has an owner and something to say");
  return {
    id: ctx.ids.next("notification"),
    transactionId,
    userId: to.userId as Id<"user">,
    category: template.category,
    template: template.name,
    templateVersion: template.version,
    ...entry,
    createdAt: ctx.clock.now(),
    readAt: null,
  };
}

export const voiceOf = (
  { config, market }: Pick<Ctx, "config" | "market">,
  locale: Voice["locale"],
): Voice => ({
  locale,
  language: languageIn(locale, market.countries),
  timeZone: market.timeZone,
  origin: config.origin.replace(/\/$/, ""),
});
