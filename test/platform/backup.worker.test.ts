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

type Keeper = Awaited<ReturnType<ReturnType<typeof harness>["operator"]>>;

async function rowsOf(operator: Keeper, object: string): Promise<readonly string[]> {
  const rows: string[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const { body } = await operator.get(`${PATH}/objects/${object}?${new URLSearchParams({ after })}`);
    rows.push(...body.rows);
    after = body.next;
  }
  return rows;
}

/** Somebody's cart with lines, told to Postgres so often that its outbox has given numbers away. */
async function filledCart(h: ReturnType<typeof harness>): Promise<string> {
  const { body } = await (await h.buyer()).post("/v1/carts");
  const cartId: string = body.cart.id;
  await runInDurableObject(env.CART.getByName(`id:cart:${cartId}`), (_: CartDO, { storage }) => {
    const row = "INSERT INTO line VALUES (?, 'lin', ?, 1, 1, 0, NULL, NULL, 0)";
    for (let i = 1; i <= 300; i += 1) storage.sql.exec(row, i, h.ids.next("offer"));
    storage.sql.exec("INSERT INTO outbox (seq, fact, at) VALUES (41, '{}', 0)");
    storage.sql.exec("DELETE FROM outbox");
  });
  return cartId;
}

test("an object's rows come back exactly, in pages, and only into an object that has none", async () => {
  const h = harness();
  const operator = await h.operator();
  const from = await filledCart(h);
  const rows = await rowsOf(operator, `cart/${from}`);
  expect(rows).toContain('{"table":"sqlite_sequence","row":{"name":"outbox","seq":41}}');
  const into = `cart/crt_${h.ids.next("user").slice(4)}`;
  const pages = [rows.slice(0, 120), rows.slice(120, 240), rows.slice(240)];
  const exportId = createHash("sha256").update(rows.join()).digest("hex");
  const send = async (page: number, about: object = {}) => {
    const sent = { exportId, page, isLast: page === 2, rows: pages[page], ...about };
    const { status, body } = await operator.put(`${PATH}/objects/${into}`, sent);
    return status === 200 ? "taken" : body.code;
  };
  expect(await send(1)).toBe("backup.object_out_of_order");
  expect(await send(0, { rows: ['{"table":"nowhere","row":{"a":1}}'] })).toBe("backup.object_other_steps");
  expect([await send(0), await send(0), await send(1)]).toEqual(["taken", "taken", "taken"]);
  expect(await send(2, { exportId: "0".repeat(64) })).toBe("backup.object_not_empty");
  expect(await send(2)).toBe("taken");
  expect(await rowsOf(operator, into)).toEqual(rows);
  expect(await send(0)).toBe("backup.object_not_empty");
  expect(await send(0, { exportId: "1".repeat(64) })).toBe("backup.object_not_empty");
  expect(await rowsOf(operator, into)).toEqual(rows);
  await runInDurableObject(env.CART.getByName(`id:${into.replace("/", ":")}`), (_: CartDO, { storage }) => {
    storage.sql.exec("INSERT INTO outbox (fact, at) VALUES ('{}', 0)");
    expect(storage.sql.exec("SELECT seq FROM outbox").one().seq).toBe(42);
    storage.sql.exec("DELETE FROM outbox");
  });
  expect((await (await h.buyer()).put(`${PATH}/objects/${into}`, { exportId })).status).toBe(403);
});

test("a file comes back with its type and what is said of it, and never over another", async () => {
  const h = harness();
  const operator = await h.operator();
  const key = `id/backup-test/${h.ids.next("media")}.txt`;
  const about = new URLSearchParams({ contentType: "text/plain", metadata: '{"by":"somebody"}' });
  const put = async (text: string) => {
    const headers = { "content-type": "application/octet-stream" };
    const path = `${PATH}/files/media/${encodeURIComponent(key)}?${about}`;
    return operator.put(path, new TextEncoder().encode(text), { headers });
  };
  expect((await put("a picture")).body).toEqual({ state: "taken" });
  expect((await put("a picture")).body).toEqual({ state: "there" });
  expect((await put("another")).body.code).toBe("backup.file_differs");
  const file = await env.MEDIA.get(key);
  expect([await file?.text(), file?.httpMetadata?.contentType, file?.customMetadata]).toEqual([
    "a picture",
    "text/plain",
    { by: "somebody" },
  ]);
});

test("a file of another market is not there", async () => {
  const h = harness();
  const operator = await h.operator();
  const key = `sg/backup-test/${h.ids.next("media")}.txt`;
  await env.DOCUMENTS.put(key, "theirs");
  const at = (name: string) => `${PATH}/files/documents/${encodeURIComponent(name)}`;
  expect((await operator.get(at(key))).body.code).toBe("backup.file_not_found");
  const headers = { "content-type": "application/octet-stream" };
  const put = await operator.put(at(`${key}.new`), new Uint8Array([1]), { headers });
  expect(put.body.code).toBe("backup.file_not_found");
  expect(await env.DOCUMENTS.head(`${key}.new`)).toBeNull();
  const theirs = harness({ market: "sg" });
  const keys = async (keeper: Keeper) => {
    const found: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await keeper.get(`${PATH}/files?bucket=documents${query}`);
      found.push(...body.items.map((item: { readonly key: string }) => item.key));
      cursor = body.nextCursor;
    }
    return found;
  };
  expect((await keys(operator)).filter((one) => one.startsWith("sg/"))).toEqual([]);
  expect(await keys(await theirs.operator())).toContain(key);
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
