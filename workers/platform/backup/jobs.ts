import { handleJob, type JobHandler } from "#kernel/consume";
import { backUpSlice } from "./commands.ts";
import { BACK_UP } from "./facts.ts";

export const jobs: readonly JobHandler[] = [handleJob(BACK_UP, backUpSlice)];
