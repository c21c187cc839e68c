import { handleJob, type JobHandler } from "#kernel/consume";
import { enforceDeadline } from "./commands/deadline.ts";
import { renderNote } from "./commands/note/render.ts";
import { settleRefund } from "./commands/settle.ts";
import { REFUND_DEADLINE, RENDER_CREDIT_NOTE, SETTLE_REFUND } from "./facts.ts";

export const jobs: readonly JobHandler[] = [
  handleJob(SETTLE_REFUND, settleRefund),
  handleJob(REFUND_DEADLINE, enforceDeadline),
  handleJob(RENDER_CREDIT_NOTE, renderNote),
];
