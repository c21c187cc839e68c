import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { Cell } from "../workers/kernel/cell.ts";
import { openKeys } from "../workers/kernel/keys.ts";
import { signTicket } from "../workers/kernel/ticket.ts";
import { percentiles } from "./client.ts";
import { modelLive } from "./live-model.ts";
import { CELL, ids } from "./people.ts";
import { type Row, row } from "./row.ts";
import { openSockets } from "./sockets.ts";
import type { Stage } from "./stage.ts";
import { memoryBelow } from "./startup.ts";

const VIEWERS = 5_000;
const RELAYS = [1, 4, 16];
/** Five a second each, so that every frame of the room has something in it. */
const SPEAKERS = 4;
const SPEAK_MS = 220;
const FRAMES_A_SECOND = 5;
const P99_MS_MAX = 300;
const MIB = 2 ** 20;
/** A frame ends with the clock of whoever wrote it, `"now":<epoch ms>}`. */
const CLOCK_DIGITS = 13;

type Heard = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly bytes: number;
};

/**
 * Deliveries a second and their delay, from the clock in the frame to the viewer's socket, client included: a
 * bare object as fast as it can and at the room's pace, then the room over its relays. Relays of one local
 * process share a thread, so more of them show what spreading costs, not what it brings.
 */
export async function benchLive(stage: Stage, seconds: number): Promise<readonly Row[]> {
  const { say } = stage;
  say(`bare broadcast to ${VIEWERS} sockets`);
  const bare = await openSockets(VIEWERS, async () => `${wsOf(stage.bare.url)}/fan`);
  const fastest = await listen(bare, seconds, () => tellBare(stage, seconds, 0));
  const paced = await listen(bare, seconds, () => tellBare(stage, seconds, 1_000 / FRAMES_A_SECOND));
  await closeAll(bare);
  const before = memoryBelow(stage.pid);
  const rows = [
    row("bare broadcast, as fast as it can", fastest.perSecond, "deliveries/s"),
    row("bare broadcast, 5 frames a second", paced.perSecond, "deliveries/s"),
    row("bare broadcast, 5 frames a second, p99", paced.p99Ms, "ms"),
  ];
  let perSocketUs = 0;
  for (const relays of RELAYS) {
    say(`${VIEWERS} viewers over ${relays} relays`);
    const { heard, memory } = await watchShow(stage, relays, seconds);
    const name = `${relays} ${relays === 1 ? "relay" : "relays"}`;
    rows.push(
      row(`${name}, 5 frames a second`, heard.perSecond, "deliveries/s", paced.perSecond),
      row(`${name}, p50`, heard.p50Ms, "ms"),
      row(`${name}, p99`, heard.p99Ms, "ms", P99_MS_MAX),
    );
    if (relays === 1) {
      perSocketUs = 1_000_000 / fastest.perSecond;
      const perThousand = Math.max(0, memory - before) / MIB / (VIEWERS / 1_000);
      rows.push(row("memory for 1,000 sockets, runtime and platform", perThousand, "MiB"));
    }
  }
  return [...rows, ...modelLive({ perSocketUs, frameBytes: paced.bytes })];
}

const wsOf = (url: string) => url.replace(/^http/, "ws");

async function tellBare({ bare }: Stage, seconds: number, everyMs: number): Promise<void> {
  // As fast as it can: as many as fit are asked for in turns until the time is over.
  const endsAt = performance.now() + seconds * 1_000;
  const frames = everyMs === 0 ? 2 : seconds * FRAMES_A_SECOND;
  do {
    await fetch(`${bare.url}/tell?frames=${frames}&bytes=700&everyMs=${everyMs}`);
  } while (everyMs === 0 && performance.now() < endsAt);
}

/** Counts what comes while the telling lasts. */
async function listen(
  sockets: readonly WebSocket[],
  seconds: number,
  tell: () => Promise<void>,
): Promise<Heard> {
  const delays: number[] = [];
  let count = 0;
  let bytes = 0;
  const hear = (data: Buffer) => {
    const clock = Number(data.toString("latin1", data.length - CLOCK_DIGITS - 1, data.length - 1));
    // A snapshot or an ack is no frame to all.
    if (!(clock > 0)) return;
    count += 1;
    bytes += data.length;
    // One in sixteen is timed: sorting all would be most of the work.
    if (count % 16 === 0) delays.push(Date.now() - clock);
  };
  for (const socket of sockets) socket.on("message", hear);
  const startedAt = performance.now();
  await tell();
  // What is on its way still arrives, and its time counts.
  await settle(() => count);
  const lasted = Math.max(seconds, (performance.now() - startedAt) / 1_000 - SETTLE_MS / 1_000);
  for (const socket of sockets) socket.off("message", hear);
  return { perSecond: count / lasted, ...percentiles(delays), bytes: bytes / Math.max(1, count) };
}

const SETTLE_MS = 500;

async function settle(count: () => number): Promise<void> {
  let before = -1;
  while (before !== count()) {
    before = count();
    await sleep(SETTLE_MS);
  }
}

async function watchShow(stage: Stage, relays: number, seconds: number) {
  const livestreamId = ids.next("livestream");
  let next = 0;
  const urlOf = async () => {
    next += 1;
    return doorOf(stage, livestreamId, next % relays);
  };
  const sockets = await openSockets(VIEWERS, urlOf);
  const speakers = await openSockets(SPEAKERS, urlOf);
  await Promise.all([...sockets, ...speakers].map(greet));
  const memory = memoryBelow(stage.pid);
  const heard = await listen(sockets, seconds, () => speak(speakers, seconds));
  await closeAll([...sockets, ...speakers]);
  return { heard, memory };
}

/** Says hello and has its snapshot. */
function greet(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("message", () => resolve());
    socket.send('{"t":"hello","since":0}');
  });
}

/** A ticket of the platform's own making, as the route gives it. */
function doorOf({ url, bindings }: Stage, livestreamId: string, relay: number): string {
  const keys = openKeys(bindings as unknown as Env, CELL as Cell);
  const id = `${livestreamId}~${relay}`;
  const about = { noun: "audience-relay", id, personId: ids.next("user"), role: "moderator", name: "Viewer" };
  const { ticket } = signTicket({ keys, clock: { now: () => Date.now() } }, about);
  return `${wsOf(url)}/v1/rooms/audience-relay/${encodeURIComponent(id)}?market=${CELL}&ticket=${ticket}`;
}

async function speak(speakers: readonly WebSocket[], seconds: number): Promise<void> {
  const endsAt = performance.now() + seconds * 1_000;
  while (performance.now() < endsAt) {
    for (const socket of speakers) {
      const cid = ids.next("event");
      socket.send(JSON.stringify({ t: "say", cid, text: "Kopi ini manis atau pahit, Kak? Saya mau dua." }));
    }
    await sleep(SPEAK_MS);
  }
}

async function closeAll(sockets: readonly WebSocket[]): Promise<void> {
  for (const socket of sockets) socket.terminate();
  await sleep(1_000);
}
