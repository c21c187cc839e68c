import { handleJob, type JobHandler } from "#kernel/consume";
import { checkPayment } from "./commands/check.ts";
import { sendRefund } from "./commands/refund.ts";
import { CHECK_PAYMENT, SEND_REFUND } from "./facts.ts";

export const jobs: readonly JobHandler[] = [
  handleJob(CHECK_PAYMENT, checkPayment),
  handleJob(SEND_REFUND, sendRefund),
];
