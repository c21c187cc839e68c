import { handleJob, type JobHandler } from "#kernel/consume";
import { learnFromFeedback } from "./commands/feedback.ts";
import { LEARN } from "./facts.ts";

export const jobs: readonly JobHandler[] = [handleJob(LEARN, (ctx) => learnFromFeedback(ctx))];
