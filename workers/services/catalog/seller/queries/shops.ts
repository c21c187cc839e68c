import { type Actor, requireShop, requireUser } from "#kernel/actor";
import { cached, type JsonText } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { type Id, zId } from "#kernel/ids";
import { decodeCursor, type Page, toPage } from "#kernel/page";
import { operatorRoleGrants, type ShopRole } from "#kernel/permission";
import type { Member, Seller } from "../domain/shop.ts";
import { fail } from "../errors.ts";
import type { SellerState } from "../facts.ts";
import * as profiles from "../repository/profiles.ts";
import * as sellers from "../repository/shops.ts";
import { toStorefrontPage } from "../schemas/profile.ts";
import { toSellerDto, toStorefront } from "../schemas/shop.ts";

/** Purged when any shop changes: there are few of them beside what they sell. */
export const SELLERS_TAG = "sellers";
const FRESH_MS = 60_000;
const PUBLIC_STATES: readonly SellerState[] = ["active", "vacation"];

type Paging = { readonly limit: number; readonly cursor?: string | undefined };
type Storefront = ReturnType<typeof toStorefront>;
type StorefrontPage = ReturnType<typeof toStorefrontPage>;

export function listStorefronts(ctx: Ctx, { limit, cursor }: Paging): Promise<JsonText<Page<Storefront>>> {
  const before = beforeOf(ctx, "sellers", cursor);
  const reading = { key: `sellers:${before ?? ""}:${limit}`, tags: [SELLERS_TAG], freshMs: FRESH_MS };
  return cached(ctx, reading, async () => {
    const [rows] = await ctx.db.load(sellers.listQuery({ states: PUBLIC_STATES, before, limit }));
    return toPage(ctx, "sellers", limit, rows, ({ id }) => [id], toStorefront);
  });
}

const beforeOf = (ctx: Ctx, scope: string, cursor: string | undefined) =>
  decodeCursor(ctx, scope, cursor)?.[0]?.toString();

/** What an operator works through: shops of one state, the newest first. */
export async function listForReview(ctx: Ctx, { state, limit, cursor }: Paging & { state: SellerState }) {
  const scope = `sellers ${state}`;
  const before = beforeOf(ctx, scope, cursor);
  const [rows] = await ctx.db.load(sellers.listQuery({ states: [state], before, limit }));
  return toPage(ctx, scope, limit, rows, ({ id }) => [id], toSellerDto);
}

/** Null when no open shop has this id or slug, or had this slug. */
export function findStorefront(ctx: Ctx, idOrSlug: string): Promise<JsonText<StorefrontPage | null>> {
  const reading = { key: `seller:${idOrSlug}`, tags: [SELLERS_TAG], freshMs: FRESH_MS };
  return cached(ctx, reading, async () => {
    const shop = await findByEither(ctx, idOrSlug);
    if (!shop || !PUBLIC_STATES.includes(shop.state)) return null;
    const [profile, followers] = await ctx.db.load(
      profiles.profileQuery(shop.id),
      profiles.followersQuery(shop.id),
    );
    return toStorefrontPage(shop, { profile, followers, now: ctx.clock.now() });
  });
}

async function findByEither(ctx: Ctx, idOrSlug: string): Promise<Seller | undefined> {
  const id = zId("seller").safeParse(idOrSlug);
  const [shop] = await ctx.db.load(
    id.success ? sellers.sellerQuery(id.data) : sellers.sellerBySlugQuery(idOrSlug),
  );
  return shop;
}

/** The shops of the person who asks, by the table and not by the token, which may be older than a shop. */
export async function listMine(
  ctx: Ctx,
): Promise<readonly { readonly role: ShopRole; readonly shop: Seller }[]> {
  const [shops] = await ctx.db.load(sellers.shopsOfQuery(requireUser(ctx)));
  return shops;
}

const isReviewer = (actor: Actor): boolean =>
  actor.kind === "user" &&
  actor.operator !== undefined &&
  operatorRoleGrants(actor.operator, "seller:review");

/** A member sees the shop that the request acts for and no other; an operator sees each. */
export function requireSight(ctx: Ctx, sellerId: Id<"seller">): void {
  if (isReviewer(ctx.actor)) return;
  if (requireShop(ctx, "seller:read") !== sellerId) throw fail("seller.not_found");
}

export async function getSeller(ctx: Ctx, sellerId: Id<"seller">): Promise<Seller> {
  requireSight(ctx, sellerId);
  const [shop] = await ctx.db.load(sellers.sellerQuery(sellerId));
  if (!shop) throw fail("seller.not_found");
  return shop;
}

export async function listMembers(ctx: Ctx, sellerId: Id<"seller">) {
  requireSight(ctx, sellerId);
  const [members, invitations] = await ctx.db.load(
    sellers.membersQuery(sellerId),
    sellers.openInvitationsQuery(sellerId),
  );
  return { members: members as readonly Member[], invitations };
}

export async function listDocuments(ctx: Ctx, sellerId: Id<"seller">) {
  requireDocumentSight(ctx, sellerId);
  const [documents] = await ctx.db.load(sellers.documentsQuery(sellerId));
  return documents;
}

/** Papers are for the owner and for operators: a manager or staff has no business with them. */
function requireDocumentSight(ctx: Ctx, sellerId: Id<"seller">): void {
  if (isReviewer(ctx.actor)) return;
  if (requireShop(ctx, "member:write") !== sellerId) throw fail("seller.not_found");
}

/** The stored bytes as a stream, and what they are. */
export async function openDocument(ctx: Ctx, sellerId: Id<"seller">, documentId: Id<"document">) {
  requireDocumentSight(ctx, sellerId);
  const [row] = await ctx.db.load(sellers.documentQuery(sellerId, documentId));
  const stored = row && (await ctx.buckets.DOCUMENTS.get(documentKey(ctx, sellerId, documentId)));
  if (!stored) throw fail("document.not_found");
  return { row, body: stored.body };
}

export const documentKey = (ctx: Ctx, sellerId: Id<"seller">, documentId: Id<"document">) =>
  `${ctx.cell}/seller/${sellerId}/${documentId}`;
