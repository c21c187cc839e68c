import { and, eq, sql } from "drizzle-orm";
import type { BuyerId } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { build, guarded, type Query, query, recordset, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import {
  creditNote,
  creditNoteCounter,
  refundBook,
  refundBookLine,
  refundStanding,
} from "#schema/transaction/refund";
import type { Book, Sale } from "../domain/amounts.ts";
import { type Standing, UNKNOWN } from "../domain/request.ts";

type Units = readonly { readonly lineId: Id<"line">; readonly quantity: number }[];
const asRows = (units: Units): string =>
  JSON.stringify(units.map(({ lineId, quantity }) => ({ line_id: lineId, quantity })));

/** The book of an order is opened with its first case, and is the same whoever opens it. */
function openBook(orderId: Id<"order">, sale: Sale): readonly Statement[] {
  const book = {
    orderId,
    totalMinor: sale.totalMinor,
    toBuyerMinor: 0n,
    shippingMinor: 0n,
    shippingTaxMinor: 0n,
    sellerShippingMinor: 0n,
    withheldSellerMinor: 0n,
    withheldPlatformMinor: 0n,
    withheldTaxMinor: 0n,
    version: 1,
  };
  const lines = sale.lines.map((line) => ({
    lineId: line.lineId,
    orderId,
    quantity: line.quantity,
    claimed: 0,
    settled: 0,
    back: 0,
    fault: 0,
    paidMinor: line.goodsMinor - line.discountMinor + (sale.taxInclusive ? 0n : line.taxMinor),
    grossMinor: 0n,
    discountBackMinor: 0n,
    sellerDiscountBackMinor: 0n,
  }));
  const head = recordset(refundBook, [book]);
  const rows = recordset(refundBookLine, lines);
  const add = (
    table: typeof refundBook | typeof refundBookLine,
    { names, from }: typeof head,
  ): Statement => ({
    sql: sql`INSERT INTO ${table} (${names}) SELECT ${names} FROM ${from} ON CONFLICT DO NOTHING`,
  });
  return [add(refundBook, head), add(refundBookLine, rows)];
}

/** Units that are asked for are nobody else's to ask for: the table refuses what a line does not have. */
export const claimUnits = (
  orderId: Id<"order">,
  sale: Sale,
  units: Units,
): readonly Statement<"refund.quantity_exceeded">[] => [
  ...openBook(orderId, sale),
  {
    sql: sql`WITH done AS (
        UPDATE ${refundBookLine} l SET claimed = l.claimed + w.quantity
        FROM jsonb_to_recordset(${asRows(units)}::jsonb) AS w (line_id text, quantity int)
        WHERE l.line_id = w.line_id AND l.order_id = ${orderId} RETURNING 1)
      SELECT assert_that((SELECT count(*) FROM done) = ${units.length}, 'refund.quantity_exceeded')`,
    constraints: { refund_book_line_claimed: "refund.quantity_exceeded" },
  },
];

export const releaseUnits = (orderId: Id<"order">, units: Units): readonly Statement[] =>
  units.length === 0
    ? []
    : [
        {
          sql: sql`UPDATE ${refundBookLine} l SET claimed = l.claimed - w.quantity
            FROM jsonb_to_recordset(${asRows(units)}::jsonb) AS w (line_id text, quantity int)
            WHERE l.line_id = w.line_id AND l.order_id = ${orderId}`,
        },
      ];

export type KeptBook = Book & { readonly version: number };

export const bookQueries = (orderId: Id<"order">) =>
  [
    query(
      (read) => read.select().from(refundBook).where(eq(refundBook.orderId, orderId)),
      ([row]) => row,
    ),
    query(
      (read) => read.select().from(refundBookLine).where(eq(refundBookLine.orderId, orderId)),
      (rows) => rows,
    ),
  ] as const;

export async function loadBook({ db }: Pick<Ctx, "db">, orderId: Id<"order">): Promise<KeptBook | undefined> {
  const [head, lines] = await db.load(...bookQueries(orderId));
  return head && { ...head, lines };
}

/** Guarded by the version that the amounts were worked out on, and by the table's own limits. */
export function saveBook(
  orderId: Id<"order">,
  version: number,
  after: Book,
): readonly Statement<"refund.stale">[] {
  const { lines, ...amounts } = after;
  const same = and(eq(refundBook.orderId, orderId), eq(refundBook.version, version));
  const set = {
    toBuyerMinor: amounts.toBuyerMinor,
    shippingMinor: amounts.shippingMinor,
    shippingTaxMinor: amounts.shippingTaxMinor,
    sellerShippingMinor: amounts.sellerShippingMinor,
    withheldSellerMinor: amounts.withheldSellerMinor,
    withheldPlatformMinor: amounts.withheldPlatformMinor,
    withheldTaxMinor: amounts.withheldTaxMinor,
    version: version + 1,
  };
  const fields = ["lineId", "settled", "back", "fault", "grossMinor", "discountBackMinor"] as const;
  const { from } = recordset(refundBookLine, lines, [...fields, "sellerDiscountBackMinor"]);
  return [
    guarded(build.update(refundBook).set(set).where(same), 1, "refund.stale"),
    {
      sql: sql`UPDATE ${refundBookLine} l SET settled = w.settled, back = w.back, fault = w.fault,
          gross_minor = w.gross_minor, discount_back_minor = w.discount_back_minor,
          seller_discount_back_minor = w.seller_discount_back_minor
        FROM ${from} WHERE l.line_id = w.line_id AND l.order_id = ${orderId}`,
    },
  ];
}

export type CreditNote = typeof creditNote.$inferSelect;
type Credited = {
  readonly id: Id<"refundCase">;
  readonly orderId: Id<"order">;
  readonly sellerId: Id<"seller">;
};

/** The next number of the seller, taken in the commit that uses it: what is not issued takes none. */
export function issueCreditNote(ctx: Ctx, { id: refundId, orderId, sellerId }: Credited): Statement {
  const at = new Date(ctx.clock.now()).toISOString();
  return {
    sql: sql`WITH next AS (
        INSERT INTO ${creditNoteCounter} AS c (seller_id, last) VALUES (${sellerId}, 1)
        ON CONFLICT (seller_id) DO UPDATE SET last = c.last + 1
        RETURNING last)
      INSERT INTO ${creditNote} (id, refund_id, order_id, seller_id, seq, issued_at)
      SELECT ${ctx.ids.next("creditNote")}, ${refundId}, ${orderId}, ${sellerId}, last, ${at}::timestamptz
      FROM next`,
  };
}

export const creditNoteQuery = (refundId: Id<"refundCase">): Query<CreditNote | undefined> =>
  query(
    (read) => read.select().from(creditNote).where(eq(creditNote.refundId, refundId)),
    ([row]) => row,
  );

export const saveDocument = (
  creditNoteId: Id<"creditNote">,
  documentKey: string,
): Statement<"refund.stale"> =>
  guarded(
    build
      .update(creditNote)
      .set({ documentKey })
      .where(and(eq(creditNote.id, creditNoteId), sql`${creditNote.documentKey} IS NULL`)),
    1,
    "refund.stale",
  );

export const standingQuery = (buyerId: BuyerId): Query<Standing> =>
  query(
    (read) => read.select().from(refundStanding).where(eq(refundStanding.buyerId, buyerId)),
    ([row]) => row ?? UNKNOWN,
  );

/** Adds to what is known of a buyer; whoever calls it does so once for each thing that happened. */
export function addToStanding(buyerId: BuyerId, more: Partial<Standing>): Statement {
  const { orders, unitsBought, unitsBack, unitsMissed } = { ...UNKNOWN, ...more };
  const s = refundStanding;
  return statement(
    build
      .insert(refundStanding)
      .values({ buyerId, orders, unitsBought, unitsBack, unitsMissed })
      .onConflictDoUpdate({
        target: s.buyerId,
        set: {
          orders: sql`${s.orders} + ${orders}`,
          unitsBought: sql`${s.unitsBought} + ${unitsBought}`,
          unitsBack: sql`${s.unitsBack} + ${unitsBack}`,
          unitsMissed: sql`${s.unitsMissed} + ${unitsMissed}`,
        },
      }),
  );
}

export const forgetStanding = (buyerId: BuyerId): Statement =>
  statement(build.delete(refundStanding).where(eq(refundStanding.buyerId, buyerId)));
