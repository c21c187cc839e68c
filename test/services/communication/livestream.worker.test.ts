import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { createHmac } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { due } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { outbox } from "#kernel/outbox";
import { availabilityQuery } from "#services/logistics/inventory/index";
import { type Client, harness } from "../../support/harness.ts";
import { enter } from "../../support/room.ts";
import { ADDRESS, openShop } from "../../support/shop.ts";

const PRICE = 8_000_000n;
const idr = (minor: number | bigint) => ({ minor: minor.toString(), currency: "IDR" });

/** A shop with a show of its own. The objects go by the real time, and so does this test. */
async function openShow(stock = 10) {
  const h = harness();
  const { sellerId, offers } = await openShop(h, [{ title: "Kopi Toraja", priceMinor: PRICE, stock }]);
  const offerId = offers[0]?.offerId as Id<"offer">;
  const host = await h.member(sellerId);
  const startsAt = new Date(h.clock.now() + 3_600_000).toISOString();
  const made = await host.post(
    "/v1/livestreams",
    { title: "Malam kopi", startsAt },
    { key: crypto.randomUUID() },
  );
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const id = made.body.id as Id<"livestream">;
  const path = `/v1/livestreams/${id}`;
  const stage = (client: Client, body: object, key: string = crypto.randomUUID()) =>
    client.post(`${path}/stage`, body, { headers: { "idempotency-key": key } });
  const watch = async (client: Client, name = "Ani") => {
    const ticket = await client.post(`${path}/tickets`, { name });
    expect(ticket.status, JSON.stringify(ticket.body)).toBe(200);
    const socket = await enter(h, ticket.body);
    socket.send({ t: "hello", since: 0 });
    await socket.next("snapshot");
    return socket;
  };
  const room = env.LIVESTREAM_ROOM.getByName(`id:livestream-room:${id}`);
  const onShelf = async (): Promise<number> => {
    const ctx = h.ctx();
    const [levels] = await ctx.db.load(availabilityQuery(ctx, [offerId]));
    return levels.get(offerId) ?? 0;
  };
  return { h, id, path, host, sellerId, offerId, stage, watch, room, onShelf };
}

test("a show is scheduled, announced to who asks, and run by its shop and whom the shop names", async () => {
  const { h, path, host, id, stage } = await openShow();
  const [buyer, friend, stranger] = await Promise.all([h.buyer(), h.buyer(), h.member(h.ids.next("seller"))]);
  await buyer.post(`${path}/rsvp`);
  await buyer.post(`${path}/rsvp`);
  expect((await h.anonymous.get(path)).body).toMatchObject({ state: "scheduled", rsvps: 1 });
  const listed = await h.anonymous.get("/v1/livestreams?state=scheduled&limit=100");
  expect(listed.body.items.map((one: { id: string }) => one.id)).toContain(id);
  // Another shop's show is none, and a viewer runs nothing.
  expect((await stranger.post(`${path}/end`)).status).toBe(404);
  expect((await stranger.post(`${path}/input`)).status).toBe(404);
  expect((await stage(buyer, { t: "slow", seconds: 5 })).body.code).toBe("livestream.not_crew");
  const { actor } = friend;
  if (actor.kind !== "user") throw new Error("a friend is a person");
  await host.put(`${path}/crew/${actor.userId}`, { role: "moderator" });
  expect((await stage(friend, { t: "slow", seconds: 5 })).status).toBe(200);
  expect((await stage(friend, { t: "pin", offerId: null })).body.code).toBe("livestream.not_crew");
  await host.delete(`${path}/crew/${actor.userId}`);
  expect((await stage(friend, { t: "slow", seconds: 0 })).body.code).toBe("livestream.not_crew");
  expect((await h.anonymous.post(`${path}/tickets`, {})).status).toBe(401);
  expect((await host.post(`${path}/cancel`)).body.state).toBe("cancelled");
  expect((await buyer.post(`${path}/tickets`, {})).body.code).toBe("livestream.not_open");
});

