import { type Row, row } from "./row.ts";

/** https://developers.cloudflare.com/durable-objects/platform/pricing/, in dollars. */
const PER_MILLION_REQUESTS = 0.15;
const PER_MILLION_GB_SECONDS = 12.5;
const OBJECT_GB = 0.128;
/** Messages that come in over a socket are billed as this part of a request. */
const MESSAGE_SHARE = 1 / 20;

const RELAY_VIEWERS = 10_000;
const FRAMES_A_SECOND = 5;
const HOUR_SECONDS = 3_600;
/** What a call from object to object takes of the caller's thread. */
const CALL_US = 100;
/** A viewer taps or writes so often; the relay adds up what comes. */
const ACTS_A_MINUTE = 2;
const AUDIENCES = [10_000, 100_000, 1_000_000];

type Measured = { readonly perSocketUs: number; readonly frameBytes: number };

/**
 * What a show costs with more viewers than one machine holds, from what was measured here: each relay has a
 * thread at the edge, so a frame's way is the room's turn over its relays and one relay's turn over
 * its sockets. Prices are the published ones; the picture is not in them.
 */
export function modelLive({ perSocketUs, frameBytes }: Measured): readonly Row[] {
  return AUDIENCES.flatMap((viewers) => {
    const relays = Math.ceil(viewers / RELAY_VIEWERS);
    const roomMs = (relays * CALL_US) / 1_000;
    const relayMs = (Math.min(viewers, RELAY_VIEWERS) * perSocketUs) / 1_000;
    const frames = FRAMES_A_SECOND * HOUR_SECONDS;
    const acts = viewers * ACTS_A_MINUTE * 60 * MESSAGE_SHARE;
    const requests = viewers + relays * frames + acts;
    const gbSeconds = (relays + 1) * HOUR_SECONDS * OBJECT_GB;
    const dollars = (requests * PER_MILLION_REQUESTS + gbSeconds * PER_MILLION_GB_SECONDS) / 1_000_000;
    const name = `${viewers.toLocaleString("en")} viewers, modelled`;
    return [
      row(`${name}: relays`, relays, "objects"),
      row(`${name}: the last viewer's wait`, roomMs + relayMs, "ms"),
      row(`${name}: the room's thread in use`, (roomMs * FRAMES_A_SECOND) / 10, "%"),
      row(`${name}: sent`, (viewers * FRAMES_A_SECOND * frameBytes) / 1e9, "GB/s"),
      row(`${name}: an hour of room and relays`, dollars, "USD"),
    ];
  });
}
