import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import { inbox, outbox } from "#kernel/outbox";
import type { CartDO } from "#objects/cart";
import type { Change, NewLine, Op } from "#services/transaction/cart/domain/cart";
import { harness } from "../support/harness.ts";

const START = Date.now();
const ids = createIds({ now: () => START });
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A cart of its own, and a clock that only the test moves. */
async function openCart() {
  const ownerId = ids.next("user");
  const cartId = `crt_${ownerId.slice(4)}` as Id<"cart">;
  const name = `id:cart:${cartId}`;
  const cart = env.CART.getByName(name);
  const setClock = (at: number) =>
    runInDurableObject(cart, (object: CartDO) => {
      object.clock = { now: () => at };
    });
  await setClock(START);
  const toChange = (op: Op, key: string = ids.next("request"), about: About = {}): Change => ({
    ...op,
    key,
    hash: "",
    ownerId,
    ...about,
  });
  const send = (...change: Parameters<typeof toChange>) => cart.change(toChange(...change));
  const add = (offerId: Id<"offer">, quantity = 1, key?: string, about?: About) =>
    send({ op: "add", lines: [newLine(offerId, quantity)] }, key, about);
  const rows = (query: string) =>
    runInDurableObject(cart, (_, { storage }) => storage.sql.exec(query).toArray());
  const count = async (table: string) => Number((await rows(`SELECT count(*) AS n FROM ${table}`))[0]?.n);
  return { cart, cartId, name, ownerId, setClock, toChange, send, add, count };
}
const newLine = (offerId: Id<"offer">, quantity = 1): NewLine => ({
  lineId: ids.next("line"),
  offerId,
  quantity,
  note: null,
  terms: null,
});
type About = Partial<Pick<Change, "hash" | "ifMatch">>;
const codeOf = (outcome: { ok: true } | { ok: false; code: string }) => (outcome.ok ? "ok" : outcome.code);

test("a retry has the first answer; the same key for another change is refused", async () => {
  const { cart, add } = await openCart();
  const offerId = ids.next("offer");
  const [first, twin] = await Promise.all([
    add(offerId, 2, "k", { hash: "h" }),
    add(offerId, 2, "k", { hash: "h" }),
  ]);
  expect(codeOf(first)).toBe("ok");
  expect(twin).toEqual(first);
  expect(await add(offerId, 2, "k", { hash: "h" })).toEqual(first);
  expect(codeOf(await add(offerId, 3, "k", { hash: "other" }))).toBe("cart.key_reused");
  expect((await cart.read()).lines.map((line) => line.quantity)).toEqual([2]);
});

test("calls of one turn share a transaction, and each has its own answer", async () => {
  const { cart, add, count } = await openCart();
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => add(ids.next("offer"))));
  expect(outcomes.map(codeOf)).toEqual(Array(40).fill("ok"));
  const versions = outcomes.map((outcome) => (outcome.ok ? outcome.value.version : 0));
  expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect((await cart.read()).version).toBe(40);
  expect(await count("line")).toBe(40);
  expect(await count("change_log")).toBe(40);
});

test("a version that is no longer the cart's refuses, and only that call of a group", async () => {
  const { add } = await openCart();
  await add(ids.next("offer"));
  const outcomes = await Promise.all([
    add(ids.next("offer"), 1, undefined, { ifMatch: 1 }),
    add(ids.next("offer"), 1, undefined, { ifMatch: 1 }),
    add(ids.next("offer")),
  ]);
  expect(outcomes.map(codeOf)).toEqual(["ok", "cart.stale", "ok"]);
});

test("eviction keeps lines, their order, the version and the answers", async () => {
  const { cart, send, add } = await openCart();
  const offers = Array.from({ length: 5 }, () => ids.next("offer"));
  const first = await send({ op: "add", lines: offers.map((offerId) => newLine(offerId, 2)) }, "bulk");
  const [, second] = (await cart.read()).lines;
  if (!second) throw new Error("five lines were added");
  const aside = { lineId: second.lineId, isSaved: true, note: "later", terms: null };
  await send({ op: "change", change: aside });
  await send({
    op: "remove",
    lineIds: [first.ok ? (first.value.lines[0]?.lineId ?? second.lineId) : second.lineId],
  });
  await add(ids.next("offer"), 7);
  const before = await cart.read();
  await evictDurableObject(cart);
  expect(await cart.read()).toEqual(before);
  expect(await send({ op: "add", lines: offers.map((offerId) => newLine(offerId, 2)) }, "bulk")).toEqual(
    first,
  );
  expect(await cart.read()).toEqual(before);
  expect(codeOf(await add(ids.next("offer")))).toBe("ok");
  expect((await cart.read()).version).toBe(before.version + 1);
});

