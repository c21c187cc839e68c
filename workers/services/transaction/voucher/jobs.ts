import { handleJob, type JobHandler } from "#kernel/consume";
import { reclaim } from "./commands/earn.ts";
import { RECLAIM } from "./facts.ts";

export const jobs: readonly JobHandler[] = [
  handleJob(RECLAIM, (ctx, { orderGroupId }) => reclaim(ctx, orderGroupId)),
];
