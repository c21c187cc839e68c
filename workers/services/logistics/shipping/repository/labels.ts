import { and, desc, eq, gte, inArray, isNotNull, lt, ne, or, type SQL, sql } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { shippingBill, shippingLabel, shippingPickup } from "#schema/logistics/shipping";
import type { Label, LabelKind } from "../domain/label.ts";
import type { LiveProvider } from "../domain/rate.ts";

const some = (which: SQL | undefined, limit: number): Query<readonly Label[]> =>
  query(
    (read) => read.select().from(shippingLabel).where(which).orderBy(desc(shippingLabel.id)).limit(limit),
    (rows) => rows,
  );
const one = (which: SQL | undefined): Query<Label | undefined> =>
  query(
    (read) => read.select().from(shippingLabel).where(which).limit(1),
    ([row]) => row,
  );

export const labelQuery = (labelId: Id<"label">): Query<Label | undefined> =>
  one(eq(shippingLabel.id, labelId));

/** The shop is part of the question: another shop's label cannot be asked for. */
export const ownLabelQuery = (sellerId: Id<"seller">, labelId: Id<"label">): Query<Label | undefined> =>
  one(and(eq(shippingLabel.id, labelId), eq(shippingLabel.sellerId, sellerId)));

/** What this command has asked for already. */
export const askedQuery = (sellerId: Id<"seller">, operation: string): Query<Label | undefined> =>
  one(and(eq(shippingLabel.operation, operation), eq(shippingLabel.sellerId, sellerId)));

export const claimQuery = (orderId: Id<"order">, kind: LabelKind): Query<Label | undefined> =>
  one(
    and(eq(shippingLabel.orderId, orderId), eq(shippingLabel.kind, kind), eq(shippingLabel.state, "claimed")),
  );

export const labelByRefQuery = (provider: LiveProvider, ref: string): Query<Label | undefined> =>
  one(and(eq(shippingLabel.provider, provider), eq(shippingLabel.providerRef, ref)));

export const labelByNumberQuery = (provider: string, trackingNumber: string): Query<Label | undefined> =>
  one(
    and(
      eq(shippingLabel.provider, provider as LiveProvider),
      eq(shippingLabel.trackingNumber, trackingNumber),
    ),
  );

export const labelOfShipmentQuery = (shipmentId: Id<"shipment">): Query<Label | undefined> =>
  one(
    and(
      eq(shippingLabel.shipmentId, shipmentId),
      eq(shippingLabel.kind, "outbound"),
      ne(shippingLabel.state, "voided"),
    ),
  );

type Listing = {
  readonly sellerId: Id<"seller"> | undefined;
  readonly orderId?: Id<"order"> | undefined;
  readonly before: string | undefined;
  readonly limit: number;
};

/** The newest first; takes one row more than asked for. */
export const labelsQuery = ({ sellerId, orderId, before, limit }: Listing): Query<readonly Label[]> =>
  some(
    and(
      sellerId && eq(shippingLabel.sellerId, sellerId),
      orderId && eq(shippingLabel.orderId, orderId),
      before === undefined ? undefined : lt(shippingLabel.id, before as Id<"label">),
    ),
    limit + 1,
  );

export const labelsByIdQuery = (
  sellerId: Id<"seller">,
  ids: readonly Id<"label">[],
): Query<readonly Label[]> =>
  some(and(eq(shippingLabel.sellerId, sellerId), inArray(shippingLabel.id, [...ids])), ids.length);

/** What a carrier billed otherwise than it was expected to, in either direction. */
export const auditsQuery = ({ sellerId, before, limit }: Listing): Query<readonly Label[]> =>
  some(
    and(
      isNotNull(shippingLabel.billedMinor),
      or(
        sql`${shippingLabel.billedMinor}
          <> coalesce(${shippingLabel.costMinor}, ${shippingLabel.quotedMinor})`,
        sql`${shippingLabel.billedMinor} > ${shippingLabel.quotedMinor}`,
      ),
      sellerId && eq(shippingLabel.sellerId, sellerId),
      before === undefined ? undefined : lt(shippingLabel.id, before as Id<"label">),
    ),
    limit + 1,
  );

