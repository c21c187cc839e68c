import { handleJob, type JobHandler } from "#kernel/consume";
import { checkVoid, keepAdvancing } from "./commands/advance.ts";
import { askBill } from "./commands/bill.ts";
import { ADVANCE_LABEL, ASK_BILL, CHECK_VOID } from "./facts.ts";

export const jobs: readonly JobHandler[] = [
  handleJob(ADVANCE_LABEL, keepAdvancing),
  handleJob(CHECK_VOID, checkVoid),
  handleJob(ASK_BILL, askBill),
];
