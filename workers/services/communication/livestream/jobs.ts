import { handleJob, type JobHandler } from "#kernel/consume";
import { settleAward } from "./commands/award.ts";
import { keepLot } from "./commands/lot.ts";
import { syncShow } from "./commands/video.ts";
import { END_INTERRUPTED, KEEP_LOT, SETTLE_AWARD, SYNC_LIVESTREAM } from "./facts.ts";

export const jobs: readonly JobHandler[] = [
  handleJob(SYNC_LIVESTREAM, syncShow),
  handleJob(END_INTERRUPTED, syncShow),
  handleJob(SETTLE_AWARD, settleAward),
  handleJob(KEEP_LOT, keepLot),
];
