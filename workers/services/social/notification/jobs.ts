import { handleJob, type JobHandler } from "#kernel/consume";
import { sendEmail } from "./commands/send.ts";
import { SEND_EMAIL } from "./facts.ts";

export const jobs: readonly JobHandler[] = [handleJob(SEND_EMAIL, sendEmail)];
