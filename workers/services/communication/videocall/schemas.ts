import * as z from "zod";
import { zId } from "#kernel/ids";
import { zPageQuery } from "#kernel/page";
import { CONSULTATION_STATES } from "./domain/consultation.ts";

export const zConsultationRef = z.object({ consultationId: zId("consultation") });
export type ConsultationRef = z.output<typeof zConsultationRef>;
export const zAs = z.object({ as: z.enum(["buyer", "seller"]).optional() });
export const zConsultationList = zPageQuery.extend(zAs.shape);

const zInstant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
export const zAskConsultation = z.object({
  sellerId: zId("seller"),
  productId: zId("product").optional(),
  startsAt: zInstant,
  minutes: z.int().min(5).max(120).default(30),
});
export type AskConsultation = z.output<typeof zAskConsultation>;

/** What the call is about: an order of one's shop, or a talk that both agreed on. */
export const zWantGrant = z.union([
  z.strictObject({ orderId: zId("order") }),
  z.strictObject({ consultationId: zId("consultation") }),
]);
export type WantGrant = z.output<typeof zWantGrant>;

const zTime = z.iso.datetime();
export const zGrant = z.object({
  callId: zId("call"),
  /** Shown to one's own line when one dials; good for two minutes. */
  grant: z.string(),
  calleeId: zId("user"),
  expiresAt: zTime,
});

export const zIceServers = z.object({
  iceServers: z.array(
    z.object({
      urls: z.array(z.string()),
      username: z.string().optional(),
      credential: z.string().optional(),
    }),
  ),
  expiresAt: zTime,
});

const zQuality = z.object({
  samples: z.int(),
  rttMsMean: z.number(),
  rttMsMax: z.number(),
  lossPercentMax: z.number(),
  kbpsMean: z.number(),
});
export const zCall = z.object({
  id: zId("call"),
  direction: z.enum(["in", "out"]),
  peerId: zId("user"),
  subject: z.object({ kind: z.enum(["order", "consultation"]), id: z.string() }),
  outcome: z.enum(["completed", "declined", "busy", "missed", "cancelled", "failed", "dropped"]),
  startedAt: zTime,
  answeredAt: zTime.nullable(),
  endedAt: zTime,
  talkedSeconds: z.int(),
  quality: zQuality.nullable(),
});

export const zConsultation = z.object({
  id: zId("consultation"),
  sellerId: zId("seller"),
  buyerId: zId("user"),
  hostId: zId("user").nullable(),
  productId: zId("product").nullable(),
  state: z.enum(CONSULTATION_STATES),
  startsAt: zTime,
  endsAt: zTime,
  /** Once it is agreed on, either side may call the other between these. */
  callableFrom: zTime,
  callableUntil: zTime,
  createdAt: zTime,
  version: z.int(),
});
