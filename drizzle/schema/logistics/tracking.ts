import { index, pgTable, text } from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";

/** Which shipments are followed, so that a notification finds its own; the rest is in the object. */
export const trackingSession = pgTable(
  "tracking_session",
  {
    shipmentId: id("shipment").primaryKey(),
    orderId: id("order").notNull(),
    sellerId: id("seller").notNull(),
    /** As the carriers' platform names it; null for a fleet of the shop's own. */
    courier: text(),
    trackingNumber: text().notNull(),
    openedAt: instant().notNull(),
  },
  (t) => [index("tracking_session_by_number").on(t.trackingNumber, t.courier)],
);
