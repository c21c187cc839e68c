/** What can be subscribed to; events of no single shop go to the platform's own endpoints only. */
const OF_A_SHOP = [
  "order.placed",
  "order.paid",
  "order.confirmed",
  "order.part_shipped",
  "order.shipped",
  "order.delivered",
  "order.completed",
  "order.cancelled",
  "order.lines_cancelled",
  "product.published",
  "product.changed",
  "product.rejected",
  "product.archived",
  "offer.changed",
  "inventory.low",
  "tracking.changed",
  "tracking.delivered",
  "seller.changed",
] as const;
const OF_THE_PLATFORM = [
  "order.refunded",
  "order.payment_failed",
  "payment.settled",
  "payment.failed",
  "payment.refunded",
  "payment.refund_stuck",
] as const;
export const EVENT_TYPES = [...OF_A_SHOP, ...OF_THE_PLATFORM] as const;
export type EventType = (typeof EVENT_TYPES)[number];
export const isForSellers = (type: EventType): boolean => (OF_A_SHOP as readonly string[]).includes(type);
/** What a test sends; nobody needs to subscribe to it. */
export const TEST_TYPE = "webhook.test";

/** How to reach a buyer is left out: the API says it to whom it may. */
const WITHHELD = ["email", "locale"];

type Told = {
  readonly id: string;
  readonly type: string;
  readonly v: number;
  readonly at: number;
  readonly cell: string;
  readonly subject: string;
  readonly seq: number;
  readonly payload: unknown;
};

export function sellerOf(payload: unknown): string | undefined {
  const { sellerId } = payload as { readonly sellerId?: unknown };
  return typeof sellerId === "string" ? sellerId : undefined;
}

/**
 * The whole of what the event tells, as it was then. `subject` and `sequence` let a receiver tell a late
 * event from a new one, since nothing promises an order.
 */
export function bodyOf({ id, type, v, at, cell, subject, seq, payload }: Told): string {
  const data = Object.entries(payload as object).filter(([name]) => !WITHHELD.includes(name));
  return JSON.stringify({
    id,
    type,
    version: v,
    timestamp: new Date(at).toISOString(),
    market: cell,
    subject,
    sequence: seq,
    data: Object.fromEntries(data),
  });
}

type Listening = { readonly sellerId: string | null; readonly eventTypes: readonly string[] };

/** A shop hears of what is its own; the platform's endpoints hear of everything. */
export function hears({ sellerId, eventTypes }: Listening, { type, payload }: Told): boolean {
  const isSubscribed = eventTypes.includes("*") || eventTypes.includes(type);
  return isSubscribed && (sellerId === null || sellerId === sellerOf(payload));
}
