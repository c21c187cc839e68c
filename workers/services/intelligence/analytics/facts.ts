import * as z from "zod";
import { defineJob } from "#kernel/job";

const zRow = z.object({
  eventId: z.string(),
  type: z.string(),
  source: z.enum(["client", "domain"]),
  at: z.number(),
  receivedAt: z.number(),
  subject: z.string(),
  seq: z.number(),
  visitorId: z.string(),
  sessionId: z.string(),
  sellerId: z.string(),
  productId: z.string(),
  currency: z.string(),
  properties: z.string(),
});
const zRejection = z.object({ index: z.int(), type: z.string(), code: z.string(), path: z.string() });

/** A batch of client events that was accepted: it waits here until ClickHouse has it. */
export const STORE_EVENTS = defineJob(
  "analytics.store",
  "ANALYTICS",
  z.object({ receivedAt: z.number(), rows: z.array(zRow), rejected: z.array(zRejection) }),
);

/** A day whose sales changed and whose roll-up is to be computed anew. */
export const ROLL_UP_DAY = defineJob("analytics.roll_up", "ANALYTICS", z.object({ day: z.string() }));
