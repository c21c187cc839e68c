import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WebSocket } from "ws";
import { freePorts } from "../local/processes.ts";
import { Connection, type Load, runLoad } from "./client.ts";
import { type Buyer, signInMany } from "./people.ts";
import { median, type Row, row } from "./row.ts";
import { type MadeSale, makeSale, newBuyers, ticketOf } from "./sale-world.ts";
import { openSockets, runSockets } from "./sockets.ts";
import type { Stage } from "./stage.ts";

const SOCKETS = 500;
const IN_FLIGHT = 2;
const CONNECTIONS = 64;
/** Ours and its limit take turns, so that what else the machine does falls on both. */
const ROUNDS = 3;
const QUOTA = 10_000_000;
const PER_BUYER = 10;
/** Each claims up to his limit: more than any run takes. */
const BUYERS = 100_000;
/** Below what an isolate remembers of verified tokens: what is measured is a claim and not a signature. */
const HTTP_BUYERS = 1_500;
const SOLD_OUT_BUYERS = 200;

/** A frame of its own for each claim: buyers take turns, and a buyer's key is never used twice. */
function claims() {
  const buyers = newBuyers(BUYERS);
  let turn = 0;
  const run = Math.random().toString(36).slice(2, 8);
  return () => {
    const buyerId = buyers[turn % BUYERS];
    turn += 1;
    return { buyerId, cid: `${run}-${turn.toString(36).padStart(6, "0")}` };
  };
}
const frameOf = ({ buyerId, cid }: { buyerId: string | undefined; cid: string }) =>
  `{"t":"claim","cid":"${cid}","quantity":1,"buyerId":"${buyerId}"}`;

export async function benchFlashSale(stage: Stage, seconds: number): Promise<readonly Row[]> {
  stage.say(`flash-sale: stock ${QUOTA}, ${PER_BUYER} a buyer, ${SOCKETS} sockets, ${IN_FLIGHT} in flight`);
  const one = await makeSale(stage, { quota: QUOTA, perBuyer: PER_BUYER, shards: 1, minutes: 60 });
  const socket = await benchSockets(stage, one, seconds);
  const http = await benchHttp(stage, seconds);
  const soldOut = await benchSoldOut(stage, seconds);
  const redis = await benchRedis(stage, { socket: socket.best, http: http.best }, seconds / ROUNDS);
  return [...socket.rows, ...http.rows, ...soldOut, ...redis];
}

type Pair = { readonly ours: Load; readonly limit: Load };

/** The round whose ratio is the middle one. */
function middle(pairs: readonly Pair[]): Pair {
  const ratio = ({ ours, limit }: Pair) => ours.perSecond / limit.perSecond;
  const at = median(pairs.map(ratio));
  return pairs.find((pair) => ratio(pair) === at) ?? (pairs[0] as Pair);
}

async function benchSockets(stage: Stage, sale: MadeSale, seconds: number) {
  const bareUrl = `${stage.bare.url.replace("http", "ws")}/echo`;
  const echoes = await openSockets(SOCKETS, async () => bareUrl);
  const sockets = await openSockets(SOCKETS, () => ticketOf(stage, sale, 0));
  const next = claims();
  const load = { inFlight: IN_FLIGHT, seconds: seconds / ROUNDS, next: () => frameOf(next()) };
  const pairs: Pair[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const limit = await runSockets({ ...load, sockets: echoes, isEcho: true });
    const ours = await runSockets({ ...load, sockets });
    if (ours.failed > 0) throw new Error(`${ours.failed} claims were refused`);
    stage.say(`socket claims ${Math.round(ours.perSecond)}/s, echo ${Math.round(limit.perSecond)}/s`);
    pairs.push({ ours, limit });
  }
  close(echoes);
  close(sockets);
  const { ours, limit } = middle(pairs);
  const rows = [
    row(
      "socket: durable holds, all rules; limit: echo of a bare object",
      ours.perSecond,
      "holds/s",
      limit.perSecond,
    ),
    row("socket: p99 from claim to durable answer; limit: the echo's", ours.p99Ms, "ms", limit.p99Ms),
  ];
  return { rows, best: ours };
}

const close = (sockets: readonly WebSocket[]) => {
  for (const socket of sockets) socket.terminate();
};

async function benchHttp(stage: Stage, seconds: number) {
  const buyers = await signInMany(stage, HTTP_BUYERS);
  const claimOf = ({ saleId }: MadeSale) => {
    const path = `/v1/flash-sales/${saleId}/claims`;
    return async (connection: Connection, turn: number) => {
      const buyer = buyers[turn % HTTP_BUYERS] as Buyer;
      const headers = { ...buyer.headers, "x-market": "id", "idempotency-key": `http-${turn}` };
      const { status } = await connection.request("POST", path, headers, { quantity: 1 });
      return status === 201;
    };
  };
  const ping = async (connection: Connection) => (await connection.request("GET", "/ping")).status === 200;
  const load = { concurrency: CONNECTIONS, seconds: Math.min(seconds / ROUNDS, 2) };
  const pairs: Pair[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // A sale a round: so few buyers reach their ten units each before all rounds are over.
    const sale = await makeSale(stage, { quota: QUOTA, perBuyer: PER_BUYER, shards: 1, minutes: 60 });
    await meet(stage, buyers, sale);
    const limit = await runLoad({ ...load, url: stage.bare.url }, ping);
    const ours = await runLoad({ ...load, url: stage.url }, claimOf(sale));
    if (ours.failed > 0) throw new Error(`${ours.failed} claims were refused`);
    stage.say(`HTTP claims ${Math.round(ours.perSecond)}/s, bare call ${Math.round(limit.perSecond)}/s`);
    pairs.push({ ours, limit });
  }
  const { ours, limit } = middle(pairs);
  const rows = [
    row(
      "HTTP: durable holds, whole middleware; limit: bare object call",
      ours.perSecond,
      "holds/s",
      limit.perSecond,
    ),
    row("HTTP: p99; limit: the bare call's", ours.p99Ms, "ms", limit.p99Ms),
  ];
  return { rows, best: ours };
}

