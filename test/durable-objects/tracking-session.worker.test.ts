import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { outbox } from "#kernel/outbox";
import type { TrackingSessionDO } from "#objects/tracking-session";
import type { Scan, Status } from "#services/logistics/tracking/domain/journey";
import type { Ping } from "#services/logistics/tracking/domain/ping";
import type { Session } from "#services/logistics/tracking/domain/session";
import { harness } from "../support/harness.ts";
import { enter } from "../support/room.ts";

const DOOR = { latitude: -6.175_392, longitude: 106.827_153 };
const HOUR_MS = 3_600_000;
const METER = 1 / 111_195;
/** Called and not waited for: the alarm's own time may have come already, and its work not be done. */
const ring = (object: DurableObjectStub<TrackingSessionDO>) =>
  runInDurableObject(object, (session) => session.alarm());
const cid = (n: number) => `cid-${String(n).padStart(6, "0")}`;

/** A parcel of its own that is followed, on a clock that only the test moves. */
async function openParcel(about: Partial<Session> = {}) {
  const h = harness();
  const session: Session = {
    shipmentId: h.ids.next("shipment"),
    orderId: h.ids.next("order"),
    sellerId: h.ids.next("seller"),
    carrier: "JNE",
    courier: "jne",
    trackingNumber: "0123082100003094",
    destination: DOOR,
    shippedAt: h.clock.now(),
    ...about,
  };
  const id = session.shipmentId;
  const object = env.TRACKING_SESSION.getByName(`id:tracking-session:${id}`);
  const setClock = () =>
    runInDurableObject(object, (one: TrackingSessionDO) => {
      one.clock = h.clock;
    });
  await setClock();
  await object.open(session);
  const rows = (query: string) =>
    runInDurableObject(object, (_, { storage }) => storage.sql.exec(query).toArray());
  const evict = async () => {
    await evictDurableObject(object);
    await setClock();
  };
  const facts = async () => {
    await ring(object);
    const all = await h.ctx().db.read.select().from(outbox).where(eq(outbox.subject, id));
    return all.map(({ type }) => type);
  };
  const fix = (metersAway: number, at = h.clock.now()): Ping => ({
    latitude: DOOR.latitude + metersAway * METER,
    longitude: DOOR.longitude,
    at,
    accuracyMeters: 8,
    speedKmh: 25,
    headingDegrees: 180,
  });
  const scan = (status: Status, at = h.clock.now(), note = ""): Scan => ({
    status,
    at,
    note,
    source: "carrier",
  });
  const room = (role: string) => ({ noun: "tracking-session", id, personId: h.ids.next("guest"), role });
  return { h, id, session, object, rows, evict, facts, fix, scan, room };
}
type Parcel = Awaited<ReturnType<typeof openParcel>>;
const pingsOf = async ({ rows }: Parcel) => Number((await rows("SELECT count(*) AS n FROM ping"))[0]?.n);

test("scans in any order and told again are one journey, and each change is told once", async () => {
  const parcel = await openParcel();
  const { object, scan, h, facts } = parcel;
  const now = h.clock.now();
  const all = [
    scan("picked_up", now - 3_000),
    scan("in_transit", now - 2_000),
    scan("delivered", now - 1_000),
  ];
  await object.observe([all[2] as Scan]);
  await object.observe([all[0] as Scan, all[0] as Scan]);
  await object.observe(all);
  const again = await object.observe(all.toReversed());
  expect(again).toMatchObject({
    ok: true,
    value: { journey: { status: "delivered", scans: { length: 3 } } },
  });
  expect((await facts()).sort()).toEqual(["tracking.changed", "tracking.delivered"]);
  expect(await object.observe([scan("in_transit", now + 5_000)])).toMatchObject({
    value: { journey: { status: "delivered" } },
  });
  expect(await facts()).toHaveLength(2);
});

test("a batch of pings is kept once by its cid, over an eviction too", async () => {
  const parcel = await openParcel();
  const { object, fix, evict } = parcel;
  const batch = { cid: cid(1), fixes: [fix(900), fix(800), fix(700)] };
  const [first, twin] = await Promise.all([object.ping(batch), object.ping(batch)]);
  expect(first).toEqual({ ok: true, value: { seq: 3, taken: 3 } });
  expect(twin).toEqual(first);
  await evict();
  expect(await object.ping(batch)).toEqual(first);
  expect(await object.ping({ ...batch, cid: cid(2) })).toEqual({ ok: true, value: { seq: 6, taken: 3 } });
  expect(await pingsOf(parcel)).toBe(6);
  expect((await object.read())?.position).toMatchObject({ seq: 6 });
});

test("many batches at once share a transaction and have numbers of their own", async () => {
  const parcel = await openParcel();
  const { object, fix } = parcel;
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, i) => object.ping({ cid: cid(i), fixes: [fix(1_000 + i)] })),
  );
  const seqs = outcomes.map((outcome) => (outcome.ok ? outcome.value.seq : 0));
  expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  expect(await pingsOf(parcel)).toBe(200);
});

test("the door is reached once, and whoever watches hears of it", async () => {
  const parcel = await openParcel();
  const { h, object, fix, facts, room } = parcel;
  const buyer = await enter(h, room("buyer"));
  buyer.send({ t: "hello", since: 0 });
  expect(await buyer.next("welcome")).toMatchObject({
    seq: 0,
    status: "pending",
    arrivedAt: null,
    trail: [],
  });
  await object.ping({ cid: cid(1), fixes: [fix(2_000)] });
  const seen = await buyer.next("position");
  expect(seen).toMatchObject({ seq: 1 });
  expect(seen.eta.until).toBeGreaterThan(seen.eta.from);
  expect(await facts()).toEqual([]);
  await object.ping({ cid: cid(2), fixes: [fix(40), fix(10)] });
  await object.ping({ cid: cid(3), fixes: [fix(500), fix(10)] });
  expect(await buyer.next("arrived")).toMatchObject({ at: h.clock.now() });
  expect(await facts()).toEqual(["tracking.arrived"]);
  expect(buyer.frames.filter(({ t }) => t === "arrived")).toHaveLength(1);
});

