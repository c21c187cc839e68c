import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { CellConfig } from "#kernel/cell";
import { MINUTE_MS } from "#kernel/clock";

/** A signed webhook that is older, or from the future, is somebody's copy. */
const AGE_MAX_MS = 5 * MINUTE_MS;

const zAlert = z.looseObject({
  data: z.looseObject({ input_id: z.string().max(64), event_type: z.string().max(64) }),
});
const zVideo = z.looseObject({ uid: z.string().max(64), liveInput: z.string().max(64).nullish() });

export type Shown = {
  readonly signature: string | undefined;
  readonly alertAuth: string | undefined;
  readonly body: string;
};

/** The live input that a webhook is about: all that is believed of it; the provider is asked the rest. */
export function inputOf(body: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const alert = zAlert.safeParse(value);
  if (alert.success) return alert.data.data.input_id;
  const video = zVideo.safeParse(value);
  return video.success ? (video.data.liveInput ?? undefined) : undefined;
}

/**
 * A video's webhook is signed: `Webhook-Signature: time=<seconds>,sig1=<HMAC-SHA-256 of "time.body">`. An
 * alert about an input carries its destination's secret in `cf-webhook-auth`.
 */
export function isFromStream(
  config: CellConfig,
  { signature, alertAuth, body }: Shown,
  now: number,
): boolean {
  const { stream } = config;
  if (!stream) return false;
  if (alertAuth !== undefined) return isSame(alertAuth, stream.alertSecret);
  const [, time = "", sig1 = ""] = /^time=(\d{1,12}),sig1=([0-9a-f]{64})$/.exec(signature ?? "") ?? [];
  if (time === "" || Math.abs(now - Number(time) * 1_000) > AGE_MAX_MS) return false;
  return isSame(sig1, createHmac("sha256", stream.webhookSecret).update(`${time}.${body}`).digest("hex"));
}

/** Compares digests, which are of one length whatever was given. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
