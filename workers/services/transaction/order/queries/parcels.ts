import { eq, inArray } from "drizzle-orm";
import type { BuyerId } from "#kernel/actor";
import { type Query, query } from "#kernel/db";
import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import { order, orderGroup, orderShipment } from "#schema/transaction/order";

/** What whoever follows a parcel needs of it: where its door is, and nobody's name. */
export type Parcel = {
  readonly shipmentId: Id<"shipment">;
  readonly orderId: Id<"order">;
  readonly sellerId: Id<"seller">;
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly shippedAt: number;
  readonly latitude: number | null;
  readonly longitude: number | null;
};

export const parcelsQuery = (shipmentIds: readonly Id<"shipment">[]): Query<readonly Parcel[]> =>
  query(
    (read) =>
      read
        .select({ shipment: orderShipment, sellerId: order.sellerId, address: orderGroup.address })
        .from(orderShipment)
        .innerJoin(order, eq(order.id, orderShipment.orderId))
        .innerJoin(orderGroup, eq(orderGroup.id, order.orderGroupId))
        .where(inArray(orderShipment.id, [...shipmentIds])),
    (rows) =>
      rows.map(({ shipment, sellerId, address }) => ({
        shipmentId: shipment.id,
        orderId: shipment.orderId,
        sellerId,
        carrier: shipment.carrier,
        trackingNumber: shipment.trackingNumber,
        shippedAt: shipment.shippedAt,
        latitude: address.latitude,
        longitude: address.longitude,
      })),
  );

/** Where news of an order go: the account or the address that it was bought with. */
export type OrderContact = {
  readonly orderId: Id<"order">;
  readonly buyerId: BuyerId;
  readonly email: string;
  readonly locale: Locale;
};

export const contactsQuery = (orderIds: readonly Id<"order">[]): Query<readonly OrderContact[]> =>
  query(
    (read) =>
      read
        .select({
          orderId: order.id,
          buyerId: order.buyerId,
          email: orderGroup.email,
          locale: orderGroup.locale,
        })
        .from(order)
        .innerJoin(orderGroup, eq(orderGroup.id, order.orderGroupId))
        .where(inArray(order.id, [...orderIds])),
    (rows) => rows,
  );

/** Who bought and who sold, as it is now: a guest's order may have become an account's. */
export const partiesQuery = (
  orderId: Id<"order">,
): Query<{ readonly buyerId: BuyerId; readonly sellerId: Id<"seller"> } | undefined> =>
  query(
    (read) =>
      read
        .select({ buyerId: order.buyerId, sellerId: order.sellerId })
        .from(order)
        .where(eq(order.id, orderId)),
    ([row]) => row,
  );