/** A day's parcels that were handed over, or wait for it. */
export const manifestQuery = (
  sellerId: Id<"seller">,
  { from, until, limit }: { readonly from: number; readonly until: number; readonly limit: number },
): Query<readonly Label[]> =>
  some(
    and(
      eq(shippingLabel.sellerId, sellerId),
      eq(shippingLabel.kind, "outbound"),
      inArray(shippingLabel.state, ["bought", "shipped"]),
      gte(shippingLabel.boughtAt, from),
      lt(shippingLabel.boughtAt, until),
    ),
    limit,
  );

export const insertLabel = (label: Label): Statement<"shipping.label_in_progress"> => ({
  ...insertMany(shippingLabel, [label]),
  constraints: {
    shipping_label_one_claim: "shipping.label_in_progress",
    shipping_label_operation: "shipping.label_in_progress",
  },
});

/** What moves; whose it is and what is on it was fixed when it was claimed. */
export function saveLabel(label: Label): Statement<"shipping.label_stale"> {
  const { id, state, costMinor, providerRef, trackingNumber, shipmentId, refusal, version } = label;
  const { boughtAt, voidedAt } = label;
  const set = {
    state,
    costMinor,
    providerRef,
    trackingNumber,
    shipmentId,
    refusal,
    boughtAt,
    voidedAt,
    version,
  };
  const before = and(eq(shippingLabel.id, id), eq(shippingLabel.version, version - 1));
  return guarded(build.update(shippingLabel).set(set).where(before), 1, "shipping.label_stale");
}

export type Bill = typeof shippingBill.$inferInsert;

export const labelsOfBillsQuery = (ids: readonly Id<"label">[]): Query<readonly Label[]> =>
  some(inArray(shippingLabel.id, [...ids]), ids.length);

/** Which bills these labels have had. */
export const billsQuery = (ids: readonly Id<"label">[]): Query<readonly Bill[]> =>
  query(
    (read) =>
      read
        .select()
        .from(shippingBill)
        .where(inArray(shippingBill.labelId, [...ids])),
    (rows) => rows,
  );

/** Holds these labels until the commit's end; refused where one costs something else than was read. */
export function holdCharges(labels: readonly Label[]): Statement<"shipping.label_stale"> {
  const read = labels.map(({ id, state, billedMinor }) => ({ id, state, billed: billedMinor?.toString() }));
  return {
    sql: sql`WITH held AS (SELECT l.id FROM ${shippingLabel} AS l
        JOIN jsonb_to_recordset(${JSON.stringify(read)}::jsonb) AS w (id text, state text, billed bigint)
          ON w.id = l.id
        WHERE l.state = w.state AND l.billed_minor IS NOT DISTINCT FROM w.billed
        ORDER BY l.id FOR NO KEY UPDATE OF l)
      SELECT assert_that((SELECT count(*) FROM held) = ${labels.length}, 'shipping.label_stale')`,
  };
}

/** A bill counts once by its key; the label shows the latest, and no move of it is hindered. */
export const addBill = (bill: Bill): Statement => ({
  sql: sql`WITH added AS (${insertMany(shippingBill, [bill]).sql} ON CONFLICT DO NOTHING RETURNING *)
    UPDATE ${shippingLabel} l SET billed_minor = a.billed_minor, billed_at = a.billed_at,
      billed_grams = coalesce(a.billed_grams, l.billed_grams)
    FROM added a WHERE l.id = a.label_id AND (l.billed_at IS NULL OR l.billed_at <= a.billed_at)`,
});

export const insertPickup = (row: typeof shippingPickup.$inferInsert): Statement =>
  statement(build.insert(shippingPickup).values(row));
