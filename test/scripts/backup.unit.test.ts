import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseKey, seal, unseal } from "../../ops/backup/container.ts";
import { encode, type Part, type Read, readLines, type Summary, writeLines } from "../../ops/backup/lines.ts";
import { keptBackups, RETENTION } from "../../ops/backup/retention.ts";
import { parentsFirst, rowsSql } from "../../ops/backup/tables.ts";

const DAY_MS = 86_400_000;
const key = new Uint8Array(32).fill(7);

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

async function readAll(bytes: Uint8Array, by = key): Promise<readonly Read[]> {
  const read: Read[] = [];
  for await (const line of readLines(unseal(each([bytes]), by))) read.push(line);
  return read;
}

const wide = (n: number) =>
  JSON.stringify({ n, padding: crypto.getRandomValues(new Uint8Array(400)).toString() });
/** Two parts, of several chunks when sealed. */
const parts = (): readonly Part[] => [
  { name: "id/postgres/empty", about: { columns: [] }, rows: each<string>([]) },
  { name: "id/postgres/wide", about: {}, rows: each(Array.from({ length: 1_500 }, (_, n) => wide(n))) },
];
const written = (of = parts()) => collect(seal(encode(writeLines(each(of), "2026-11-23T00:00:00Z")), key));

describe("the file", () => {
  test("gives back what was put in, with each part's number and hash", async () => {
    const summaries: Summary[] = [];
    const lines = writeLines(each(parts()), "2026-11-23T00:00:00Z", (one) => summaries.push(one));
    const read = await readAll(await collect(seal(encode(lines), key)));
    expect(read.filter(({ kind }) => kind === "row")).toHaveLength(1_500);
    expect(read.at(-1)).toEqual({ kind: "manifest", parts: summaries });
    expect(summaries.map(({ rows }) => rows)).toEqual([0, 1_500]);
  });

  test("is another each time, and says nothing of what is in it", async () => {
    const rows = () => [
      { name: "id/postgres/secret", about: {}, rows: each(['{"email":"ayu@example.com"}']) },
    ];
    const [one, other] = [await written(rows()), await written(rows())];
    expect(one.equals(other)).toBe(false);
    expect(one.includes("ayu") || one.includes("secret")).toBe(false);
  });

  test("that was cut off anywhere is refused", async () => {
    const whole = await written();
    for (const length of [0, 5, 23, 24, 26, 28, 1_000, 262_000, 300_000, whole.length - 1]) {
      await expect(readAll(whole.subarray(0, length)), String(length)).rejects.toThrow(
        /cut off|no backup|list of parts is missing|changed/,
      );
    }
  });

  test("that was changed anywhere is refused", async () => {
    const whole = await written();
    const anywhere = fc.integer({ min: 0, max: whole.length - 1 });
    await fc.assert(
      fc.asyncProperty(anywhere, fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ by;
        await expect(readAll(changed)).rejects.toThrow(/changed|no backup|cut off|follows the end/);
      }),
      { numRuns: 20 },
    );
  });

  test("whose chunks were exchanged, or that goes on after its end, is refused", async () => {
    const whole = await written();
    const size = 4 + 256 * 1024 + 16;
    const [head, first, second, rest] = [
      whole.subarray(0, 24),
      whole.subarray(24, 24 + size),
      whole.subarray(24 + size, 24 + 2 * size),
      whole.subarray(24 + 2 * size),
    ];
    expect(second).toHaveLength(size);
    const swapped = Buffer.concat([head, second, first, rest]);
    await expect(readAll(swapped)).rejects.toThrow("changed");
    await expect(readAll(Buffer.concat([head, second, rest]))).rejects.toThrow("changed");
    await expect(readAll(Buffer.concat([whole, Buffer.from("x")]))).rejects.toThrow("follows the end");
  });

  test("opens with its key only", async () => {
    await expect(readAll(await written(), new Uint8Array(32).fill(8))).rejects.toThrow("the key is another");
    expect(() => parseKey("short")).toThrow("BACKUP_KEY");
    expect(() => parseKey(undefined)).toThrow("BACKUP_KEY");
    expect(parseKey(Buffer.from(key).toString("base64"))).toEqual(key);
  });

  test("that lies about its parts is refused, though it was sealed with the key", async () => {
    const lines = async (change: (text: string) => string) => {
      let text = "";
      const rows = each(['{"a":1}', '{"a":2}']);
      for await (const group of writeLines(each([{ name: "p", about: {}, rows }]), "now")) text += group;
      return collect(seal(encode(each([change(text)])), key));
    };
    await expect(readAll(await lines((text) => text))).resolves.toHaveLength(6);
    await expect(readAll(await lines((text) => text.replace('{"a":2}\n', "")))).rejects.toThrow(
      "p is not what",
    );
    await expect(readAll(await lines((text) => text.replace('{"a":2}', '{"a":3}')))).rejects.toThrow(
      "p is not",
    );
    const unlisted = (text: string) => text.replace(/"parts":\[.*\]/, '"parts":[]');
    await expect(readAll(await lines(unlisted))).rejects.toThrow("parts are missing");
    const unended = (text: string) => text.replace(/\{"\$":"manifest".*\n/, "");
    await expect(readAll(await lines(unended))).rejects.toThrow("list of parts is missing");
  });
});

