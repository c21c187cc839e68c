import * as z from "zod";
import { LOCALES } from "#kernel/errors";
import { zId } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { zCurrency } from "#kernel/money";
import {
  type Address,
  addressFlaws,
  CHANNELS,
  CONSENT_PURPOSES,
  CONSENT_SOURCES,
  type Consent,
  ERASURE_ACTIONS,
  type Erasure,
  type ErasureStep,
  isTimeZone,
  OPTIONAL_CATEGORIES,
  type Profile,
} from "./domain.ts";

/** A person's or street's name: long enough for real ones, short enough for a label. */
const NAME_CHARS_MAX = 100;
const LINE_CHARS_MAX = 200;

const zName = z.string().trim().min(1).max(NAME_CHARS_MAX);
const zLine = z.string().trim().min(1).max(LINE_CHARS_MAX);
const zTimeZone = z.string().max(64).refine(isTimeZone, "This is no IANA time zone.");
const zChoices = z.partialRecord(
  z.enum(OPTIONAL_CATEGORIES),
  z.strictObject({ email: z.boolean().optional(), inbox: z.boolean().optional() }),
);

export const zProfile = z.object({
  userId: zId("user"),
  name: z.string(),
  email: z.string(),
  phone: z.string().nullable(),
  locale: z.enum(LOCALES),
  timeZone: z.string(),
  currency: zCurrency,
  notifications: z.record(z.enum(OPTIONAL_CATEGORIES), z.record(z.enum(CHANNELS), z.boolean())),
  createdAt: z.iso.datetime(),
  version: z.int(),
});

export const zPatchProfile = z
  .strictObject({
    name: zName,
    phone: z.e164().nullable(),
    locale: z.enum(LOCALES),
    timeZone: zTimeZone.nullable(),
    currency: zCurrency.nullable(),
    notifications: zChoices,
  })
  .partial();
export type PatchProfile = z.output<typeof zPatchProfile> & { readonly ifMatch: number };

const placeShape = {
  recipient: zName,
  phone: z.e164(),
  country: z.string().regex(/^[A-Z]{2}$/),
  region: zName.nullable().default(null),
  city: zName,
  district: zName.nullable().default(null),
  village: zName.nullable().default(null),
  postalCode: z.string().trim().toUpperCase().max(10),
  line1: zLine,
  line2: zLine.nullable().default(null),
  latitude: z.number().min(-90).max(90).nullable().default(null),
  longitude: z.number().min(-180).max(180).nullable().default(null),
};
const zPlaceFields = z.object(placeShape);

/** Where something is sent, checked by its country's rules: what an order keeps as its snapshot. */
export const zAddress = zPlaceFields.superRefine(checkPlace);

export const zPutAddress = z
  .object({
    ...placeShape,
    label: zName.nullable().default(null),
    isDefaultShipping: z.boolean().default(false),
    isDefaultBilling: z.boolean().default(false),
  })
  .superRefine(checkPlace);
export type PutAddress = z.output<typeof zPutAddress>;

function checkPlace(place: z.output<typeof zPlaceFields>, context: z.RefinementCtx): void {
  for (const { field, message } of addressFlaws(place)) {
    context.addIssue({ code: "custom", path: [field], message });
  }
  if ((place.latitude === null) !== (place.longitude === null)) {
    context.addIssue({ code: "custom", path: ["latitude"], message: "A pin has both coordinates." });
  }
}

export const zAddressRef = z.object({ addressId: zId("address") });
export const zSavedAddress = z.object({
  ...placeShape,
  id: zId("address"),
  label: z.string().nullable(),
  isDefaultShipping: z.boolean(),
  isDefaultBilling: z.boolean(),
  createdAt: z.iso.datetime(),
  version: z.int(),
});
export const zAddresses = z.object({ items: z.array(zSavedAddress), nextCursor: z.null() });

export const zGiveConsent = z.object({
  purpose: z.enum(CONSENT_PURPOSES),
  version: z.string().trim().min(1).max(40),
  granted: z.boolean(),
});
export type GiveConsent = z.output<typeof zGiveConsent>;
export const zConsent = zGiveConsent.extend({
  id: zId("consent"),
  source: z.enum(CONSENT_SOURCES),
  at: z.iso.datetime(),
});

export const zExport = z.object({
  userId: zId("user"),
  exportedAt: z.iso.datetime(),
  profile: zProfile,
  addresses: z.array(zSavedAddress),
  consents: z.array(zConsent),
  /** What each other service holds, by its name. */
  services: z.record(z.string(), z.unknown()),
});

export const zErasureRef = z.object({ userId: zId("user") });
export const zProofQuery = z.object({ signature: z.string().max(64) });
export const zErasure = z.object({
  userId: zId("user"),
  requestedAt: z.iso.datetime(),
  completedAt: z.iso.datetime().nullable(),
  steps: z.array(
    z.object({
      store: z.string(),
      action: z.enum(ERASURE_ACTIONS),
      reason: z.string(),
      at: z.iso.datetime(),
    }),
  ),
  /** Where this answer can be read once the account is gone. */
  proofPath: z.string(),
});

const iso = (ms: number) => new Date(ms).toISOString();

export const toProfileDto = (profile: Profile, market: Pick<Market, "timeZone" | "currency">) => ({
  ...profile,
  timeZone: profile.timeZone ?? market.timeZone,
  currency: profile.currency ?? market.currency,
  notifications: Object.fromEntries(
    OPTIONAL_CATEGORIES.map((category) => [
      category,
      Object.fromEntries(
        CHANNELS.map((channel) => [channel, profile.notifications[category]?.[channel] ?? true]),
      ),
    ]),
  ) as z.input<typeof zProfile>["notifications"],
  createdAt: iso(profile.createdAt),
});

export const toAddressDto = ({ userId: _, createdAt, ...address }: Address) => ({
  ...address,
  createdAt: iso(createdAt),
});

export const toConsentDto = ({ userId: _, at, ...consent }: Consent) => ({ ...consent, at: iso(at) });

export const toErasureDto = (
  { userId, requestedAt, completedAt }: Erasure,
  steps: readonly ErasureStep[],
  proofPath: string,
) => ({
  userId,
  requestedAt: iso(requestedAt),
  completedAt: completedAt === null ? null : iso(completedAt),
  steps: steps.map(({ store, action, reason, at }) => ({ store, action, reason, at: iso(at) })),
  proofPath,
});
