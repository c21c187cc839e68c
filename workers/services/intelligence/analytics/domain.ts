import * as z from "zod";
import { zId } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { allocate, type Currency } from "#kernel/money";

const zQuantity = z.int().min(1).max(1_000_000);
const zText = z.string().max(200);

/** What a storefront may tell, by type. An event of another type or shape is refused and counted. */
const REGISTRY = {
  "page.viewed": z.strictObject({ path: zText, referrer: zText.optional() }),
  "product.viewed": z.strictObject({ productId: zId("product"), sellerId: zId("seller").optional() }),
  "search.performed": z.strictObject({ query: zText, results: z.int().min(0) }),
  "search.clicked": z.strictObject({ query: zText, productId: zId("product"), position: z.int().min(0) }),
  "cart.line_added": z.strictObject({
    productId: zId("product"),
    offerId: zId("offer"),
    quantity: zQuantity,
    sellerId: zId("seller").optional(),
  }),
  /** A list was in sight; `impressionId` and `slot` are those of the answer that it came with. */
  "recommendation.shown": z.strictObject({ impressionId: zId("recommendation"), slot: zText }),
  "recommendation.clicked": z.strictObject({
    impressionId: zId("recommendation"),
    slot: zText,
    productId: zId("product"),
    position: z.int().min(0),
  }),
  "checkout.viewed": z.strictObject({ checkoutId: zId("checkout") }),
} as const;
export type ClientEventType = keyof typeof REGISTRY;

/** As a client sends it: `id` is the client's own and makes a repeat harmless. */
export type ClientEvent = {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly sessionId: string;
  readonly properties: unknown;
};

/** A row of the table `event`. */
export type EventRow = {
  readonly eventId: string;
  readonly type: string;
  readonly source: "client" | "domain";
  readonly at: number;
  readonly receivedAt: number;
  readonly subject: string;
  readonly seq: number;
  readonly visitorId: string;
  readonly sessionId: string;
  readonly sellerId: string;
  readonly productId: string;
  readonly currency: string;
  readonly properties: string;
};
export type Rejection = {
  readonly index: number;
  readonly type: string;
  readonly code: string;
  readonly path: string;
};

type Sender = {
  /** "" where the person has not agreed to be recognised. */
  readonly visitorId: string;
  readonly currency: string;
  readonly now: number;
};

/** A clock that is off by more than this tells nothing; late batches of an offline client are welcome. */
const EARLY_MS = 5 * 60_000;
const LATE_MS = 7 * 86_400_000;

/** Splits a batch into rows and refusals; one bad event does not spoil its neighbours. */
export function decideCollect(
  events: readonly ClientEvent[],
  sender: Sender,
): { readonly rows: readonly EventRow[]; readonly rejected: readonly Rejection[] } {
  const rows: EventRow[] = [];
  const rejected: Rejection[] = [];
  for (const [index, event] of events.entries()) {
    const refusal = refusalOf(event, sender.now);
    if (refusal) rejected.push({ index, type: event.type.slice(0, 80), ...refusal });
    else rows.push(toRow(event, sender));
  }
  return { rows, rejected };
}

function refusalOf(event: ClientEvent, now: number): { code: string; path: string } | undefined {
  if (!Object.hasOwn(REGISTRY, event.type)) return { code: "unknown_type", path: "type" };
  if (event.at > now + EARLY_MS) return { code: "in_the_future", path: "at" };
  if (event.at < now - LATE_MS) return { code: "too_late", path: "at" };
  const result = REGISTRY[event.type as ClientEventType].safeParse(event.properties);
  if (result.success) return undefined;
  return { code: "invalid", path: ["properties", ...(result.error.issues[0]?.path ?? [])].join(".") };
}

function toRow(event: ClientEvent, { visitorId, currency, now }: Sender): EventRow {
  const { productId = "", sellerId = "" } = event.properties as { productId?: string; sellerId?: string };
  return {
    eventId: `${event.sessionId}:${event.id}`,
    type: event.type,
    source: "client",
    at: event.at,
    receivedAt: now,
    subject: event.sessionId,
    seq: 0,
    visitorId,
    sessionId: event.sessionId,
    sellerId,
    productId,
    currency,
    properties: JSON.stringify(event.properties),
  };
}

const BOT = /bot|crawl|spider|slurp|headless|curl|wget|python-requests|monitor/i;

/** Programs that say so are left out of the counts of people. */
export const isBot = (userAgent: string): boolean => userAgent === "" || BOT.test(userAgent);

/** The steps of the funnel, each a type of event; a visitor counts once a step. */
export const FUNNEL = [
  "product.viewed",
  "cart.line_added",
  "checkout.started",
  "order.placed",
  "order.paid",
] as const;

/** The day of an instant where the market is, as YYYY-MM-DD. */
export function dayOf(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at);
}

type SoldLine = {
  readonly offerId: string;
  readonly productId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPriceMinor: string;
  readonly discountMinor: string;
};
/** What the events of an order say of it. */
export type SoldOrder = {
  readonly orderId: string;
  readonly orderGroupId: string;
  readonly sellerId: string;
  readonly buyerId: string;
  readonly currency: Currency;
  readonly taxMinor: string;
  readonly lines: readonly SoldLine[];
};

/** Goods after discounts and without tax, line by line; they add up to the order's, less the tax within. */
export function netLines(
  order: SoldOrder,
  { tax }: Pick<Market, "tax">,
): readonly (SoldLine & { readonly netMinor: bigint; readonly taxMinor: bigint })[] {
  const goods = order.lines.map(
    (line) => BigInt(line.unitPriceMinor) * BigInt(line.quantity) - BigInt(line.discountMinor),
  );
  const total = { minor: BigInt(order.taxMinor), currency: order.currency };
  const taxes = total.minor === 0n ? goods.map(() => total) : allocate(total, goods, 1n);
  return order.lines.map((line, i) => {
    const taxMinor = taxes[i]?.minor ?? 0n;
    const netMinor = (goods[i] ?? 0n) - (tax.inclusive ? taxMinor : 0n);
    return { ...line, netMinor, taxMinor };
  });
}

/** The nearest amount that the market's coins can pay: nobody orders for sen. */
export function averageOf(totalMinor: bigint, count: number, cashStepMinor: bigint): bigint {
  if (count === 0) return 0n;
  const size = BigInt(count) * cashStepMinor;
  return ((totalMinor + size / 2n) / size) * cashStepMinor;
}
