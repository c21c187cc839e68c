import { expect, test } from "vitest";
import type { Cell } from "#kernel/cell";
import { createIds, zId } from "#kernel/ids";
import { observeAnswer, takeDeltas, tally } from "#kernel/metrics";

const SECOND_MS = 1_000;

test("ids are UUIDv7: they parse, differ, and sort by the time they were made at", () => {
  let now = Date.UTC(2024, 0, 1);
  const ids = createIds({ now: () => now });
  const made = Array.from({ length: 1_000 }, () => {
    now += 1;
    return ids.next("order");
  });
  expect(new Set(made).size).toBe(made.length);
  expect(made.toSorted()).toEqual(made);
  for (const id of made) expect(zId("order").safeParse(id).success).toBe(true);
});

test("an id holds its time, version and variant where RFC 9562 puts them", () => {
  const at = Date.UTC(2030, 5, 7, 8, 9, 10, 11);
  const bytesOf = (fill: number) => () => new Uint8Array(16).fill(fill);
  for (const fill of [0x00, 0xff, 0xa5]) {
    const uuid = toHex(createIds({ now: () => at }, bytesOf(fill)).next("user"));
    expect(Number.parseInt(uuid.slice(0, 12), 16)).toBe(at);
    expect(uuid[12]).toBe("7");
    expect("89ab").toContain(uuid[16]);
  }
});

function toHex(id: string): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const digits = id.slice(id.indexOf("_") + 1);
  let value = 0n;
  for (const digit of digits) value = value * 32n + BigInt(alphabet.indexOf(digit));
  return value.toString(16).padStart(32, "0");
}

test("answers are counted by route, status and latency, and leave with the flush", () => {
  const env = {} as Env;
  const seen = (route: string, status: number, seconds: number) => {
    observeAnswer({ env, cell: "id" as Cell }, { route, status, seconds });
  };
  seen("GET /a", 200, 0.0005);
  seen("GET /a", 200, 0.02);
  seen("GET /a", 404, 60);
  tally(env, 'cache_reads_total{layer="memory"}');
  const deltas = new Map(takeDeltas(env, Date.now()));
  const of = (name: string, labels: string) => deltas.get(`${name}{cell="id",route="GET /a"${labels}}`);
  expect(of("http_requests_total", ',status="200"')).toBe(2);
  expect(of("http_requests_total", ',status="404"')).toBe(1);
  expect(of("http_request_seconds_count", "")).toBe(3);
  expect(of("http_request_seconds_sum", "")).toBeCloseTo(60.0205);
  expect(of("http_request_seconds_bucket", ',le="0.001"')).toBe(1);
  expect(of("http_request_seconds_bucket", ',le="0.025"')).toBe(2);
  expect(of("http_request_seconds_bucket", ',le="10"')).toBe(2);
  expect(of("http_request_seconds_bucket", ',le="+Inf"')).toBe(3);
  expect(deltas.get('cache_reads_total{layer="memory"}')).toBe(1);
});

test("a flush waits its time, and what has left is not sent again", () => {
  const env = {} as Env;
  tally(env, 'cache_reads_total{layer="none"}');
  const now = Date.now();
  expect(takeDeltas(env, now)).toEqual([['cache_reads_total{layer="none"}', 1]]);
  tally(env, 'cache_reads_total{layer="none"}');
  expect(takeDeltas(env, now + SECOND_MS)).toBeUndefined();
  expect(takeDeltas(env, now + 10 * SECOND_MS)).toEqual([['cache_reads_total{layer="none"}', 1]]);
  expect(takeDeltas(env, now + 20 * SECOND_MS)).toBeUndefined();
});
