import type { WebSocket } from "ws";
import type { Load } from "./client.ts";
import { driverUrl, type SentParcel, sendParcels } from "./parcels.ts";
import { median, type Row, row } from "./row.ts";
import { openSockets, runSockets } from "./sockets.ts";
import type { Stage } from "./stage.ts";

/** One shipment holds so many sockets; each may send so often that all together are never held back. */
const SOCKETS = 200;
/** Shipments that are on the road at once. */
const PARCELS = 40;
/** A phone knows where it is each second and tells it every five. */
const FIXES = 5;
/** Ours and its limit take turns, so that what else the machine does falls on both. */
const ROUNDS = 3;

type Pair = { readonly ours: Load; readonly limit: Load };

/** A frame of its own for each answer: a place a little further on, and a name that was never used. */
function frames(fixes: number) {
  const run = Math.random().toString(36).slice(2, 8);
  let turn = 0;
  return () => {
    turn += 1;
    const at = Date.now();
    const places = Array.from({ length: fixes }, (_, i) => {
      const latitude = -6.2 + ((turn + i) % 1_000) / 50_000;
      return `{"at":${at - (fixes - i) * 1_000},"latitude":${latitude},"longitude":106.8,"speedKmh":24}`;
    });
    return `{"t":"pings","cid":"${run}-${turn.toString(36).padStart(6, "0")}","fixes":[${places.join(",")}]}`;
  };
}

type Sides = { readonly ours: readonly WebSocket[]; readonly bare: readonly WebSocket[] };

async function compare(stage: Stage, { ours, bare }: Sides, fixes: number, seconds: number): Promise<Pair> {
  const next = frames(fixes);
  const load = { inFlight: 1, seconds: seconds / ROUNDS, next: () => next() };
  const pairs: Pair[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const limit = await runSockets({ ...load, sockets: bare });
    const own = await runSockets({ ...load, sockets: ours });
    if (own.failed > 0) throw new Error(`${own.failed} of ${own.done} frames were refused`);
    stage.say(`${fixes} a frame: ${Math.round(own.perSecond)} frames/s, bare ${Math.round(limit.perSecond)}`);
    pairs.push({ ours: own, limit });
  }
  const ratio = (pair: Pair) => pair.ours.perSecond / pair.limit.perSecond;
  const middle = median(pairs.map(ratio));
  return pairs.find((pair) => ratio(pair) === middle) ?? (pairs[0] as Pair);
}

/** So many sockets over these parcels, and as many over as many bare objects. */
async function open(stage: Stage, parcels: readonly SentParcel[]): Promise<Sides> {
  let turn = 0;
  const ours = await openSockets(SOCKETS, () => {
    turn += 1;
    return driverUrl(stage, parcels[turn % parcels.length] as SentParcel);
  });
  const bareUrl = stage.bare.url.replace("http", "ws");
  const bare = await openSockets(SOCKETS, async () => {
    turn += 1;
    return `${bareUrl}/rows?name=parcel-${parcels.length}-${turn % parcels.length}`;
  });
  return { ours, bare };
}

const close = (sides: Sides) => {
  for (const socket of [...sides.ours, ...sides.bare]) socket.terminate();
};

/**
 * Answered when on disk, on both sides; the bare object writes a frame as one row, ours each ping as one. All
 * objects of one local process share a thread, so many shipments show what a machine does and not what the
 * edge would, where each has its own.
 */
export async function benchTracking(stage: Stage, seconds: number): Promise<readonly Row[]> {
  stage.say(`tracking: ${SOCKETS} drivers' sockets, one frame each on its way; 1 and ${PARCELS} shipments`);
  const parcels = await sendParcels(stage, PARCELS);
  const one = await open(stage, parcels.slice(0, 1));
  const single = await compare(stage, one, 1, seconds);
  const batch = await compare(stage, one, FIXES, seconds);
  close(one);
  const many = await open(stage, parcels);
  const machine = await compare(stage, many, FIXES, seconds);
  close(many);
  const bare = "limit: a bare object's rows, one a frame";
  return [
    row(`one shipment, a ping a frame; ${bare}`, single.ours.perSecond, "pings/s", single.limit.perSecond),
    row("one shipment, p99 from ping to durable answer", single.ours.p99Ms, "ms", single.limit.p99Ms),
    row(
      `one shipment, ${FIXES} pings a frame: frames; ${bare}`,
      batch.ours.perSecond,
      "frames/s",
      batch.limit.perSecond,
    ),
    row(`one shipment, ${FIXES} pings a frame: pings`, batch.ours.perSecond * FIXES, "pings/s"),
    row(
      `${PARCELS} shipments, ${FIXES} pings a frame: frames; ${bare}`,
      machine.ours.perSecond,
      "frames/s",
      machine.limit.perSecond,
    ),
    row(`${PARCELS} shipments: pings of the machine`, machine.ours.perSecond * FIXES, "pings/s"),
    row(
      `${PARCELS} shipments, p99 from frame to durable answer`,
      machine.ours.p99Ms,
      "ms",
      machine.limit.p99Ms,
    ),
  ];
}
