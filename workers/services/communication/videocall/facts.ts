import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";

const zQuality = z.object({
  samples: z.int(),
  rttMsMean: z.number(),
  rttMsMax: z.number(),
  lossPercentMax: z.number(),
  kbpsMean: z.number(),
});

/** Told by the caller's line, once a call. */
export const CallEnded = defineEvent(
  "call.ended",
  1,
  z.object({
    callId: zId("call"),
    callerId: zId("user"),
    calleeId: zId("user"),
    subject: z.object({
      kind: z.enum(["order", "consultation"]),
      id: z.string(),
      sellerId: zId("seller"),
    }),
    outcome: z.enum(["completed", "declined", "busy", "missed", "cancelled", "failed", "dropped"]),
    startedAt: z.int(),
    answeredAt: z.int().nullable(),
    connectedAt: z.int().nullable(),
    endedAt: z.int(),
    /** As the caller's browser measured it. */
    quality: zQuality.nullable(),
  }),
);
