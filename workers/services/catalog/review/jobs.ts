import { handleJob, type JobHandler } from "#kernel/consume";
import { forgetUnused } from "./commands/media.ts";
import { FORGET_MEDIA } from "./facts.ts";

export const jobs: readonly JobHandler[] = [
  handleJob(FORGET_MEDIA, (ctx, { key }) => forgetUnused(ctx, key)),
];
