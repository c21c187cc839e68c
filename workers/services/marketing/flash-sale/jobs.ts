import { handleJob } from "#kernel/consume";
import { closeSale, drawSale, remindBuyers, warmSale } from "./commands/run.ts";
import { CLOSE_SALE, DRAW_SALE, REMIND_SALE, WARM_SALE } from "./facts.ts";

export const jobs = [
  handleJob(WARM_SALE, async (ctx, payload) => {
    await warmSale(ctx, payload);
    return [];
  }),
  handleJob(DRAW_SALE, drawSale),
  handleJob(REMIND_SALE, remindBuyers),
  handleJob(CLOSE_SALE, closeSale),
];
