import { env, runInDurableObject } from "cloudflare:test";
import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import type { CartDO } from "#objects/cart";
import { nightly } from "#platform/backup/commands";
import { createProfile } from "#services/social/user/index";
import { parseKey, unseal } from "../../ops/backup/container.ts";
import { type Read, readLines } from "../../ops/backup/lines.ts";
import { TABLES_SQL } from "../../ops/backup/tables.ts";
import { harness } from "../support/harness.ts";

const PATH = "/v1/backups";

test("an object's tables are read page by page, as they were written", async () => {
  const h = harness();
  const userId = h.ids.next("user");
  const email = `${userId}@example.com`;
  await h.ctx().db.commit([createProfile({ userId, name: "Siti", email, locale: "id", now: h.clock.now() })]);
  const buyer = await h.buyer(userId);
  const { body: opened } = await buyer.post("/v1/carts");
  const cartId: string = opened.cart.id;
  const offers = Array.from({ length: 600 }, () => h.ids.next("offer"));
  await runInDurableObject(env.CART.getByName(`id:cart:${cartId}`), (_: CartDO, { storage }) => {
    const row = "INSERT INTO line VALUES (?, 'lin', ?, 1, 1, 0, NULL, NULL, 0)";
    for (const [i, offerId] of offers.entries()) storage.sql.exec(row, i + 1, offerId);
    storage.sql.exec("CREATE TABLE papers (name TEXT PRIMARY KEY, bytes BLOB) STRICT, WITHOUT ROWID");
    const paper = "INSERT INTO papers VALUES (?, ?)";
    for (let i = 0; i < 300; i += 1) storage.sql.exec(paper, `paper ${i}`, new Uint8Array([i % 256, 255]));
  });
  const operator = await h.operator();
  const rows: { table: string; row: Record<string, unknown> }[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const query = new URLSearchParams({ after });
    const { status, body } = await operator.get(`${PATH}/objects/cart/${cartId}?${query}`);
    expect(status).toBe(200);
    rows.push(...body.rows.map((text: string) => JSON.parse(text)));
    after = body.next;
  }
  const of = (table: string) => rows.filter((one) => one.table === table).map(({ row }) => row);
  expect(of("line").map(({ offer_id }) => offer_id)).toEqual(offers);
  expect(of("papers")).toHaveLength(300);
  expect(of("papers").find(({ name }) => name === "paper 7")?.bytes).toEqual({ $bytes: "B/8=" });
  expect(of("schema_version").length).toBeGreaterThan(0);
  expect(new Set(rows.map((one) => JSON.stringify(one))).size).toBe(rows.length);
  const walk: string[] = [];
  for (let cursor = ""; ; ) {
    const { body } = await operator.get(`${PATH}/objects?carts=yes&cursor=${encodeURIComponent(cursor)}`);
    walk.push(...body.items.map((one: { noun: string; id: string }) => `${one.noun} ${one.id}`));
    if (body.nextCursor === null) break;
    cursor = body.nextCursor;
  }
  expect(walk).toContain(`cart ${cartId}`);
  expect(walk).toEqual([...new Set(walk)].sort());
});

test("files are listed with size and hash, and read", async () => {
  const h = harness();
  const key = `id/backup-test/${h.ids.next("media")}.txt`;
  await env.MEDIA.put(key, "a picture");
  const operator = await h.operator();
  const items: { key: string; size: number; md5: string }[] = [];
  for (let cursor = ""; ; ) {
    const query = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await operator.get(`${PATH}/files?bucket=media${query}`);
    items.push(...body.items);
    if (body.nextCursor === null) break;
    cursor = body.nextCursor;
  }
  const file = items.find((one) => one.key === key);
  expect(file).toMatchObject({ size: 9, md5: createHash("md5").update("a picture").digest("hex") });
  const read = await operator.get(`${PATH}/files/media/${encodeURIComponent(key)}`);
  expect(new TextDecoder().decode(read.bytes)).toBe("a picture");
  expect((await operator.get(`${PATH}/files/media/none`)).body.code).toBe("backup.file_not_found");
});

async function readSlice(key: string): Promise<readonly Read[]> {
  const object = await env.BACKUPS.get(key);
  const lines: Read[] = [];
  const bytes = (object?.body ?? []) as AsyncIterable<Uint8Array>;
  for await (const line of readLines(unseal(bytes, parseKey(env.BACKUP_KEY)))) lines.push(line);
  return lines;
}

test("the nightly backup holds every table of its cell, sealed, and old ones go", async () => {
  const h = harness({ market: "gb", at: Date.UTC(2027, 5, 1, 19, 0, 7) });
  expect(nightly(h.ctx())).toHaveLength(1);
  const stamps = [-40.5, -40, -3, -2, -1].map((days) =>
    new Date(h.clock.now() + days * DAY_MS).toISOString(),
  );
  const names = stamps.map((one) => `gb/${one.replace(/[-:]|\.\d+/g, "")}/inbox.00000.backup`);
  for (const name of names) await env.BACKUPS.put(name, "old");
  // More than one page of one table.
  const ctx = h.ctx();
  await ctx.db.commit([
    {
      sql: sql`INSERT INTO inbox SELECT 'backup.test', 'evt_' || n, '2027-06-01'
        FROM generate_series(1, 1203) n`,
    },
  ]);
  const { body } = await (await h.operator()).post(PATH);
  let steps = 0;
  while ((await h.runDue("gb")) > 0) steps += 1;
  const { objects } = await env.BACKUPS.list({ prefix: `gb/${body.stamp}/` });
  expect(steps).toBeGreaterThanOrEqual(objects.length);
  const slices = await Promise.all(objects.map(({ key }) => readSlice(key)));
  const parts = slices.flat().filter((line) => line.kind === "end");
  const { rows: tables } = await ctx.db.read.execute<{ name: string }>(sql.raw(TABLES_SQL));
  const expected = [...tables.map(({ name }) => `gb/postgres/${name}`), "gb/sequences"];
  expect([...new Set(parts.map(({ summary }) => summary.name))].sort()).toEqual(expected.sort());
  const inbox = slices.flat().filter((line) => line.kind === "row" && line.text.includes('"backup.test"'));
  expect(inbox).toHaveLength(1_203);
  const raw = new Uint8Array((await (await env.BACKUPS.get(objects[0]?.key ?? ""))?.arrayBuffer()) ?? []);
  expect(new TextDecoder("latin1").decode(raw.slice(0, 8))).toBe("TITANBK1");
  const left = await Promise.all(names.map(async (name) => (await env.BACKUPS.head(name)) !== null));
  // Of a day long past the newest stays, as that of its month.
  expect(left).toEqual([false, true, true, true, true]);
  await ctx.db.commit([{ sql: sql`DELETE FROM inbox WHERE consumer = 'backup.test'` }]);
});

test("another minute is not that of the night", () => {
  const at = (hour: number, minute: number) =>
    nightly(harness({ at: Date.UTC(2027, 5, 1, hour, minute) }).ctx());
  expect([at(19, 1), at(18, 59), at(7, 0)]).toEqual([[], [], []]);
});