describe("retention", () => {
  const anyTimes = fc.array(
    fc.integer({ min: 0, max: 3_000 }).map((day) => day * DAY_MS + 7_200_000),
    {
      minLength: 1,
      maxLength: 30,
    },
  );

  test("keeps the newest, no more than its numbers, and nothing that was not there", () => {
    fc.assert(
      fc.property(anyTimes, fc.nat({ max: 9 }), fc.nat({ max: 9 }), (times, daily, weekly) => {
        const kept = keptBackups(times, { daily, weekly, monthly: 3 });
        expect(kept.has(Math.max(...times))).toBe(true);
        expect(kept.size).toBeLessThanOrEqual(Math.max(1, daily + weekly + 3));
        for (const at of kept) expect(times).toContain(at);
      }),
      { numRuns: 10_000 },
    );
  });

  test("deleting every night is the same as deleting once", () => {
    fc.assert(
      fc.property(anyTimes, (times) => {
        const sorted = [...new Set(times)].sort((a, b) => a - b);
        let left: readonly number[] = [];
        for (const at of sorted) left = [...keptBackups([...left, at])];
        expect(new Set(left)).toEqual(keptBackups(sorted));
      }),
      { numRuns: 1_000 },
    );
  });

  test("of a year of nights keeps a week, five weeks and twelve months", () => {
    const nights = Array.from({ length: 400 }, (_, day) => Date.UTC(2026, 0, 1, 2) + day * DAY_MS);
    const kept = [...keptBackups(nights, RETENTION)].sort((a, b) => b - a);
    const newest = nights.at(-1) ?? 0;
    expect(kept.slice(0, 7)).toEqual(Array.from({ length: 7 }, (_, day) => newest - day * DAY_MS));
    expect(new Set(kept.map((at) => new Date(at).toISOString().slice(0, 7))).size).toBe(12);
    expect(kept.length).toBeGreaterThanOrEqual(7 + 4 + 9);
    expect(kept.length).toBeLessThanOrEqual(7 + 5 + 12);
  });
});

test("parents come before their children, whatever the order of names", () => {
  const names = ["a_child", "b_parent", "c_grandparent", "self"];
  const references = [
    { child: "a_child", parent: "b_parent" },
    { child: "b_parent", parent: "c_grandparent" },
    { child: "self", parent: "self" },
    { child: "a_child", parent: "elsewhere" },
  ];
  expect(parentsFirst(names, references)).toEqual(["c_grandparent", "b_parent", "a_child", "self"]);
});

test("a table's rows are read by its key, and without one by themselves", () => {
  const columns = ["id", 'odd"name'];
  expect(rowsSql({ name: "t", columns, key: ["id"] })).toContain(
    'SELECT "id", "odd""name" FROM public."t" s',
  );
  expect(rowsSql({ name: "t", columns, key: ["id"] })).toContain('ORDER BY s."id"');
  expect(rowsSql({ name: "t", columns, key: [] })).toContain('ORDER BY s::text COLLATE "C"');
});
