import { handleJob, type JobHandler } from "#kernel/consume";
import { ROLL_UP_DAY, STORE_EVENTS } from "./facts.ts";
import { insertEvents, insertRejections, rollUpDay } from "./repository.ts";

/** ClickHouse has no part in our commits: rows collapse by event id, so a repeat does no harm. */
export const jobs: readonly JobHandler[] = [
  handleJob(STORE_EVENTS, async ({ clickhouse }, { receivedAt, rows, rejected }) => {
    await insertEvents(clickhouse, rows);
    await insertRejections(clickhouse, receivedAt, rejected);
    return [];
  }),
  handleJob(ROLL_UP_DAY, async ({ clickhouse, clock, market }, { day }) => {
    await rollUpDay(clickhouse, { day, timeZone: market.timeZone, now: clock.now() });
    return [];
  }),
];
