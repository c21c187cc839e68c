import { handleJob } from "#kernel/consume";
import { keepPulling } from "./commands/follow.ts";
import { PULL_TRACKING } from "./facts.ts";

export const jobs = [handleJob(PULL_TRACKING, (ctx, pull) => keepPulling(ctx, pull))];
