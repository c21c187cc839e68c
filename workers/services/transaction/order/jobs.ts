import { handleJob, type JobHandler } from "#kernel/consume";
import { enforceShipping, expireGroup } from "./commands/deadline.ts";
import { advanceOrder } from "./commands/fulfil.ts";
import { renderOnce } from "./commands/invoice/render.ts";
import { ADVANCE_ORDER, EXPIRE_GROUP, RENDER_INVOICE, SHIP_DEADLINE } from "./facts.ts";

export const jobs: readonly JobHandler[] = [
  handleJob(EXPIRE_GROUP, expireGroup),
  handleJob(SHIP_DEADLINE, enforceShipping),
  handleJob(ADVANCE_ORDER, advanceOrder),
  handleJob(RENDER_INVOICE, renderOnce),
];
