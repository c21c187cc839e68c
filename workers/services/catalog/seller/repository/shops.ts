import { and, desc, eq, isNull, lt, ne, sql } from "drizzle-orm";
import { among, build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import type { ShopRole } from "#kernel/permission";
import { seller, sellerDocument, sellerInvitation, sellerMember, sellerSlug } from "#schema/catalog/seller";
import type { DocumentKind, Invitation, Member, Seller } from "../domain/shop.ts";
import type { SellerState } from "../facts.ts";

export type SellerCard = {
  readonly sellerId: Id<"seller">;
  readonly name: string;
  readonly slug: string;
  readonly state: SellerState;
  readonly city: string;
  readonly version: number;
};
export type Membership = { readonly sellerId: Id<"seller">; readonly role: ShopRole };
/** An access token names a person's shops; beyond this it would not fit into a header. */
const MEMBERSHIPS_MAX = 20;
/** Members and open invitations of a shop together: a team, read whole each time it changes. */
const MEMBERS_MAX = 100;

export const sellersQuery = (sellerIds: readonly Id<"seller">[]): Query<readonly SellerCard[]> =>
  query(
    (read) =>
      read
        .select({
          sellerId: seller.id,
          name: seller.name,
          slug: seller.slug,
          state: seller.state,
          city: seller.city,
          version: seller.version,
        })
        .from(seller)
        .where(among(seller.id, sellerIds)),
    (rows) => rows,
  );

/** The shops that a person may act for; a terminated one is over for everybody. */
export const membershipsQuery = (userId: Id<"user">): Query<readonly Membership[]> =>
  query(
    (read) =>
      read
        .select({ sellerId: sellerMember.sellerId, role: sellerMember.role })
        .from(sellerMember)
        .innerJoin(seller, eq(seller.id, sellerMember.sellerId))
        .where(and(eq(sellerMember.userId, userId), ne(seller.state, "terminated")))
        .orderBy(sellerMember.id)
        .limit(MEMBERSHIPS_MAX),
    (rows) => rows,
  );

export const sellerQuery = (id: Id<"seller">): Query<Seller | undefined> =>
  query(
    (read) => read.select().from(seller).where(eq(seller.id, id)),
    ([row]) => row,
  );

/** By a slug that it has or once had. */
export const sellerBySlugQuery = (slug: string): Query<Seller | undefined> =>
  query(
    (read) =>
      read
        .select({ shop: seller })
        .from(sellerSlug)
        .innerJoin(seller, eq(seller.id, sellerSlug.sellerId))
        .where(eq(sellerSlug.slug, slug)),
    ([row]) => row?.shop,
  );

export const shopsOfQuery = (
  userId: Id<"user">,
): Query<readonly { readonly shop: Seller; readonly role: ShopRole }[]> =>
  query(
    (read) =>
      read
        .select({ shop: seller, role: sellerMember.role })
        .from(sellerMember)
        .innerJoin(seller, eq(seller.id, sellerMember.sellerId))
        .where(eq(sellerMember.userId, userId))
        .orderBy(sellerMember.id)
        .limit(MEMBERSHIPS_MAX),
    (rows) => rows,
  );

export const insert = (row: Seller): Statement => insertMany(seller, [row]);

/** Refused when the shop is no longer the one that was decided on. */
export function save({ id, ...rest }: Seller): Statement<"seller.stale"> {
  const before = and(eq(seller.id, id), eq(seller.version, rest.version - 1));
  return guarded(build.update(seller).set(rest).where(before), 1, "seller.stale");
}

/** A slug is claimed for good; its shop may come back to it, nobody else may have it. */
export function claimSlug(slug: string, sellerId: Id<"seller">, now: number): Statement<"seller.slug_taken"> {
  const claim = sql`INSERT INTO ${sellerSlug} (slug, seller_id, since)
    VALUES (${slug}, ${sellerId}, ${new Date(now).toISOString()})
    ON CONFLICT (slug) DO UPDATE SET since = excluded.since
    WHERE seller_slug.seller_id = excluded.seller_id`;
  return guarded(claim, 1, "seller.slug_taken");
}

export const membersQuery = (sellerId: Id<"seller">): Query<readonly Member[]> =>
  query(
    (read) =>
      read.select().from(sellerMember).where(eq(sellerMember.sellerId, sellerId)).orderBy(sellerMember.id),
    (rows) => rows,
  );

export const insertMember = (row: Member): Statement<"member.exists"> => ({
  ...insertMany(sellerMember, [row]),
  constraints: { seller_member_once: "member.exists" },
});

export function saveMember({ id, sellerId, role, version }: Member): Statement<"member.stale"> {
  const before = and(
    eq(sellerMember.id, id),
    eq(sellerMember.sellerId, sellerId),
    eq(sellerMember.version, version - 1),
  );
  return guarded(build.update(sellerMember).set({ role, version }).where(before), 1, "member.stale");
}

export function removeMember({ id, sellerId, version }: Member): Statement<"member.stale"> {
  const before = and(
    eq(sellerMember.id, id),
    eq(sellerMember.sellerId, sellerId),
    eq(sellerMember.version, version),
  );
  return guarded(build.delete(sellerMember).where(before), 1, "member.stale");
}

export const assertFewShops = (userId: Id<"user">): Statement<"seller.too_many"> => ({
  sql: sql`SELECT assert_that((SELECT count(*) FROM ${sellerMember}
    WHERE user_id = ${userId}) <= ${MEMBERSHIPS_MAX}, 'seller.too_many')`,
});

export const assertFewMembers = (sellerId: Id<"seller">): Statement<"member.too_many"> => ({
  sql: sql`SELECT assert_that(
    (SELECT count(*) FROM ${sellerMember} WHERE seller_id = ${sellerId})
    + (SELECT count(*) FROM ${sellerInvitation} WHERE seller_id = ${sellerId} AND closed_at IS NULL)
    <= ${MEMBERS_MAX}, 'member.too_many')`,
});

/** Members of one shop change one at a time, so that two owners cannot leave past each other. */
export const lockShop = (sellerId: Id<"seller">): Statement => ({
  sql: sql`SELECT 1 FROM ${seller} WHERE id = ${sellerId} FOR NO KEY UPDATE`,
});

export const assertOwned = (sellerId: Id<"seller">): Statement<"member.last_owner"> => ({
  sql: sql`SELECT assert_that(EXISTS (SELECT 1 FROM ${sellerMember}
    WHERE seller_id = ${sellerId} AND role = 'owner'), 'member.last_owner')`,
});

type InvitationRow = Invitation & {
  readonly locale: Locale;
  readonly invitedBy: Id<"user">;
  readonly createdAt: number;
};

export const openInvitationsQuery = (sellerId: Id<"seller">): Query<readonly InvitationRow[]> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerInvitation)
        .where(and(eq(sellerInvitation.sellerId, sellerId), isNull(sellerInvitation.closedAt)))
        .orderBy(sellerInvitation.id),
    (rows) => rows,
  );