/** Who comes for the first time has his token verified and his session looked up; that is another measure. */
async function meet(stage: Stage, buyers: readonly Buyer[], { saleId }: MadeSale): Promise<void> {
  const waiting = buyers.values();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const connection = new Connection(stage.url);
      for (const { headers } of waiting) {
        const path = `/v1/flash-sales/${saleId}/holds`;
        const { status } = await connection.request("GET", path, { ...headers, "x-market": "id" });
        if (status !== 200) throw new Error(`holds: ${status}`);
      }
      connection.close();
    }),
  );
}

/** A sale of a single unit: everybody but its holder is answered at the edge. */
async function benchSoldOut(stage: Stage, seconds: number): Promise<readonly Row[]> {
  const sale = await makeSale(stage, { quota: 1, perBuyer: 1, shards: 1, minutes: 60 });
  const path = `/v1/flash-sales/${sale.saleId}/claims`;
  const [holder, ...others] = await signInMany(stage, SOLD_OUT_BUYERS);
  let keys = 0;
  const claim = async (connection: Connection, { headers }: Buyer) => {
    keys += 1;
    const all = { ...headers, "x-market": "id", "idempotency-key": `gone-${keys}` };
    return (await connection.request("POST", path, all, { quantity: 1 })).status;
  };
  await runLoad({ url: stage.url, concurrency: 1, seconds: 0.1, warmupSeconds: 0 }, async (connection) => {
    await claim(connection, holder as Buyer);
    return true;
  });
  await meet(stage, others, sale);
  const load = { concurrency: CONNECTIONS, seconds: Math.min(seconds / ROUNDS, 3) };
  const refused = async (connection: Connection, turn: number) =>
    (await claim(connection, others[turn % others.length] as Buyer)) === 409;
  const constant = async (connection: Connection) =>
    (await connection.request("GET", "/constant?bytes=200")).status === 200;
  const pairs: Pair[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const limit = await runLoad({ ...load, url: stage.bare.url }, constant);
    const ours = await runLoad({ ...load, url: stage.url }, refused);
    if (ours.failed > 0) throw new Error(`${ours.failed} of ${ours.done} were not told that it is sold out`);
    pairs.push({ ours, limit });
  }
  const { ours, limit } = middle(pairs);
  return [row("HTTP: sold out, at the edge; limit: bare Worker", ours.perSecond, "req/s", limit.perSecond)];
}

const MODES = {
  "appendonly off": ["--appendonly", "no"],
  everysec: ["--appendonly", "yes", "--appendfsync", "everysec"],
  always: ["--appendonly", "yes", "--appendfsync", "always"],
} as const;

type Best = { readonly socket: Load; readonly http: Load };

/** The alternative, with each of its promises: only `always` promises what our answers do. */
async function benchRedis(stage: Stage, best: Best, seconds: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [mode, flags] of Object.entries(MODES)) {
    const other = await startRedisSale(flags);
    if (other === undefined) {
      stage.say("redis-server is not on PATH: the comparison is left out");
      return rows;
    }
    try {
      const next = claims();
      const sockets = await openSockets(SOCKETS, async () => other.url.replace("http", "ws"));
      const frames = { sockets, inFlight: IN_FLIGHT, seconds, next: () => frameOf(next()) };
      const bySocket = await runSockets(frames);
      close(sockets);
      const byHttp = await runLoad(
        { url: other.url, concurrency: CONNECTIONS, seconds },
        async (connection) => {
          const { status } = await connection.request("POST", "/", {}, next());
          return status === 201;
        },
      );
      if (bySocket.failed + byHttp.failed > 0) throw new Error(`Redis refused claims (${mode})`);
      const name = `ours against Redis + Lua behind Node, ${mode}`;
      rows.push(row(`socket: ${name}`, best.socket.perSecond, "holds/s", bySocket.perSecond));
      rows.push(row(`HTTP: ${name}`, best.http.perSecond, "holds/s", byHttp.perSecond));
    } finally {
      await other.stop();
    }
  }
  return rows;
}

async function startRedisSale(flags: readonly string[]) {
  const [port = 0, redisPort = 0] = await freePorts(2);
  const dir = mkdtempSync(join(tmpdir(), "titan-redis-sale-"));
  const options = ["--port", `${redisPort}`, "--bind", "127.0.0.1", "--dir", dir, "--save", "", ...flags];
  const redis = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
  const isThere = await Promise.race([
    new Promise<boolean>((resolve) => {
      let said = "";
      redis.stdout?.on("data", (chunk) => {
        said += chunk;
        if (said.includes("Ready to accept connections")) resolve(true);
      });
    }),
    once(redis, "error").then(() => false),
  ]);
  if (!isThere) return undefined;
  const file = fileURLToPath(new URL("./redis-sale.ts", import.meta.url).href);
  const server = fork(file, [`${port}`, `${redisPort}`]);
  await once(server, "message");
  const end = async (child: ChildProcess) => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
  const stop = async () => {
    await end(server);
    await end(redis);
    rmSync(dir, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}
