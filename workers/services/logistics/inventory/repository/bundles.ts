import { sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { StockLine } from "./reservations.ts";

type Bundle = {
  readonly sellerId: Id<"seller">;
  readonly offerId: Id<"offer">;
  readonly components: readonly StockLine[];
};

/** What the offer is made of from now on; what was reserved keeps what it was made of then. */
export const defineBundle = (
  { clock }: Pick<Ctx, "clock">,
  { sellerId, offerId, components }: Bundle,
): Statement<"inventory.item_exists" | "inventory.offer_not_found" | "inventory.bundle_nested"> => {
  const rows = components.map((one) => ({ offer_id: one.offerId, quantity: one.quantity }));
  return {
    sql: sql`SELECT inventory_define_bundle(${offerId}, ${sellerId}, ${JSON.stringify(rows)}::jsonb,
      ${new Date(clock.now()).toISOString()}::timestamptz)`,
  };
};