export const invitationQuery = (id: Id<"invitation">): Query<InvitationRow | undefined> =>
  query(
    (read) => read.select().from(sellerInvitation).where(eq(sellerInvitation.id, id)),
    ([row]) => row,
  );

/** Inviting the same address again replaces the open invitation. */
export const closeInvitations = (sellerId: Id<"seller">, email: string, now: number): Statement =>
  statement(
    build
      .update(sellerInvitation)
      .set({ closedAt: now })
      .where(
        and(
          eq(sellerInvitation.sellerId, sellerId),
          eq(sellerInvitation.email, email),
          isNull(sellerInvitation.closedAt),
        ),
      ),
  );

export const insertInvitation = (row: InvitationRow): Statement<"invitation.exists"> => ({
  ...insertMany(sellerInvitation, [row]),
  constraints: { seller_invitation_open: "invitation.exists" },
});

export function closeInvitation(
  { id, sellerId }: Pick<Invitation, "id" | "sellerId">,
  now: number,
): Statement<"invitation.closed"> {
  const open = and(
    eq(sellerInvitation.id, id),
    eq(sellerInvitation.sellerId, sellerId),
    isNull(sellerInvitation.closedAt),
  );
  return guarded(build.update(sellerInvitation).set({ closedAt: now }).where(open), 1, "invitation.closed");
}

export type DocumentRow = {
  readonly id: Id<"document">;
  readonly sellerId: Id<"seller">;
  readonly kind: DocumentKind;
  readonly contentType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly uploadedBy: Id<"user">;
  readonly createdAt: number;
};

export const documentsQuery = (sellerId: Id<"seller">): Query<readonly DocumentRow[]> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerDocument)
        .where(eq(sellerDocument.sellerId, sellerId))
        .orderBy(sellerDocument.id),
    (rows) => rows,
  );

/** The shop is part of the question: another shop's document cannot be asked for. */
export const documentQuery = (
  sellerId: Id<"seller">,
  documentId: Id<"document">,
): Query<DocumentRow | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerDocument)
        .where(and(eq(sellerDocument.id, documentId), eq(sellerDocument.sellerId, sellerId))),
    ([row]) => row,
  );

/** The count is looked at again under the shop's lock, so that two uploads cannot both be the last. */
export const insertDocument = (row: DocumentRow, max: number): readonly Statement<"document.too_many">[] => [
  lockShop(row.sellerId),
  insertMany(sellerDocument, [row]),
  {
    sql: sql`SELECT assert_that((SELECT count(*) FROM ${sellerDocument}
      WHERE seller_id = ${row.sellerId} AND (kind = 'evidence') = ${row.kind === "evidence"}) <= ${max},
      'document.too_many')`,
  },
];

export const assertDocuments = (
  sellerId: Id<"seller">,
  ids: readonly Id<"document">[],
): readonly Statement<"document.not_found">[] =>
  ids.length === 0
    ? []
    : [
        {
          sql: sql`SELECT assert_that((SELECT count(*) FROM ${sellerDocument}
            WHERE seller_id = ${sellerId} AND ${among(sellerDocument.id, ids)}) = ${new Set(ids).size},
            'document.not_found')`,
        },
      ];

export const deleteDocument = (
  sellerId: Id<"seller">,
  documentId: Id<"document">,
): Statement<"document.not_found"> =>
  guarded(
    build
      .delete(sellerDocument)
      .where(and(eq(sellerDocument.id, documentId), eq(sellerDocument.sellerId, sellerId))),
    1,
    "document.not_found",
  );

type Listing = {
  readonly states: readonly SellerState[];
  readonly before: string | undefined;
  readonly limit: number;
};

/** The newest first; takes one row more than asked for. */
export const listQuery = ({ states, before, limit }: Listing): Query<readonly Seller[]> =>
  query(
    (read) =>
      read
        .select()
        .from(seller)
        .where(
          and(
            among(seller.state, states),
            before === undefined ? undefined : lt(seller.id, before as Id<"seller">),
          ),
        )
        .orderBy(desc(seller.id))
        .limit(limit + 1),
    (rows) => rows,
  );
