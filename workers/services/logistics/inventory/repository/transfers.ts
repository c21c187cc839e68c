import { sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { StockLine } from "./reservations.ts";

type Transfer = {
  readonly transferId: Id<"stockTransfer">;
  /** Names the command: under one name goods leave once. */
  readonly operation: string;
  readonly sellerId: Id<"seller">;
  readonly fromLocationId: Id<"location">;
  readonly toLocationId: Id<"location">;
  readonly lines: readonly StockLine[];
};
type Refused = "inventory.below_promised" | "inventory.location_not_found" | "inventory.offer_not_found";

/** Goods leave one location for another. Only what is promised to nobody may leave. */
export const send = (
  { clock }: Pick<Ctx, "clock">,
  actor: string,
  transfer: Transfer,
): Statement<Refused> => {
  const row = {
    id: transfer.transferId,
    operation: transfer.operation,
    seller_id: transfer.sellerId,
    from_id: transfer.fromLocationId,
    to_id: transfer.toLocationId,
    lines: transfer.lines.map(({ offerId, quantity }) => ({ offer_id: offerId, quantity })),
  };
  return {
    sql: sql`SELECT inventory_send(${JSON.stringify(row)}::jsonb, ${actor},
      ${new Date(clock.now()).toISOString()}::timestamptz)`,
    constraints: {
      stock_level_not_oversold: "inventory.below_promised",
      stock_level_counts: "inventory.below_promised",
    },
  };
};