test("a show that is called off is over for whoever waits in it, and sells nothing", async () => {
  const { host, path, stage, watch, h, offerId } = await openShow();
  const waiting = await watch(await h.buyer());
  expect((await host.post(`${path}/cancel`)).body.state).toBe("cancelled");
  const isOver = ({ t, events }: { t: string; events: { t: string; phase?: string }[] }) =>
    t === "batch" && events.some((one) => one.t === "phase" && one.phase === "ended");
  await waiting.next(isOver as never);
  const deal = { t: "open_deal", offerId, price: idr(5_000_000), units: 5, perBuyer: 1, seconds: 600 };
  expect((await stage(host, deal)).body.code).toBe("livestream.over");
});

test("the camera's key is the shop's alone, and a new one makes the old one worthless", async () => {
  const { path, host, h } = await openShow();
  const first = await host.post(`${path}/input`);
  const spoken = { rtmpUrl: expect.stringMatching(/^rtmp/), streamKey: expect.any(String) };
  expect(first.body).toEqual({ ...spoken, srtUrl: null, whipUrl: null });
  expect((await host.post(`${path}/input`)).body).toEqual(first.body);
  const second = await host.post(`${path}/input/rotate`);
  expect(second.body.streamKey).not.toBe(first.body.streamKey);
  expect((await host.post(`${path}/input`)).body).toEqual(second.body);
  const { stream } = h.config;
  const uid = first.body.streamKey.split("k").at(-1);
  const gone = await fetch(`${stream?.apiUrl}/accounts/${stream?.accountId}/stream/live_inputs/${uid}`, {
    headers: { authorization: `Bearer ${stream?.apiToken}` },
  });
  expect(gone.status).toBe(404);
  expect((await host.get(`${path}/playback`)).body.code).toBe("livestream.no_video");
});

test("a notice is taken with a good proof only, and believed no further than to ask", async () => {
  const { path, host, h } = await openShow();
  const { streamKey } = (await host.post(`${path}/input`)).body;
  const inputUid = streamKey.split("k").at(-1);
  const { stream } = h.config;
  const alert = JSON.stringify({
    data: { input_id: inputUid, event_type: "live_input.connected", updated_at: "now" },
  });
  const post = (body: string, headers: Record<string, string>) =>
    h.anonymous.post("/v1/webhooks/stream", body, {
      headers: { "content-type": "application/json", ...headers },
    });
  const sign = (body: string, seconds: number) => {
    const sig1 = createHmac("sha256", stream?.webhookSecret ?? "")
      .update(`${seconds}.${body}`)
      .digest("hex");
    return { "webhook-signature": `time=${seconds},sig1=${sig1}` };
  };
  const now = Math.floor(h.clock.now() / 1_000);
  expect((await post(alert, {})).status).toBe(403);
  expect((await post(alert, { "cf-webhook-auth": "guess" })).status).toBe(403);
  expect((await post(alert, sign(alert, now - 600))).status).toBe(403);
  expect((await post(`${alert} `, sign(alert, now))).status).toBe(403);
  expect((await post(alert, { "cf-webhook-auth": stream?.alertSecret ?? "" })).body).toEqual({ taken: true });
  expect((await post(alert, sign(alert, now))).body).toEqual({ taken: true });
  const unknown = JSON.stringify({ uid: "v", liveInput: "of-nobody" });
  expect((await post(unknown, sign(unknown, now))).body).toEqual({ taken: false });
  // Nobody publishes, whatever the notice says.
  expect((await h.anonymous.get(path)).body.state).toBe("scheduled");
});

