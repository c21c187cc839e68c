import * as z from "zod";
import { LOCALES } from "#kernel/errors";
import { zId } from "#kernel/ids";
import { zPage, zPageQuery } from "#kernel/page";
import { SHOP_ROLES } from "#kernel/permission";
import { zSlug } from "#kernel/slug";
import { zTexts } from "#kernel/texts";
import { DOCUMENT_KINDS, type Invitation, type Member, type Seller } from "../domain/shop.ts";
import { SELLER_STATES, type SellerState } from "../facts.ts";

const NAME_CHARS_MAX = 80;
const DESCRIPTION_CHARS_MAX = 4_000;
const REASON_CHARS_MAX = 500;
/** Second path segments of the API; a shop of that name could not be reached. */
const RESERVED = ["mine", "review", "invitations", "followed"];

const zShopSlug = zSlug.min(3).refine((slug) => !RESERVED.includes(slug), "This word is reserved.");
const zEmail = z
  .email()
  .max(254)
  .transform((address) => address.toLowerCase());
const zPhone = z.string().regex(/^\+[1-9]\d{6,14}$/);

const PROFILE = {
  name: z.string().trim().min(2).max(NAME_CHARS_MAX),
  slug: zShopSlug.optional(),
  descriptions: zTexts(DESCRIPTION_CHARS_MAX).nullable(),
  city: z.string().trim().min(2).max(NAME_CHARS_MAX),
  legalName: z
    .string()
    .trim()
    .min(2)
    .max(NAME_CHARS_MAX * 2),
  email: zEmail,
  phone: zPhone.nullable(),
};
export const zApply = z.object({
  ...PROFILE,
  descriptions: PROFILE.descriptions.default(null),
  phone: PROFILE.phone.default(null),
});
export const zUpdateSeller = z.object(PROFILE).partial();
export const zSellerRef = z.object({ sellerId: zId("seller") });
export const zIdOrSlug = z.object({ idOrSlug: z.union([zId("seller"), zSlug]) });
export const zReason = z.object({ reason: z.string().trim().min(3).max(REASON_CHARS_MAX) });
export const zPause = z.object({ until: z.iso.datetime().optional() });
export const zListQuery = zPageQuery;
export const zReviewQuery = z.object({
  ...zPageQuery.shape,
  state: z.enum(SELLER_STATES).default("applied"),
});

/** What everybody may see of a shop. */
export const zStorefront = z.object({
  id: zId("seller"),
  slug: z.string(),
  name: z.string(),
  descriptions: zTexts(DESCRIPTION_CHARS_MAX).nullable(),
  city: z.string(),
  state: z.enum(["active", "vacation"]),
  vacationUntil: z.iso.datetime().nullable(),
  since: z.iso.datetime(),
});
export const zStorefronts = zPage(zStorefront);

/** What its members and operators see. */
export const zSeller = z.object({
  id: zId("seller"),
  slug: z.string(),
  name: z.string(),
  descriptions: zTexts(DESCRIPTION_CHARS_MAX).nullable(),
  city: z.string(),
  state: z.enum(SELLER_STATES),
  legalName: z.string(),
  email: z.string(),
  phone: z.string().nullable(),
  reason: z.string().nullable(),
  vacationUntil: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  activatedAt: z.iso.datetime().nullable(),
  version: z.int(),
});
export const zSellers = zPage(zSeller);
export const zMyShops = z.object({
  items: z.array(z.object({ role: z.enum(SHOP_ROLES), seller: zSeller })),
});

export const zInvite = z.object({
  email: zEmail,
  role: z.enum(SHOP_ROLES),
  locale: z.enum(LOCALES).optional(),
});
export const zInvitationRef = z.object({ invitationId: zId("invitation") });
export const zAccept = z.object({ token: z.string().min(1).max(100) });
export const zInvitation = z.object({
  id: zId("invitation"),
  email: z.string(),
  role: z.enum(SHOP_ROLES),
  expiresAt: z.iso.datetime(),
});
export const zMemberRef = z.object({ memberId: zId("member") });
export const zChangeRole = z.object({ role: z.enum(SHOP_ROLES) });
export const zMember = z.object({
  id: zId("member"),
  sellerId: zId("seller"),
  userId: zId("user"),
  role: z.enum(SHOP_ROLES),
  email: z.string(),
  since: z.iso.datetime(),
});
export const zMembers = z.object({ items: z.array(zMember), invitations: z.array(zInvitation) });

export const zDocumentQuery = z.object({ kind: z.enum(DOCUMENT_KINDS) });
export const zDocumentRef = z.object({ documentId: zId("document") });
export const zDocument = z.object({
  id: zId("document"),
  kind: z.enum(DOCUMENT_KINDS),
  contentType: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  createdAt: z.iso.datetime(),
});
export const zDocuments = z.object({ items: z.array(zDocument) });

export type Apply = z.output<typeof zApply>;
export type UpdateSeller = z.output<typeof zUpdateSeller> & z.output<typeof zSellerRef>;

const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

export const toStorefront = (shop: Seller): z.input<typeof zStorefront> => ({
  id: shop.id,
  slug: shop.slug,
  name: shop.name,
  descriptions: shop.descriptions,
  city: shop.city,
  state: shop.state as Extract<SellerState, "active" | "vacation">,
  vacationUntil: isoOrNull(shop.vacationUntil),
  since: iso(shop.activatedAt ?? shop.createdAt),
});

export const toSellerDto = (shop: Seller): z.input<typeof zSeller> => ({
  ...shop,
  vacationUntil: isoOrNull(shop.vacationUntil),
  createdAt: iso(shop.createdAt),
  activatedAt: isoOrNull(shop.activatedAt),
});

export const toMemberDto = ({ id, sellerId, userId, role, email, createdAt }: Member) => ({
  id,
  sellerId,
  userId,
  role,
  email,
  since: iso(createdAt),
});

export const toInvitationDto = ({ id, email, role, expiresAt }: Invitation) => ({
  id,
  email,
  role,
  expiresAt: iso(expiresAt),
});

type Stored = Omit<z.output<typeof zDocument>, "createdAt"> & { readonly createdAt: number };
export const toDocumentDto = ({ id, kind, contentType, bytes, sha256, createdAt }: Stored) => ({
  id,
  kind,
  contentType,
  bytes,
  sha256,
  createdAt: iso(createdAt),
});

type Team = { readonly members: readonly Member[]; readonly invitations: readonly Invitation[] };
export const toTeamDto = ({ members, invitations }: Team) => ({
  items: members.map(toMemberDto),
  invitations: invitations.map(toInvitationDto),
});