test("the driver's socket is answered when the ping is on disk; nobody else may ping", async () => {
  const parcel = await openParcel();
  const { h, evict, fix, room } = parcel;
  const driver = await enter(h, room("driver"));
  const frame = { t: "pings", cid: cid(1), fixes: [fix(900)] };
  expect(await driver.ask(frame)).toEqual({ t: "ack", cid: cid(1), seq: 1, taken: 1 });
  await evict();
  expect(await driver.ask(frame)).toEqual({ t: "ack", cid: cid(1), seq: 1, taken: 1 });
  expect(await pingsOf(parcel)).toBe(1);
  const late = { t: "pings", cid: cid(2), fixes: [fix(900, h.clock.now() - 7 * HOUR_MS)] };
  expect(await driver.ask(late)).toMatchObject({ t: "error", code: "tracking.ping_late" });
  const buyer = await enter(h, room("buyer"));
  expect(await buyer.ask({ ...frame, cid: cid(3) })).toMatchObject({ code: "tracking.not_driver" });
  expect(await buyer.ask({ ...frame, cid: cid(4), fixes: [] })).toMatchObject({ code: "room.bad_message" });
});

test("who comes back is given the way since what was seen, after an eviction too", async () => {
  const { h, object, fix, evict, room } = await openParcel();
  await object.ping({ cid: cid(1), fixes: [fix(900), fix(800)] });
  await object.ping({ cid: cid(2), fixes: [fix(700)] });
  await evict();
  const buyer = await enter(h, room("buyer"));
  buyer.send({ t: "hello", since: 1 });
  const { trail, seq } = await buyer.next("welcome");
  expect([seq, trail.map((one: { seq: number }) => one.seq)]).toEqual([3, [2, 3]]);
});

test("a parcel that nobody opened lets nobody in", async () => {
  const { h, room } = await openParcel();
  const stranger = await enter(h, { ...room("buyer"), id: h.ids.next("shipment") });
  expect(await stranger.next("error")).toMatchObject({ code: "tracking.not_found" });
  expect((await stranger.closed).code).toBe(4403);
});

test("pings and scans lie in the archive once, though sent twice, and old pings are forgotten", async () => {
  const parcel = await openParcel();
  const { h, id, object, fix, scan, rows } = parcel;
  await object.observe([scan("picked_up")]);
  await object.ping({ cid: cid(1), fixes: [fix(900), fix(800), fix(700)] });
  await ring(object);
  // As if the answer of the first insert had been lost.
  await runInDurableObject(object, (_, { storage }) => {
    storage.sql.exec("DELETE FROM archived");
    return storage.setAlarm(Date.now() + HOUR_MS);
  });
  await ring(object);
  const count = async (table: string) => {
    const query = `SELECT count() AS n FROM ${table} FINAL WHERE shipment_id = {id:String}`;
    const answer = await h.ctx().clickhouse.query({ query, query_params: { id }, format: "JSONEachRow" });
    return Number((await answer.json<{ n: string }>())[0]?.n);
  };
  expect([await count("tracking_ping"), await count("tracking_scan")]).toEqual([3, 1]);
  h.clock.advance(7 * HOUR_MS);
  await runInDurableObject(object, (_, { storage }) => storage.setAlarm(Date.now() + HOUR_MS));
  await ring(object);
  expect(await pingsOf(parcel)).toBe(1);
  expect(await object.ping({ cid: cid(2), fixes: [fix(600)] })).toMatchObject({ value: { seq: 4 } });
  expect(await rows("SELECT upto FROM archived WHERE source = 'ping'")).toEqual([{ upto: 3 }]);
});

test("a proof delivers, once; a wrong code is counted over an eviction until it locks", async () => {
  const { h, object, evict, facts } = await openParcel();
  const offered = {
    ...DOOR,
    cid: cid(1),
    at: h.clock.now(),
    recipient: "Ani",
    photoKey: null,
    signatureKey: null,
  };
  for (let tries = 0; tries < 5; tries += 1) {
    const wrong = await object.prove({ ...offered, code: "000000" }, "123456");
    expect(wrong).toEqual({ ok: false, code: "tracking.code_wrong" });
    await evict();
  }
  expect(await object.prove({ ...offered, code: "123456" }, "123456")).toMatchObject({
    code: "tracking.code_locked",
  });
  const photo = { ...offered, photoKey: "id/proofs/x/photo", code: null };
  const given = await object.prove(photo, "123456");
  expect(given).toMatchObject({ ok: true, value: { recipient: "Ani", metersAway: 0, hasCode: false } });
  await evict();
  expect(await object.prove(photo, "123456")).toEqual(given);
  expect((await object.read())?.journey.status).toBe("delivered");
  expect((await facts()).sort()).toEqual(["tracking.changed", "tracking.delivered"]);
  const after = await object.ping({
    cid: cid(9),
    fixes: [{ ...DOOR, at: h.clock.now(), accuracyMeters: 5, speedKmh: null, headingDegrees: null }],
  });
  expect(after).toEqual({ ok: false, code: "tracking.over" });
});