test("a deal sells out exactly, and the room says what is left", async () => {
  const show = await openShow(50);
  const { h, host, offerId, stage, watch } = show;
  const witness = await watch(await h.buyer());
  const deal = { t: "open_deal", offerId, price: idr(5_000_000), units: 5, perBuyer: 1, seconds: 600 };
  expect((await stage(host, { ...deal, price: idr(PRICE) })).body.code).toBe("livestream.price_refused");
  expect((await stage(host, { ...deal, units: 51 })).body.code).toBe("livestream.out_of_stock");
  const opened = await stage(host, deal);
  expect(opened.status, JSON.stringify(opened.body)).toBe(200);
  const { events } = await witness.next(({ t, events }) => t === "batch" && events[0]?.t === "deal_opened");
  const { saleId } = events[0];
  expect(events[0].priorMinor).toBe(PRICE.toString());
  const buyers = await Promise.all(Array.from({ length: 12 }, () => h.buyer()));
  const claims = await Promise.all(
    buyers.map((buyer) =>
      buyer.post(`/v1/flash-sales/${saleId}/claims`, { quantity: 1 }, { key: crypto.randomUUID() }),
    ),
  );
  expect(claims.map(({ status }) => status).filter((status) => status < 300)).toHaveLength(5);
  await witness.next(
    ({ t, events }) =>
      t === "batch" &&
      events.some((one: { t: string; left?: number }) => one.t === "deal_stock" && one.left === 0),
  );
  expect((await stage(host, deal)).body.code).toBe("livestream.deal_running");
  // Everybody could buy at the deal's price, so a later reduction is not told beside a dearer one.
  h.clock.advance(1_000);
  const reduced = { price: idr(6_000_000) };
  const after = await host.patch(`/v1/offers/${offerId}`, reduced, { headers: { "if-match": '"1"' } });
  expect([after.status, after.body.priorPrice]).toEqual([200, null]);
});

test("the same deal asked for twice is one sale, and one that is closed sells nothing more", async () => {
  const { h, host, offerId, stage, watch, onShelf } = await openShow(10);
  const witness = await watch(await h.buyer());
  const deal = { t: "open_deal", offerId, price: idr(5_000_000), units: 4, perBuyer: 1, seconds: 600 };
  const key = crypto.randomUUID();
  const [first, twin] = await Promise.all([stage(host, deal, key), stage(host, deal, key)]);
  const again = await stage(host, deal, key);
  expect([first.body.seq, twin.body.seq, again.body.seq]).toEqual(Array(3).fill(first.body.seq));
  const { events } = await witness.next(({ t, events }) => t === "batch" && events[0]?.t === "deal_opened");
  const sales = (await h.anonymous.get("/v1/flash-sales?limit=100")).body.items;
  const mine = sales.filter((one: { offerId: string }) => one.offerId === offerId);
  for (const { id } of mine) if (id !== events[0].saleId) await h.runDue(id);
  expect(await onShelf()).toBe(6);
  const { saleId } = events[0];
  expect((await stage(host, { t: "close_deal", dealId: first.body.seq })).status).toBe(200);
  await h.runDue(saleId);
  expect(await onShelf()).toBe(10);
  const buyer = await h.buyer();
  const claim = await buyer.post(`/v1/flash-sales/${saleId}/claims`, { quantity: 1 }, { key });
  expect(claim.body.code).toBe("flash_sale.ended");
});

