import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { anyOf, buyer, open, operator, seller } from "#kernel/policy";
import { removeDocument, uploadDocument } from "../commands/document.ts";
import {
  acceptInvitation,
  changeRole,
  inviteMember,
  removeMember,
  revokeInvitation,
} from "../commands/member.ts";
import { applySeller, reviewSeller, steerSeller, updateSeller } from "../commands/shop.ts";
import { fail } from "../errors.ts";
import { listFollowed } from "../queries/profile.ts";
import * as shops from "../queries/shops.ts";
import { zFollowed, zStorefrontPage } from "../schemas/profile.ts";
import * as s from "../schemas/shop.ts";

const review = operator("seller:review");
const write = seller("seller:write");
const owner = seller("member:write");
const sight = anyOf(seller("seller:read"), review);
const DOCUMENT_TYPES = ["application/pdf", "image/jpeg", "image/png"];
/** A scan of a few pages; larger ones were scanned at a resolution that nobody reads. */
const DOCUMENT_BYTES_MAX = 8 * 1024 * 1024;

const sellerId = "slr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const memberId = "mbr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const invitationId = "ivt_01jd8zt4w8h5vc6q1m9a2r7sxy";
const documentId = "doc_01jd8zt4w8h5vc6q1m9a2r7sxy";

/** An old slug leads to the new one. */
async function showStorefront(ctx: Ctx, idOrSlug: string) {
  const found = await shops.findStorefront(ctx, idOrSlug);
  const shop = found.parse();
  if (!shop) throw fail("seller.not_found");
  if (shop.id === idOrSlug || shop.slug === idOrSlug) return shop;
  return new Reply<typeof shop>(null, { status: 301, headers: { location: `/v1/sellers/${shop.slug}` } });
}

/** A paper is shown to its reader as a file, never inside a page of ours. */
async function showDocument(ctx: Ctx, which: z.output<typeof zDocumentOfShop>) {
  const { row, body } = await shops.openDocument(ctx, which.sellerId, which.documentId);
  const headers = { "content-type": row.contentType, "content-disposition": "attachment" };
  return new Reply<never>(body, { headers });
}

const zDocumentOfShop = z.object({ ...s.zSellerRef.shape, ...s.zDocumentRef.shape });
const zMemberOfShop = z.object({ ...s.zSellerRef.shape, ...s.zMemberRef.shape });
const zInvitationOfShop = z.object({ ...s.zSellerRef.shape, ...s.zInvitationRef.shape });

/** A move of a shop's state: the same shape for each, so that none differs by accident. */
const reviewRoute = <const P extends string>(path: P, summary: string) =>
  defineRoute({
    method: "post",
    path: `/{sellerId}/${path}`,
    summary,
    policy: review,
    request: { params: s.zSellerRef, body: s.zReason.partial() },
    responses: { 200: s.zSeller },
    example: { sellerId, reason: "Papers checked." },
  });

