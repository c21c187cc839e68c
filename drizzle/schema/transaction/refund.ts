import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { BuyerId } from "#kernel/actor";
import { id, instant } from "#kernel/columns";
import type { Locale } from "#kernel/errors";
import type { Currency } from "#kernel/money";
import type { Bearer, Parcel, Reason, Role, Tender } from "#services/transaction/refund/domain/case";
import type { Kind, Move, Resolution, State, Step } from "#services/transaction/refund/domain/states";
import type { EventDetail, StoredAmounts } from "#services/transaction/refund/domain/stored";

const minor = () => bigint({ mode: "bigint" }).notNull();

/** A return, an exchange or a claim, from the request to its end. */
export const refundCase = pgTable(
  "refund_case",
  {
    id: id("refundCase").primaryKey(),
    kind: text().$type<Kind>().notNull(),
    state: text().$type<State>().notNull(),
    step: text().$type<Step>(),
    orderId: id("order").notNull(),
    orderGroupId: id("orderGroup").notNull(),
    sellerId: id("seller").notNull(),
    buyerId: text().$type<BuyerId>().notNull(),
    email: text().notNull(),
    locale: text().$type<Locale>().notNull(),
    currency: text().$type<Currency>().notNull(),
    reason: text().$type<Reason>().notNull(),
    tender: text().$type<Tender>().notNull(),
    resolution: text().$type<Resolution>().notNull(),
    bearer: text().$type<Bearer>().notNull(),
    goodsBack: boolean().notNull(),
    isInstant: boolean().notNull(),
    quotedMinor: minor(),
    offerMinor: bigint({ mode: "bigint" }),
    /** Fixed by the first step of the settling; nothing is worked out anew afterwards. */
    amounts: jsonb().$type<StoredAmounts>(),
    paidMinor: minor(),
    paymentId: id("payment"),
    /** Why the provider could not send it: an operator pays it by hand. */
    stuckNote: text(),
    reservationId: id("reservation"),
    back: jsonb().$type<Parcel>(),
    sentAt: instant(),
    replacement: jsonb().$type<Parcel>(),
    dueAt: instant(),
    isFinal: boolean().notNull(),
    createdAt: instant().notNull(),
    resolvedAt: instant(),
    version: integer().notNull(),
  },
  (t) => [
    index("refund_case_by_order").on(t.orderId),
    index("refund_case_by_buyer").on(t.buyerId, t.id.desc()),
    index("refund_case_by_seller").on(t.sellerId, t.id.desc()),
    index("refund_case_by_state").on(t.state, t.id.desc()),
    check("refund_case_settles_by_steps", sql`(${t.state} = 'settling') = (${t.step} IS NOT NULL)`),
  ],
);

export const refundCaseLine = pgTable(
  "refund_case_line",
  {
    refundId: id("refundCase")
      .notNull()
      .references(() => refundCase.id),
    position: integer().notNull(),
    lineId: id("line").notNull(),
    offerId: id("offer").notNull(),
    productId: id("product").notNull(),
    categoryId: id("category"),
    title: text().notNull(),
    sku: text().notNull(),
    quantity: integer().notNull(),
    resellable: integer().notNull(),
    damaged: integer().notNull(),
    missing: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.refundId, t.position] }),
    check(
      "refund_case_line_seen",
      sql`${t.quantity} > 0 AND least(${t.resellable}, ${t.damaged}, ${t.missing}) >= 0
        AND ${t.resellable} + ${t.damaged} + ${t.missing} <= ${t.quantity}`,
    ),
  ],
);

/** Every move with its actor. Rows are only added; `seq` is the version that the move made. */
export const refundEvent = pgTable(
  "refund_event",
  {
    refundId: id("refundCase").notNull(),
    seq: integer().notNull(),
    at: instant().notNull(),
    actor: text().notNull(),
    role: text().$type<Role>().notNull(),
    move: text().$type<Move>().notNull(),
    state: text().$type<State>().notNull(),
    step: text().$type<Step>(),
    detail: jsonb().$type<EventDetail>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.refundId, t.seq] })],
);

