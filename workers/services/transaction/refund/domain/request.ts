import { DAY_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";
import { isReasonOf, type Reason, type Terms } from "./case.ts";
import type { Kind } from "./states.ts";

/** An order as far as it matters here. */
export type Sold = {
  readonly state: string;
  readonly shippedAt: number | null;
  readonly deliveredAt: number | null;
  readonly lines: readonly {
    readonly id: Id<"line">;
    readonly quantity: number;
    /** Of its category; null: the market's number holds. */
    readonly returnDays: number | null;
  }[];
};
export type Asked = {
  readonly kind: Kind;
  readonly reason: Reason;
  readonly lines: readonly { readonly lineId: Id<"line">; readonly quantity: number }[];
};
export type RequestRefusal =
  | "refund.reason_invalid"
  | "refund.order_not_delivered"
  | "refund.too_early"
  | "refund.window_over"
  | "refund.not_returnable"
  | "refund.line_not_found"
  | "refund.quantity_exceeded";

/** Until when a claim or a return of a line may be asked for. */
function closesAt(sold: Sold, asked: Pick<Asked, "kind">, returnDays: number | null, terms: Terms): number {
  const since = sold.deliveredAt ?? Number.POSITIVE_INFINITY;
  if (asked.kind === "claim") return since + terms.claimWithinMs;
  return since + (returnDays ?? terms.windowDays) * DAY_MS;
}

/** Whether this may be asked for now. How many units are still free to be asked for is counted elsewhere. */
export function decideRequest(
  sold: Sold,
  asked: Asked,
  terms: Terms,
  now: number,
): Result<undefined, RequestRefusal> {
  if (!isReasonOf(asked.kind, asked.reason)) return err("refund.reason_invalid");
  const isHere = sold.state === "delivered" || sold.state === "completed";
  const isLost = asked.reason === "not_received" && sold.state === "shipped";
  if (!isHere && !isLost) return err("refund.order_not_delivered");
  if (isLost && now < (sold.shippedAt ?? now) + terms.lostAfterMs) return err("refund.too_early");
  for (const { lineId, quantity } of asked.lines) {
    const line = sold.lines.find(({ id }) => id === lineId);
    if (!line) return err("refund.line_not_found");
    if (quantity > line.quantity) return err("refund.quantity_exceeded");
    const days = line.returnDays ?? terms.windowDays;
    if (asked.kind !== "claim" && days === 0) return err("refund.not_returnable");
    if (now > closesAt(sold, asked, line.returnDays, terms)) return err("refund.window_over");
  }
  return ok(undefined);
}

/** What the platform has seen of a buyer. */
export type Standing = {
  readonly orders: number;
  readonly unitsBought: number;
  readonly unitsBack: number;
  /** Units that were paid back at once and never came. */
  readonly unitsMissed: number;
};
export const UNKNOWN: Standing = { orders: 0, unitsBought: 0, unitsBack: 0, unitsMissed: 0 };

/** Whether somebody may have so much before his goods are looked at. */
export function isTrusted(
  { orders, unitsBought, unitsBack, unitsMissed }: Standing,
  minor: bigint,
  { instant }: Terms,
): boolean {
  const isWithin = BigInt(unitsBack) * 10_000n <= BigInt(instant.shareBasisPointsMax) * BigInt(unitsBought);
  return orders >= instant.ordersMin && unitsMissed === 0 && isWithin && minor <= instant.upToMinor;
}
