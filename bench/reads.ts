import { setTimeout as sleep } from "node:timers/promises";
import { redisTokenOf } from "../local/configuration.ts";
import { Connection, percentiles, runLoad } from "./client.ts";
import { CELL } from "./people.ts";
import { type Row, row } from "./row.ts";
import type { Stage } from "./stage.ts";
import { untilHandled, type World } from "./world.ts";
import { mulberry, zipf } from "./zipf.ts";

const CONCURRENCY = 32;
/** Ours and the bare Worker take turns, so that what else the machine does falls on both. */
const ROUNDS = 3;
const SIZE_SAMPLES = 100;
const SEED = 20_261;
/** An isolate's own copies are gone after this; kernel/cache.ts keeps them for two seconds. */
const FORGOTTEN_MS = 2_050;
const COLD_SAMPLES = 20;
const COLD_BUDGET_MS = 15;
/** Counters leave an isolate every five seconds, with the first request after that. */
const FLUSH_MS = 5_100;
const FLUSHED_MS = 1_000;
/** Readers that fill the caches before the clock starts. */
const FILLERS = 4;

type Kind = { readonly name: string; readonly paths: readonly string[] };

/** What is asked for: all products, lists by category, order and price, and searches of one or two words. */
function kindsOf({ products, categories, words }: World): readonly Kind[] {
  const lists = categories.flatMap((category) =>
    ["newest", "price_asc", "price_desc"].flatMap((sort) =>
      [0, 2_000_000, 4_000_000, 6_000_000, 8_000_000].map(
        (min) => `/v1/products?category=${category}&sort=${sort}&minPriceMinor=${min}&limit=20`,
      ),
    ),
  );
  const queries = words.materials.flatMap((material) =>
    words.things.flatMap((thing) => [`${material} ${thing}`, `${thing} ${material}`.toLowerCase()]),
  );
  const searches = [...words.materials, ...words.things, ...queries].map(
    (query) => `/v1/search?q=${encodeURIComponent(query)}&limit=20`,
  );
  return [
    { name: "product page", paths: shuffled(products.map(({ productId }) => `/v1/products/${productId}`)) },
    { name: "list", paths: shuffled(lists) },
    { name: "search", paths: shuffled(searches) },
  ];
}

/** Popularity has nothing to do with the order in which things were made. */
function shuffled(paths: readonly string[]): readonly string[] {
  const random = mulberry(SEED);
  return paths
    .map((path) => ({ path, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ path }) => path);
}

export async function benchReads(stage: Stage, world: World, seconds: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const kinds = kindsOf(world);
  await untilHandled(stage);
  for (const kind of kinds) {
    stage.say(`reads: ${kind.name}, Zipf over ${kind.paths.length} keys, ${CONCURRENCY} connections`);
    rows.push(...(await benchHot(stage, kind, seconds)));
  }
  stage.say(`reads: every cache empty, concurrency 1, ${COLD_SAMPLES} of each`);
  return [...rows, ...(await benchCold(stage, kinds))];
}

async function benchHot(stage: Stage, { name, paths }: Kind, seconds: number): Promise<readonly Row[]> {
  const draw = zipf(paths.length, SEED);
  const ask = async (connection: Connection) =>
    (await connection.request("GET", paths[draw()] ?? "/")).status === 200;
  await readOnce(stage, paths);
  const bytes = await meanBytes(stage, () => paths[draw()] ?? "/");
  const constant = `/constant?bytes=${bytes}`;
  const before = await cacheReads(stage);
  const rounds: { readonly ours: number; readonly bare: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const load = { concurrency: CONCURRENCY, seconds: seconds / ROUNDS };
    const ours = await runLoad({ ...load, url: stage.url }, ask);
    if (ours.failed > 0) throw new Error(`${name}: ${ours.failed} of ${ours.done} reads failed`);
    const bare = await runLoad(
      { ...load, url: stage.bare.url },
      async (connection) => (await connection.request("GET", constant)).status === 200,
    );
    rounds.push({ ours: ours.perSecond, bare: bare.perSecond });
  }
  const after = await cacheReads(stage);
  const memory = grown(before, after, "memory");
  const made = grown(before, after, "none");
  const total = memory + made + grown(before, after, "redis") + grown(before, after, "stale");
  const middle = rounds.toSorted((a, b) => a.ours / a.bare - b.ours / b.bare)[Math.floor(ROUNDS / 2)];
  return [
    row(`${name}, ${bytes} bytes`, middle?.ours ?? 0, "req/s", middle?.bare ?? 0),
    row(`${name}, hit ratio`, 1 - made / total, ""),
    row(`${name}, hit ratio in the isolate`, memory / total, ""),
  ];
}