test("who wins an auction buys at its price; who does not pay in time is passed over", async () => {
  const show = await openShow(1);
  const { h, host, offerId, stage, watch, room, path } = show;
  const terms = {
    t: "open_auction",
    offerId,
    start: idr(1_000_000),
    step: idr(100_000),
    mode: "sudden_death",
  };
  const opened = await stage(host, { ...terms, seconds: 2, paySeconds: 7 });
  expect(opened.status, JSON.stringify(opened.body)).toBe(200);
  const auctionId = opened.body.seq;
  // From the first moment to the last the unit is the auction's: no other way leads to it.
  const deal = { t: "open_deal", offerId, price: idr(5_000_000), units: 1, perBuyer: 1, seconds: 600 };
  const isKept = async () => expect((await stage(host, deal)).body.code).toBe("livestream.out_of_stock");
  await isKept();
  const [ani, budi] = await Promise.all([h.buyer(), h.buyer()]);
  const [first, second] = await Promise.all([watch(ani, "Ani"), watch(budi, "Budi")]);
  expect(await second.ask({ t: "bid", cid: "bid-of-budi", auctionId, maxMinor: "3000000" })).toMatchObject({
    t: "ack",
  });
  expect(await first.ask({ t: "bid", cid: "bid-of-ani-1", auctionId, maxMinor: "9900000" })).toMatchObject({
    t: "ack",
  });
  await expect.poll(async () => (await room.auction(auctionId))?.state, { timeout: 5_000 }).toBe("awarded");
  const awardOf = async (client: Client) => {
    if (client.actor.kind !== "user") throw new Error("a bidder is a person");
    h.clock.set(Date.now());
    // The room tells of its awards by its own outbox; the job holds the unit, and looks what became of it.
    await h.runDue(`${show.id} ${auctionId} ${client.actor.userId}`);
    return (await client.get("/v1/livestreams/awards")).body.items[0];
  };
  const patience = { timeout: 15_000, interval: 300 };
  await runDurableObjectAlarm(room);
  // His unit is held for him, at the price that the second limit made.
  await expect
    .poll(() => awardOf(ani), patience)
    .toMatchObject({ offerId, auctionId, price: idr(3_100_000) });
  expect((await budi.get("/v1/livestreams/awards")).body.items).toEqual([]);
  await isKept();
  await expect
    .poll(() => awardOf(ani).then(async () => (await room.auction(auctionId))?.passed.length), patience)
    .toBe(1);
  expect((await ani.get("/v1/livestreams/awards")).body.items).toEqual([]);
  // The unit that he did not buy is the auction's again, and the next one's.
  await isKept();
  await runDurableObjectAlarm(room);
  await expect.poll(() => awardOf(budi), patience).toMatchObject({ auctionId, price: idr(1_000_000) });
  const next = await awardOf(budi);
  const saleHold = { saleId: next.saleId, holdId: next.holdId };
  const order = { email: "budi@example.com", address: ADDRESS, paymentMethod: "cod", saleHold };
  const checkout = await budi.post("/v1/checkouts", order);
  expect(checkout.status, JSON.stringify(checkout.body)).toBe(201);
  expect(checkout.body.parcels[0].lines[0]).toMatchObject({ unitPrice: idr(1_000_000) });
  expect((await host.get(`${path}/events?since=0`)).body.items.length).toBeGreaterThan(4);
});

test("a unit is bid for only where there is one, and is on the shelf again when nobody wins it", async () => {
  const { h, host, offerId, stage, room } = await openShow(1);
  const price = { start: idr(1_000_000), step: idr(100_000), mode: "sudden_death" };
  const terms = { t: "open_auction", offerId, ...price, seconds: 2, paySeconds: 7 };
  const key = crypto.randomUUID();
  const opened = await stage(host, terms, key);
  expect([opened.status, (await stage(host, terms, key)).body]).toEqual([200, opened.body]);
  const second = await stage(host, terms);
  expect(second.body.code).toBe("livestream.out_of_stock");
  const holds = async () => {
    const rows = await h.ctx().db.read.select().from(due).where(eq(due.kind, "livestream.keep_lot"));
    return rows.filter(({ payload }) => (payload as { offerId: string }).offerId === offerId);
  };
  const [hold] = await holds();
  await evictDurableObject(room);
  const deal = { t: "open_deal", offerId, price: idr(5_000_000), units: 1, perBuyer: 1, seconds: 600 };
  const state = () => room.auction(opened.body.seq).then((auction) => auction?.state);
  // The look comes before the end: the unit is kept, whatever the room has forgotten.
  expect(await h.runDue(hold?.subject ?? "")).toBe(0);
  await expect.poll(state, { timeout: 5_000 }).toBe("unsold");
  expect((await stage(host, deal)).body.code).toBe("livestream.out_of_stock");
  h.clock.set(Date.now() + 2_000);
  expect(await h.runDue(hold?.subject ?? "")).toBe(1);
  expect(await holds()).toEqual([]);
  expect((await stage(host, deal)).status).toBe(200);
});

