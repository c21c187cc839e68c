import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "#kernel/clock";
import { hmacBase64 } from "#kernel/digest";

export type EndpointState = "enabled" | "disabled";
/** `held`: the endpoint was disabled when the event came; a replay sends it. */
export const DELIVERY_STATES = ["pending", "delivered", "failed", "held"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
/** A secret that was replaced and still signs until then. */
export type Retiring = { readonly generation: number; readonly until: number };

/** Waits between the tries as Standard Webhooks recommends them: ten tries within some three days. */
const WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const;
export const ATTEMPTS_MAX = WAITS_MS.length + 1;
/** A fifth each way, so that what failed together does not come back together. */
const JITTER = 0.2;
/** As long as one delivery is tried: an endpoint that took nothing in this time is given up. */
const DISABLED_AFTER_MS = 3 * DAY_MS;
/** From so many failures in a row an endpoint is only probed, and its deliveries wait without a try. */
const FAILURES_TRUSTED = 5;
const PAUSE_MS = 30 * SECOND_MS;
const PAUSE_MAX_MS = HOUR_MS;
/** A secret that was replaced in a hurry several times: the oldest falls out. */
const RETIRING_MAX = 3;

/** When to try again after so many tries, or undefined when it was the last; `chance` is in [0, 1). */
export function nextAttempt(attempts: number, now: number, chance: number): number | undefined {
  const wait = WAITS_MS[attempts - 1];
  return wait === undefined ? undefined : now + jittered(wait, chance);
}

const jittered = (ms: number, chance: number): number => Math.round(ms * (1 - JITTER + 2 * JITTER * chance));

type Health = {
  readonly state: EndpointState;
  readonly failingSince: number | null;
  readonly failures: number;
  readonly pausedUntil: number | null;
};
export type Verdict = Omit<Health, "state"> & { readonly disabledFor: "gone" | "failing" | null };

export const HEALTHY: Verdict = { failingSince: null, failures: 0, pausedUntil: null, disabledFor: null };

/** What a failed try says about its endpoint. */
export function judge(before: Health, status: number | null, now: number): Verdict {
  const failures = before.failures + 1;
  const failingSince = before.failingSince ?? now;
  const over = failures - FAILURES_TRUSTED;
  const pausedUntil = over < 0 ? null : now + Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** Math.min(over, 16));
  const disabledFor = status === 410 ? "gone" : now - failingSince >= DISABLED_AFTER_MS ? "failing" : null;
  return { failingSince, failures, pausedUntil, disabledFor };
}

/** A delivery whose endpoint is only probed just now comes after the probe. */
export const afterPause = (pausedUntil: number, chance: number): number =>
  pausedUntil + jittered(PAUSE_MS, chance);

/** 2xx and nothing else: a redirect is not followed, since where it leads was not checked. */
export const isTaken = (status: number | null): boolean => status !== null && status >= 200 && status < 300;

type Secrets = { readonly generation: number; readonly retiring: readonly Retiring[] };

/** The new secret signs at once; the old one beside it for as long as its owner needs to change over. */
export function rotate({ generation, retiring }: Secrets, now: number, overlapMs: number): Secrets {
  const alive = retiring.filter(({ until }) => until > now);
  const kept = overlapMs > 0 ? [...alive, { generation, until: now + overlapMs }] : [];
  return { generation: generation + 1, retiring: kept.slice(-RETIRING_MAX) };
}

export const signingGenerations = ({ generation, retiring }: Secrets, now: number): readonly number[] => [
  generation,
  ...retiring.filter(({ until }) => until > now).map((one) => one.generation),
];

type Signed = { readonly id: string; readonly at: number; readonly body: string };

/** The headers of Standard Webhooks: one signature for each secret, the newest first. */
export function signedHeaders(secrets: readonly Uint8Array[], { id, at, body }: Signed) {
  const seconds = Math.floor(at / SECOND_MS);
  const signatures = secrets.map((secret) => `v1,${hmacBase64(secret, `${id}.${seconds}.${body}`)}`);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": signatures.join(" "),
  };
}