/** As after some minutes of traffic: every answer was made once, and grows old from then on. */
async function readOnce(stage: Stage, paths: readonly string[]): Promise<void> {
  const queue = paths.values();
  await Promise.all(
    Array.from({ length: FILLERS }, async () => {
      const connection = new Connection(stage.url);
      for (const path of queue) await connection.request("GET", path);
      connection.close();
    }),
  );
}

async function meanBytes(stage: Stage, next: () => string): Promise<number> {
  const connection = new Connection(stage.url);
  let bytes = 0;
  for (let i = 0; i < SIZE_SAMPLES; i += 1) {
    const { status, body } = await connection.request("GET", next());
    if (status !== 200) throw new Error(`a read answered ${status}: ${body.toString()}`);
    bytes += body.length;
  }
  connection.close();
  return Math.round(bytes / SIZE_SAMPLES);
}

type Reads = ReadonlyMap<string, number>;

/** A counter that fell was begun anew in between, as Prometheus takes it. */
function grown(before: Reads, after: Reads, layer: string): number {
  const [from, to] = [before.get(layer) ?? 0, after.get(layer) ?? 0];
  return to >= from ? to - from : to;
}

/** Reads through the cache so far, by the layer that answered. */
async function cacheReads(stage: Stage): Promise<Reads> {
  await sleep(FLUSH_MS);
  await fetch(`${stage.url}/healthz`);
  // The flush goes on after the answer.
  await sleep(FLUSHED_MS);
  const text = await (await fetch(`${stage.url}/metrics`)).text();
  const counts = new Map<string, number>();
  for (const [, layer = "", count] of text.matchAll(/^cache_reads_total\{layer="(\w+)"\} (\d+)/gm)) {
    counts.set(layer, Number(count));
  }
  return counts;
}

/**
 * Nothing is in Redis, and what an isolate kept is too old, before each request. The search shares no copy
 * with the other two, so it follows one of them without a wait.
 */
async function benchCold(stage: Stage, [page, list, search]: readonly Kind[]): Promise<readonly Row[]> {
  if (!page || !list || !search) return [];
  const connection = new Connection(stage.url);
  const times = new Map<string, number[]>();
  let searched = 0;
  const ask = async (kind: Kind, n: number) => {
    await flushRedis(stage);
    const from = performance.now();
    const { status } = await connection.request("GET", kind.paths[n] ?? "/");
    const took = performance.now() - from;
    if (status !== 200) throw new Error(`a cold read answered ${status}`);
    times.set(kind.name, [...(times.get(kind.name) ?? []), took]);
  };
  for (let n = 0; n < COLD_SAMPLES; n += 1) {
    for (const kind of [page, list]) {
      await sleep(FORGOTTEN_MS);
      await ask(kind, n);
      await ask(search, searched);
      searched += 1;
    }
  }
  connection.close();
  return [...times].flatMap(([name, taken]) => [
    row(`${name}, caches empty, p50`, percentiles(taken).p50Ms, "ms", COLD_BUDGET_MS),
  ]);
}

async function flushRedis({ redisUrl }: Stage): Promise<void> {
  const response = await fetch(redisUrl, {
    method: "POST",
    headers: { authorization: `Bearer ${redisTokenOf(CELL)}` },
    body: JSON.stringify(["FLUSHALL"]),
  });
  if (!response.ok) throw new Error(`FLUSHALL answered ${response.status}`);
}
