import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

/** Who stood in line has a hold, and two minutes to use it. */
export const TurnCame = defineEvent(
  "flash_sale.turn_came",
  1,
  z.object({ saleId: zId("sale"), buyerId: zId("user"), quantity: z.int(), expiresAt: z.int() }),
);

const zSale = z.object({
  saleId: zId("sale"),
  sellerId: zId("seller"),
  offerId: zId("offer"),
  quota: z.int(),
  startsAt: z.int(),
  endsAt: z.int(),
});
export const SaleScheduled = defineEvent("flash_sale.scheduled", 1, zSale);
/** Everything is accounted for: what was not sold is ordinary stock again. */
export const SaleClosed = defineEvent("flash_sale.closed", 1, zSale.extend({ sold: z.int() }));
/** To one who asked to be reminded, a while before the start. */
export const SaleStartsSoon = defineEvent(
  "flash_sale.starts_soon",
  1,
  z.object({ saleId: zId("sale"), userId: zId("user"), startsAt: z.int() }),
);

const zSaleJob = z.object({ saleId: zId("sale") });
/** Wakes the objects and deals the first units a while before the start. */
export const WARM_SALE = defineJob("flash_sale.warm", undefined, zSaleJob);
/** Reveals the seed of a draw at the start. */
export const DRAW_SALE = defineJob("flash_sale.draw", undefined, zSaleJob);
export const REMIND_SALE = defineJob("flash_sale.remind", undefined, zSaleJob);
/** Ends the sale, and comes again until no hold is live. */
export const CLOSE_SALE = defineJob("flash_sale.close", undefined, zSaleJob);