/** What one side shows to make its point. */
export const refundEvidence = pgTable(
  "refund_evidence",
  {
    refundId: id("refundCase").notNull(),
    attachmentId: id("attachment").notNull(),
    role: text().$type<Role>().notNull(),
    contentType: text().notNull(),
    addedAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.refundId, t.attachmentId] })],
);

/** All that has gone back of one order: whoever settles a case of it holds this row's version. */
export const refundBook = pgTable(
  "refund_book",
  {
    orderId: id("order").primaryKey(),
    totalMinor: minor(),
    toBuyerMinor: minor(),
    shippingMinor: minor(),
    shippingTaxMinor: minor(),
    sellerShippingMinor: minor(),
    withheldSellerMinor: minor(),
    withheldPlatformMinor: minor(),
    withheldTaxMinor: minor(),
    version: integer().notNull(),
  },
  (t) => [check("refund_book_within", sql`${t.toBuyerMinor} BETWEEN 0 AND ${t.totalMinor}`)],
);

/** Units of a line that are asked for, settled and gone back; the table itself refuses one too many. */
export const refundBookLine = pgTable(
  "refund_book_line",
  {
    lineId: id("line").primaryKey(),
    orderId: id("order").notNull(),
    quantity: integer().notNull(),
    claimed: integer().notNull(),
    settled: integer().notNull(),
    back: integer().notNull(),
    fault: integer().notNull(),
    paidMinor: minor(),
    grossMinor: minor(),
    discountBackMinor: minor(),
    sellerDiscountBackMinor: minor(),
  },
  (t) => [
    index("refund_book_line_by_order").on(t.orderId),
    check("refund_book_line_claimed", sql`${t.claimed} BETWEEN ${t.settled} AND ${t.quantity}`),
    check(
      "refund_book_line_settled",
      sql`${t.settled} >= ${t.back} AND ${t.back} >= ${t.fault} AND ${t.fault} >= 0`,
    ),
    check("refund_book_line_within", sql`${t.grossMinor} BETWEEN 0 AND ${t.paidMinor}`),
  ],
);

export const creditNote = pgTable(
  "credit_note",
  {
    id: id("creditNote").primaryKey(),
    refundId: id("refundCase").notNull().unique("credit_note_refund"),
    orderId: id("order").notNull(),
    sellerId: id("seller").notNull(),
    /** Counts up by one for each seller, without gaps. */
    seq: bigint({ mode: "number" }).notNull(),
    issuedAt: instant().notNull(),
    documentKey: text(),
  },
  (t) => [uniqueIndex("credit_note_number").on(t.sellerId, t.seq)],
);

/** Locked by the commit that issues the next number, so that a number that was not issued leaves no gap. */
export const creditNoteCounter = pgTable("credit_note_counter", {
  sellerId: id("seller").primaryKey(),
  last: bigint({ mode: "number" }).notNull(),
});

/** What is known of a buyer's returns. */
export const refundStanding = pgTable("refund_standing", {
  buyerId: text().$type<BuyerId>().primaryKey(),
  orders: integer().notNull(),
  unitsBought: integer().notNull(),
  unitsBack: integer().notNull(),
  unitsMissed: integer().notNull(),
});

/** The label of the way back that a case was given: whose name it has, and what the carrier said. */
export const refundLabel = pgTable(
  "refund_label",
  {
    refundId: id("refundCase").primaryKey(),
    labelId: id("label").notNull().unique("refund_label_once"),
    paidBy: text().$type<Bearer>().notNull(),
    askedAt: instant().notNull(),
    carrier: text(),
    trackingNumber: text(),
    boughtAt: instant(),
    voidedAt: instant(),
  },
  (t) => [check("refund_label_bought", sql`(${t.boughtAt} IS NULL) = (${t.trackingNumber} IS NULL)`)],
);
