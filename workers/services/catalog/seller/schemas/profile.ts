import * as z from "zod";
import { zId } from "#kernel/ids";
import { zPage } from "#kernel/page";
import { zTexts } from "#kernel/texts";
import { zAddress } from "#services/social/user/schemas";
import { type Checked, maskNumber, type PayoutAccount, type Profile } from "../domain/profile.ts";
import type { Seller } from "../domain/shop.ts";
import { toStorefront, zStorefront } from "./shop.ts";

const POLICY_CHARS_MAX = 4_000;
const CLOSURES_MAX = 60;
const SHELVES_MAX = 12;
const SHELF_MAX = 24;

const zName = z.string().trim().min(2).max(100);
const zStorefrontFields = z.object({
  tagline: zTexts(160).nullable().default(null),
  announcement: zTexts(1_000).nullable().default(null),
  returnPolicy: zTexts(POLICY_CHARS_MAX).nullable().default(null),
  shippingPolicy: zTexts(POLICY_CHARS_MAX).nullable().default(null),
  shelves: z
    .array(z.object({ title: zTexts(80), productIds: z.array(zId("product")).min(1).max(SHELF_MAX) }))
    .max(SHELVES_MAX)
    .default([]),
});
const zClosure = z
  .object({ from: z.iso.datetime(), until: z.iso.datetime(), name: zName })
  .refine(({ from, until }) => from < until, { path: ["until"], message: "A closure ends after it begins." });

/** A number of the market's tax office; its form differs by market, its letters and digits do not. */
const zTaxId = z
  .string()
  .trim()
  .regex(/^[A-Z0-9][A-Z0-9.\-/ ]{4,28}[A-Z0-9]$/);

/** What is left out stays as it was; null takes it away. */
export const zPatchProfile = z
  .object({
    taxId: zTaxId.nullable(),
    returnAddress: zAddress.nullable(),
    closures: z.array(zClosure).max(CLOSURES_MAX),
    storefront: zStorefrontFields.nullable(),
  })
  .partial();
export type PatchProfile = z.output<typeof zPatchProfile>;

export const zProfile = z.object({
  taxId: z.string().nullable(),
  returnAddress: zAddress.nullable(),
  closures: z.array(z.object({ from: z.iso.datetime(), until: z.iso.datetime(), name: z.string() })),
  storefront: zStorefrontFields.nullable(),
  version: z.int(),
});

const iso = (ms: number) => new Date(ms).toISOString();
export const toProfileDto = ({ closures, returnAddress, storefront, ...rest }: Profile) => ({
  ...rest,
  returnAddress: returnAddress === null ? null : { ...returnAddress },
  storefront: storefront as z.input<typeof zStorefrontFields> | null,
  closures: closures.map(({ from, until, name }) => ({ from: iso(from), until: iso(until), name })),
});

/** A shop's page as everybody sees it; the count of followers is at most a minute old. */
export const zStorefrontPage = z.object({
  ...zStorefront.shape,
  followers: z.int(),
  page: zStorefrontFields.nullable(),
  /** Closures to come, so that a buyer knows before he orders. */
  closures: z.array(z.object({ from: z.iso.datetime(), until: z.iso.datetime(), name: z.string() })),
});
type Page = { readonly profile: Profile; readonly followers: number; readonly now: number };
export const toStorefrontPage = (shop: Seller, { profile, followers, now }: Page) => {
  const { storefront, closures } = toProfileDto(profile);
  const coming = closures.filter(({ until }) => Date.parse(until) > now);
  return { ...toStorefront(shop), followers, page: storefront, closures: coming };
};

export const zPayoutAccount = z.object({
  id: zId("payoutAccount"),
  bankCode: z.string(),
  /** All but its last digits is hidden. */
  number: z.string(),
  holderName: z.string(),
  since: z.iso.datetime(),
});
/** A shop that has just applied has none yet. */
export const zKnownPayoutAccount = z.object({ account: zPayoutAccount.nullable() });
export const zPutPayoutAccount = z.object({
  bankCode: z.string().regex(/^[A-Za-z0-9_]{2,20}$/),
  number: z.string().regex(/^[0-9A-Z]{5,34}$/),
  holderName: zName,
});
export type PutPayoutAccount = z.output<typeof zPutPayoutAccount>;
export const toPayoutAccountDto = ({ id, bankCode, lastDigits, holderName, createdAt }: PayoutAccount) => ({
  id,
  bankCode,
  number: maskNumber(lastDigits),
  holderName,
  since: iso(createdAt),
});

export const zRequirements = z.object({
  /** Whether nothing that is required is open. */
  complete: z.boolean(),
  items: z.array(
    z.object({
      code: z.string(),
      kind: z.enum(["computed", "attested", "verified"]),
      names: zTexts(120),
      required: z.boolean(),
      state: z.enum(["met", "open", "overridden"]),
      mark: z
        .object({
          mark: z.enum(["attested", "verified", "overridden", "withdrawn"]),
          by: z.string().nullable(),
          at: z.iso.datetime(),
          reason: z.string().nullable(),
        })
        .nullable(),
    }),
  ),
});
export const toRequirementDto = ({ code, state, mark, requirement }: Checked) => ({
  code,
  kind: requirement.kind,
  names: requirement.names,
  required: requirement.required,
  state,
  mark: mark && { ...mark, at: iso(mark.at) },
});
export const zRequirementRef = z.object({
  sellerId: zId("seller"),
  code: z.string().regex(/^[a-z0-9_]{2,60}$/),
});
export const zMarkReason = z.object({ reason: z.string().trim().min(3).max(500) });

export const zFollowing = z.object({ following: z.boolean(), followers: z.int() });
export const zFollowed = zPage(z.object({ sellerId: zId("seller"), since: z.iso.datetime() }));