/** An auction that two have bid in, in a room that goes by the test's clock. */
async function openAuction() {
  const show = await openShow(1);
  const { h, id, host, offerId, stage, watch, room } = show;
  await runInDurableObject(room, (object) => {
    object.clock = h.clock;
  });
  const price = { start: idr(1_000_000), step: idr(100_000), mode: "sudden_death" };
  const terms = { t: "open_auction", offerId, ...price, seconds: 30, paySeconds: 120 };
  const auctionId: number = (await stage(host, terms)).body.seq;
  const [ani, budi] = await Promise.all([h.buyer(), h.buyer()]);
  const [first, second] = await Promise.all([watch(ani, "Ani"), watch(budi, "Budi")]);
  for (const [socket, maxMinor] of [
    [second, "3000000"],
    [first, "9900000"],
  ] as const) {
    expect(await socket.ask({ t: "bid", cid: `bid-of-${maxMinor}`, auctionId, maxMinor })).toMatchObject({
      t: "ack",
    });
  }
  const userId = ani.actor.kind === "user" ? ani.actor.userId : "";
  const state = () => room.auction(auctionId).then((auction) => auction?.state);
  const trade = async (to: "paused" | "active", version: number) => {
    const headers = { "if-match": `"${version}"` };
    expect((await host.patch(`/v1/offers/${offerId}`, { state: to }, { headers })).status).toBe(200);
  };
  const jobs = async () => {
    const rows = await h.ctx().db.read.select().from(due);
    return rows.filter(({ payload }) => (payload as { livestreamId?: string }).livestreamId === id);
  };
  const told = async () => {
    const rows = await h.ctx().db.read.select().from(outbox).where(eq(outbox.subject, id));
    return rows.filter(({ type }) => type === "livestream.auction_withdrawn").map(({ payload }) => payload);
  };
  /** Both are over: nobody looks again, and the unit is there for whoever buys it next. */
  const isOver = async () => {
    const fact = { auctionId, title: "Kopi Toraja", userId, sellerId: show.sellerId };
    await expect.poll(told, { timeout: 5_000 }).toMatchObject([fact]);
    h.clock.advance(2_000);
    for (const { subject } of await jobs()) await h.runDue(subject);
    expect(await jobs()).toEqual([]);
    await trade("active", 2);
    const deal = { t: "open_deal", offerId, price: idr(5_000_000), units: 1, perBuyer: 1, seconds: 600 };
    expect((await stage(host, deal)).status).toBe(200);
  };
  return { ...show, auctionId, ani, userId, state, trade, isOver };
}

test("what a shop has stopped selling ends the auction it was won in, and its unit is free", async () => {
  const { h, room, state, trade, isOver } = await openAuction();
  await trade("paused", 1);
  h.clock.advance(31_000);
  await runDurableObjectAlarm(room);
  await expect.poll(state, { timeout: 5_000 }).toBe("withdrawn");
  await isOver();
});

test("a winner who could not pay in time, because it was not sold any more, is not passed over", async () => {
  const { h, id, room, auctionId, ani, userId, state, trade, isOver } = await openAuction();
  h.clock.advance(31_000);
  await runDurableObjectAlarm(room);
  const award = async () => {
    await h.runDue(`${id} ${auctionId} ${userId}`);
    return (await ani.get("/v1/livestreams/awards")).body.items.length;
  };
  await expect.poll(award, { timeout: 15_000, interval: 300 }).toBe(1);
  await trade("paused", 1);
  h.clock.advance(120_000);
  await award();
  expect([await state(), (await room.auction(auctionId))?.passed]).toEqual(["withdrawn", []]);
  await isOver();
});