export const app = newApp("/v1/sellers")
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Applies for a shop; whoever applies owns it.",
      policy: buyer,
      request: { body: s.zApply },
      responses: { 201: s.zSeller },
      example: {
        name: "Batik Nusantara",
        city: "Yogyakarta",
        legalName: "CV Batik Nusantara",
        email: "owner@example.com",
      },
    }),
    async (ctx, input) => s.toSellerDto(await applySeller(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Shops that are open, or on holiday, the newest first.",
      policy: open,
      request: { query: s.zListQuery },
      responses: { 200: s.zStorefronts },
      example: { limit: 20 },
    }),
    (ctx, input) => shops.listStorefronts(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/mine",
      summary: "The shops that you belong to, with your role in each.",
      policy: buyer,
      request: {},
      responses: { 200: s.zMyShops },
      example: {},
    }),
    async (ctx) => ({
      items: (await shops.listMine(ctx)).map(({ role, shop }) => ({ role, seller: s.toSellerDto(shop) })),
    }),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/followed",
      summary: "The shops that you follow.",
      policy: buyer,
      request: { query: s.zListQuery },
      responses: { 200: zFollowed },
      example: { limit: 20 },
    }),
    (ctx, input) => listFollowed(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/review",
      summary: "Shops of one state, for operators.",
      policy: review,
      request: { query: s.zReviewQuery },
      responses: { 200: s.zSellers },
      example: { state: "applied" },
    }),
    (ctx, input) => shops.listForReview(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{idOrSlug}",
      summary: "A shop's storefront; an old slug leads to the new one.",
      policy: open,
      request: { params: s.zIdOrSlug },
      responses: { 200: zStorefrontPage, 301: z.null() },
      example: { idOrSlug: "batik-nusantara" },
    }),
    (ctx, { idOrSlug }) => showStorefront(ctx, idOrSlug),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/account",
      summary: "Everything about a shop, for its members and for operators.",
      policy: sight,
      request: { params: s.zSellerRef },
      responses: { 200: s.zSeller },
      example: { sellerId },
    }),
    async (ctx, input) => s.toSellerDto(await shops.getSeller(ctx, input.sellerId)),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{sellerId}",
      summary: "Changes a shop's profile.",
      policy: write,
      request: { params: s.zSellerRef, body: s.zUpdateSeller },
      responses: { 200: s.zSeller },
      concurrency: "if-match",
      example: { sellerId, city: "Surakarta" },
    }),
    async (ctx, input) => s.toSellerDto(await updateSeller(ctx, input)),
  )
  .route(
    reviewRoute("onboard", "Takes an applicant on, to fill in what the market asks for."),
    async (ctx, input) => s.toSellerDto(await reviewSeller(ctx, { ...input, move: "onboard" })),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{sellerId}/submit",
      summary: "Hands the shop in for review; refused while a requirement is open.",
      policy: write,
      request: { params: s.zSellerRef },
      responses: { 200: s.zSeller },
      example: { sellerId },
    }),
    async (ctx, input) => s.toSellerDto(await steerSeller(ctx, { ...input, move: "submit" })),
  )
  .route(reviewRoute("return", "Gives a shop back what it handed in, with the reason."), async (ctx, input) =>
    s.toSellerDto(await reviewSeller(ctx, { ...input, move: "return" })),
  )
  .route(reviewRoute("approve", "Lets a shop trade."), async (ctx, input) =>
    s.toSellerDto(await reviewSeller(ctx, { ...input, move: "approve" })),
  )
  .route(reviewRoute("reject", "Turns an application down, with the reason."), async (ctx, input) =>
    s.toSellerDto(await reviewSeller(ctx, { ...input, move: "reject" })),
  )
  .route(reviewRoute("suspend", "Stops a shop from trading, with the reason."), async (ctx, input) =>
    s.toSellerDto(await reviewSeller(ctx, { ...input, move: "suspend" })),
  )
  .route(reviewRoute("reinstate", "Lets a suspended shop trade again."), async (ctx, input) =>
    s.toSellerDto(await reviewSeller(ctx, { ...input, move: "reinstate" })),
  )
  .route(reviewRoute("terminate", "Ends a shop for good, with the reason."), async (ctx, input) =>
    s.toSellerDto(await reviewSeller(ctx, { ...input, move: "terminate" })),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{sellerId}/reapply",
      summary: "Asks for another look after a rejection.",
      policy: write,
      request: { params: s.zSellerRef },
      responses: { 200: s.zSeller },
      example: { sellerId },
    }),
    async (ctx, input) => s.toSellerDto(await steerSeller(ctx, { ...input, move: "reapply" })),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{sellerId}/pause",
      summary: "Goes on holiday: nothing can be bought until the shop is back.",
      policy: write,
      request: { params: s.zSellerRef, body: s.zPause },
      responses: { 200: s.zSeller },
      example: { sellerId, until: "2030-01-02T00:00:00Z" },
    }),
    async (ctx, input) => s.toSellerDto(await steerSeller(ctx, { ...input, move: "pause" })),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{sellerId}/resume",
      summary: "Comes back from a holiday.",
      policy: write,
      request: { params: s.zSellerRef },
      responses: { 200: s.zSeller },
      example: { sellerId },
    }),
    async (ctx, input) => s.toSellerDto(await steerSeller(ctx, { ...input, move: "resume" })),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/members",
      summary: "Who works in a shop, and who is invited.",
      policy: sight,
      request: { params: s.zSellerRef },
      responses: { 200: s.zMembers },
      example: { sellerId },
    }),
    async (ctx, input) => s.toTeamDto(await shops.listMembers(ctx, input.sellerId)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{sellerId}/invitations",
      summary: "Invites somebody by e-mail; inviting again replaces the first invitation.",
      policy: owner,
      request: { params: s.zSellerRef, body: s.zInvite },
      responses: { 201: s.zInvitation },
      example: { sellerId, email: "colleague@example.com", role: "staff" },
    }),
    async (ctx, input) => s.toInvitationDto(await inviteMember(ctx, input)),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{sellerId}/invitations/{invitationId}",
      summary: "Takes an invitation back.",
      policy: owner,
      request: { params: zInvitationOfShop },
      responses: { 204: z.null() },
      example: { sellerId, invitationId },
    }),
    (ctx, input) => revokeInvitation(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/invitations/{invitationId}/accept",
      summary: "Joins a shop with the token from the invitation's mail.",
      policy: buyer,
      request: { params: s.zInvitationRef, body: s.zAccept },
      responses: { 200: s.zMember },
      example: { invitationId, token: "from-the-mail" },
    }),
    async (ctx, input) => s.toMemberDto(await acceptInvitation(ctx, input)),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{sellerId}/members/{memberId}",
      summary: "Gives a member another role.",
      policy: owner,
      request: { params: zMemberOfShop, body: s.zChangeRole },
      responses: { 200: s.zMember },
      example: { sellerId, memberId, role: "manager" },
    }),
    async (ctx, input) => s.toMemberDto(await changeRole(ctx, input)),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{sellerId}/members/{memberId}",
      summary: "Removes a member, or leaves the shop; the last owner stays.",
      policy: buyer,
      request: { params: zMemberOfShop },
      responses: { 204: z.null() },
      example: { sellerId, memberId },
    }),
    (ctx, input) => removeMember(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{sellerId}/documents",
      summary: "Hands in a paper that proves who the shop is: PDF, JPEG or PNG.",
      policy: owner,
      request: {
        params: s.zSellerRef,
        query: s.zDocumentQuery,
        raw: { contentTypes: DOCUMENT_TYPES, bytesMax: DOCUMENT_BYTES_MAX },
      },
      responses: { 201: s.zDocument },
      example: { sellerId, kind: "identity" },
    }),
    async (ctx, input) => s.toDocumentDto(await uploadDocument(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/documents",
      summary: "The papers of a shop, for its owners and for operators who review it.",
      policy: anyOf(owner, review),
      request: { params: s.zSellerRef },
      responses: { 200: s.zDocuments },
      example: { sellerId },
    }),
    async (ctx, input) => ({
      items: (await shops.listDocuments(ctx, input.sellerId)).map(s.toDocumentDto),
    }),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/documents/{documentId}",
      summary: "The bytes of a paper.",
      policy: anyOf(owner, review),
      request: { params: zDocumentOfShop },
      responses: { 200: z.string() },
      example: { sellerId, documentId },
    }),
    (ctx, input) => showDocument(ctx, input),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{sellerId}/documents/{documentId}",
      summary: "Takes a paper back.",
      policy: owner,
      request: { params: zDocumentOfShop },
      responses: { 204: z.null() },
      example: { sellerId, documentId },
    }),
    (ctx, input) => removeDocument(ctx, input),
  );
