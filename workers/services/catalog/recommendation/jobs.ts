import { handleJob, type JobHandler } from "#kernel/consume";
import { trainModel } from "./commands/train.ts";
import { TRAIN_MODEL } from "./facts.ts";

export const jobs: readonly JobHandler[] = [handleJob(TRAIN_MODEL, (ctx) => trainModel(ctx))];
