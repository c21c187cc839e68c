import { handleJob, type JobHandler } from "#kernel/consume";
import { tellShow } from "./commands/live.ts";
import { sendEmail } from "./commands/send.ts";
import { SEND_EMAIL, TELL_SHOW } from "./facts.ts";

export const jobs: readonly JobHandler[] = [handleJob(SEND_EMAIL, sendEmail), handleJob(TELL_SHOW, tellShow)];