test("a group that fails leaves neither table nor memory behind", async () => {
  const { cart, toChange, add, count } = await openCart();
  await add(ids.next("offer"), 3);
  const before = await cart.read();
  await runInDurableObject(cart, (_, { storage }) => {
    storage.sql.exec(
      `CREATE TRIGGER full BEFORE INSERT ON change_log BEGIN SELECT raise(ABORT, 'disk full'); END`,
    );
  });
  const change = toChange({ op: "add", lines: [newLine(ids.next("offer"))] });
  await runInDurableObject(cart, async (object: CartDO) => {
    await expect(object.change(change)).rejects.toThrow("disk full");
  });
  expect(await cart.read()).toEqual(before);
  expect(await count("line")).toBe(1);
  await runInDurableObject(cart, (_, { storage }) => {
    storage.sql.exec("DROP TRIGGER full");
  });
  expect(codeOf(await add(ids.next("offer")))).toBe("ok");
});

test("answers kept for retries are bounded", async () => {
  const { send, add, count } = await openCart();
  await add(ids.next("offer"));
  for (let round = 0; round < 10; round += 1) {
    const flips = Array.from({ length: 40 }, (_, i) =>
      send({ op: "select", lineIds: null, isSelected: i % 2 === 0 }),
    );
    await Promise.all(flips);
  }
  expect(await count("change_log")).toBeLessThanOrEqual(256 + 40);
});

test("a cart of a thousand lines is added at once and read back whole", async () => {
  const ownerId = ids.next("guest");
  const cart = env.CART.getByName(`gb:cart:crt_${ownerId.slice(4)}`);
  const lines = Array.from({ length: 1_000 }, () => newLine(ids.next("offer"), 1));
  const outcome = await cart.change({ op: "add", lines, key: "k", hash: "", ownerId });
  expect(codeOf(outcome)).toBe("ok");
  const one = await cart.change({
    op: "add",
    lines: [newLine(ids.next("offer"))],
    key: "l",
    hash: "",
    ownerId,
  });
  expect(codeOf(one)).toBe("cart.too_many_lines");
  expect((await cart.read()).lines.map((line) => line.offerId)).toEqual(lines.map((line) => line.offerId));
});

test("a cart left alone tells so once, through its outbox, and again after it was used again", async () => {
  const { cart, cartId, name, ownerId, setClock, add, count } = await openCart();
  const { ctx } = harness({ at: START });
  const told = () =>
    ctx().db.read.select().from(outbox).where(eq(outbox.subject, cartId)).orderBy(outbox.seq);
  const offerId = ids.next("offer");
  await add(offerId, 2);
  await setClock(START + HOUR_MS / 2);
  expect(await runDurableObjectAlarm(cart)).toBe(true);
  expect(await told()).toEqual([]);
  await setClock(START + HOUR_MS);
  expect(await runDurableObjectAlarm(cart)).toBe(true);
  const about = { cartId, buyerId: ownerId, idleSince: START, lines: [{ offerId, quantity: 2 }] };
  expect((await told()).map((fact) => [fact.type, fact.seq, fact.payload])).toEqual([
    ["cart.abandoned", 1, about],
  ]);
  expect(await count("outbox")).toBe(0);
  const recorded = await ctx().db.read.select().from(inbox).where(eq(inbox.consumer, name));
  expect(recorded).toHaveLength(1);
  await evictDurableObject(cart);
  await setClock(START + 2 * HOUR_MS);
  await runDurableObjectAlarm(cart);
  expect(await told()).toHaveLength(1);
  await setClock(START + 2 * HOUR_MS);
  await add(offerId, 1);
  await setClock(START + 3 * HOUR_MS);
  await runDurableObjectAlarm(cart);
  expect((await told()).map((fact) => fact.seq)).toEqual([1, 2]);
});

test("a fact whose post was not answered is posted again and is there once", async () => {
  const { cart, cartId, setClock, add, count } = await openCart();
  const { ctx } = harness({ at: START });
  await add(ids.next("offer"));
  await setClock(START + HOUR_MS);
  // The row stays, as if the object had died between Postgres's answer and its own deletion.
  await runInDurableObject(cart, (_, { storage }) => {
    storage.sql.exec(`CREATE TRIGGER crash BEFORE DELETE ON outbox BEGIN SELECT raise(ABORT, 'killed'); END`);
  });
  await expect(runDurableObjectAlarm(cart)).rejects.toThrow("killed");
  expect(await count("outbox")).toBe(1);
  await runInDurableObject(cart, (_, { storage }) => {
    storage.sql.exec("DROP TRIGGER crash");
  });
  await evictDurableObject(cart);
  await runInDurableObject(cart, (object: CartDO) => object.alarm());
  expect(await count("outbox")).toBe(0);
  expect(await ctx().db.read.select().from(outbox).where(eq(outbox.subject, cartId))).toHaveLength(1);
});

test("an empty cart is not abandoned, and one that nobody touches forgets itself", async () => {
  const { cart, setClock, send, add, count } = await openCart();
  await add(ids.next("offer"));
  await send({ op: "remove", lineIds: null });
  await setClock(START + HOUR_MS);
  await runDurableObjectAlarm(cart);
  expect(await count("outbox")).toBe(0);
  await setClock(START + 90 * DAY_MS);
  expect(await runDurableObjectAlarm(cart)).toBe(true);
  expect(await cart.read()).toEqual({ version: 0, lines: [] });
  expect(await count("change_log")).toBe(0);
});
