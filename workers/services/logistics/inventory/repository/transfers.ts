import { sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { linesOf, type StockLine } from "./reservations.ts";
import { PROMISED, type Refused } from "./stock.ts";

type Transfer = {
  /** Names the command: under one name goods leave once. */
  readonly operation: string;
  readonly sellerId: Id<"seller">;
  readonly fromLocationId: Id<"location">;
  readonly toLocationId: Id<"location">;
  readonly lines: readonly StockLine[];
  readonly actor: string;
};

/** Goods leave one location for another, where they are expected until they are counted in as received. */
export const send = (
  { clock }: Pick<Ctx, "clock">,
  { operation, sellerId, fromLocationId, toLocationId, lines, actor }: Transfer,
): Statement<Refused> => ({
  sql: sql`SELECT inventory_send(${operation}, ${sellerId}, ${fromLocationId}, ${toLocationId},
    ${JSON.stringify(linesOf(lines))}::jsonb, ${actor}, ${new Date(clock.now()).toISOString()}::timestamptz)`,
  constraints: PROMISED,
});
