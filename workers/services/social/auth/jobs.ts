import { handleJob, type JobHandler } from "#kernel/consume";
import { FORGET } from "./facts.ts";
import { forgetDead, forgetTomorrow } from "./repository/forgetting.ts";

export const jobs: readonly JobHandler[] = [
  handleJob(FORGET, async (ctx) => [...forgetDead(ctx.clock.now()), forgetTomorrow(ctx)]) as JobHandler,
];
