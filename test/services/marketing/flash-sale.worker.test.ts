import { expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "#kernel/clock";
import { oversoldUnits, reservationDrift } from "#services/logistics/inventory/index";
import { commitmentOf, lotOf } from "#services/marketing/flash-sale/domain/lottery";
import { enter } from "../../support/room.ts";
import { sellOffers } from "../../support/shop.ts";
import { sandbox } from "../transaction/shopping.ts";
import { openSale, PRICE } from "./sale-world.ts";

test("the quota leaves ordinary stock when the sale is made; unmet terms are all named", async () => {
  const { available, enter, path, h } = await openSale({ stock: 20, quota: 5 });
  expect(await available()).toBe(15);
  h.clock.set(Date.now() - HOUR_MS);
  expect((await enter()).body.code).toBe("flash_sale.offer_taken");
  const refused = await enter({ price: { minor: "7900000", currency: "IDR" }, perBuyer: 9 });
  expect(refused.body.code).toBe("flash_sale.not_eligible");
  expect(refused.body.errors.map((error: { code: string }) => error.code)).toEqual(["discount", "per_buyer"]);
  h.clock.set(Date.now());
  expect((await enter()).body.code).toBe("flash_sale.slot_closed");
  const shown = await h.anonymous.get(path);
  expect(shown.body).toMatchObject({ state: "open", quota: 5, price: { minor: PRICE.toString() } });
});

test("a reduction after a sale is told beside no price above the sale's", async () => {
  const { h, sellerId, offerId } = await openSale();
  const others = await sellOffers(h, [{ priceMinor: 8_000_000n }]);
  h.clock.advance(1_000);
  const priors: unknown[] = [];
  for (const one of [{ sellerId, offerId }, ...others]) {
    const owner = await h.member(one.sellerId);
    const price = { minor: "7000000", currency: "IDR" };
    const first = { headers: { "if-match": '"1"' } };
    priors.push((await owner.patch(`/v1/offers/${one.offerId}`, { price }, first)).body.priorPrice);
  }
  expect(priors).toEqual([null, { minor: "8000000", currency: "IDR" }]);
});

test("a sale is shown as a reduction of the lowest price of the 30 days before it, or of none", async () => {
  const { h, sellerId, offerId, path } = await openSale({ startsInMs: 10 * MINUTE_MS });
  const owner = await h.member(sellerId);
  let version = 0;
  const reprice = async (minor: string) => {
    h.clock.advance(1_000);
    version += 1;
    const first = { headers: { "if-match": `"${version}"` } };
    const price = { minor, currency: "IDR" };
    expect((await owner.patch(`/v1/offers/${offerId}`, { price }, first)).status).toBe(200);
  };
  const shown = async () => {
    const { priorPrice, listPrice } = (await h.anonymous.get(path)).body;
    const listed = (await h.anonymous.get("/v1/flash-sales?limit=100")).body.items;
    const card = listed.find((one: { offerId: string }) => one.offerId === offerId);
    expect([card.priorPrice, listPrice.minor]).toEqual([priorPrice, "8000000"]);
    return priorPrice?.minor ?? null;
  };
  expect(await shown()).toBe("8000000");
  for (const minor of ["6000000", "9000000"]) await reprice(minor);
  expect(await shown()).toBe("6000000");
  for (const minor of [PRICE.toString(), "9000000"]) await reprice(minor);
  expect(await shown()).toBeNull();
  const { path: begun, h: later, ...running } = await openSale();
  const before = (await later.anonymous.get(begun)).body.priorPrice;
  const member = await later.member(running.sellerId);
  const lower = { price: { minor: "5500000", currency: "IDR" } };
  await member.patch(`/v1/offers/${running.offerId}`, lower, { headers: { "if-match": '"1"' } });
  expect([before.minor, (await later.anonymous.get(begun)).body.priorPrice.minor]).toEqual([
    "8000000",
    "8000000",
  ]);
});

test("a slot's discount is one of the lowest price of 30 days, and its shop is shown which", async () => {
  const { h, sellerId, offerId, slotId } = await openSale({ startsInMs: 10 * MINUTE_MS });
  // The sale that the offer is in begins with this slot, so its price is not one of the days before.
  h.clock.set(Date.now() - HOUR_MS);
  const owner = await h.member(sellerId);
  const entry = async (client = owner) => client.get(`/v1/flash-sales/slots/${slotId}/offers/${offerId}`);
  const shown = async () => {
    const { lowestPrice, priceMax } = (await entry()).body;
    return [lowestPrice.minor, priceMax.minor];
  };
  expect(await shown()).toEqual(["8000000", "7200000"]);
  for (const [version, minor] of ["6000000", "9000000"].entries()) {
    h.clock.advance(1_000);
    const first = { headers: { "if-match": `"${version + 1}"` } };
    const price = { minor, currency: "IDR" };
    expect((await owner.patch(`/v1/offers/${offerId}`, { price }, first)).status).toBe(200);
  }
  // Raised before the sale, its price of today says nothing: the buyer could have had it for less.
  expect(await shown()).toEqual(["6000000", "5400000"]);
  const operator = await h.operator();
  const iso = (ms: number) => new Date(ms).toISOString();
  const now = Date.now();
  const times = { startsAt: iso(now), enterBy: iso(now), endsAt: iso(now + HOUR_MS) };
  const slot = await operator.post(
    "/v1/flash-sales/slots",
    { name: "1.1", ...times },
    { key: crypto.randomUUID() },
  );
  expect(slot.status, JSON.stringify(slot.body)).toBe(201);
  const enterAt = async (minor: string) => {
    const price = { minor, currency: "IDR" };
    const about = { slotId: slot.body.id, offerId, price, quota: 1, perBuyer: 1 };
    const { status, body } = await owner.post("/v1/flash-sales", about, { key: crypto.randomUUID() });
    return status === 201 ? "ok" : body.errors.map((error: { code: string }) => error.code).join();
  };
  expect(await enterAt("5400100")).toBe("discount");
  expect(await enterAt("5400000")).toBe("ok");
  expect((await entry(await h.member(h.ids.next("seller")))).body.code).toBe("flash_sale.not_eligible");
});

test("points keep a shop out of sales, and it is told why", async () => {
  const { enter, h, sellerId } = await openSale();
  const points = h.market.seller.campaign.pointsMax + 1;
  const penalty = { points, reason: "Counterfeits." };
  const path = `/v1/sellers/${sellerId}/penalties`;
  const given = await (await h.operator()).post(path, penalty, { key: crypto.randomUUID() });
  expect(given.status, JSON.stringify(given.body)).toBe(201);
  const refused = await enter();
  expect(refused.body.code).toBe("flash_sale.not_eligible");
  expect(refused.body.errors).toMatchObject([{ path: "seller", code: "seller.too_many_points" }]);
});

test("a sale is warmed before its start: its units are dealt, and none is had", async () => {
  const { claim, h, saleId, state } = await openSale({ stock: 40, quota: 40, startsInMs: 20 * MINUTE_MS });
  expect(await state()).toMatchObject({ pool: 0, free: 0 });
  h.clock.advance(20 * MINUTE_MS - h.market.flashSale.warmBeforeMs);
  await h.runDue(saleId);
  const { pool, free } = await state();
  expect([pool + free, free > 0]).toEqual([40, true]);
  expect((await claim(await h.buyer())).body.code).toBe("flash_sale.not_open");
});

test("a quota is not taken that the shelf does not have", async () => {
  const { h, sellerId, slotId, enter } = await openSale();
  h.clock.set(Date.now() - HOUR_MS);
  const [other] = await sellOffers(h, [{ priceMinor: 8_000_000n, stock: 5 }]);
  expect((await enter({ offerId: other?.offerId })).body.code).toBe("flash_sale.not_eligible");
  const price = { minor: PRICE.toString(), currency: "IDR" };
  const about = { slotId, offerId: other?.offerId, price, quota: 6, perBuyer: 1 };
  const theirs = await h.member(other?.sellerId ?? sellerId);
  const bring = (quota: number) =>
    theirs.post("/v1/flash-sales", { ...about, quota }, { key: crypto.randomUUID() });
  expect((await bring(6)).body.code).toBe("inventory.insufficient");
  expect((await bring(5)).status).toBe(201);
});

test("a sale that nobody warmed opens with its first claim, and sells exactly its quota", async () => {
  const { claim, h, state } = await openSale({ quota: 5 });
  const buyers = await Promise.all(Array.from({ length: 12 }, () => h.buyer()));
  const answers = await Promise.all(buyers.map((buyer) => claim(buyer)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
  const refused = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
  expect(new Set(refused)).toEqual(new Set(["flash_sale.sold_out"]));
  expect(await state()).toMatchObject({ pool: 0, held: 5, free: 0 });
});

test("a hold becomes an order at the sale's price, and is sold when it is paid at the door", async () => {
  const { claim, checkout, complete, holdOf, h, available, state } = await openSale({ stock: 20, quota: 5 });
  const buyer = await h.buyer();
  const held = await claim(buyer, { quantity: 2 });
  const started = await checkout(buyer, held.body.id);
  expect(started.status, JSON.stringify(started.body)).toBe(201);
  expect(started.body.totals.goods.minor).toBe((2n * PRICE).toString());
  const done = await complete(buyer, started.body.id);
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  await h.drain();
  expect((await holdOf(buyer)).state).toBe("sold");
  expect(await state()).toMatchObject({ held: 0, sold: 2 });
  expect(await available()).toBe(15);
  const second = await checkout(buyer, held.body.id);
  expect(second.body.code).toBe("flash_sale.hold_ended");
});

test("paid online: held, pledged, sold; the stock is allocated once", async () => {
  const { claim, checkout, complete, holdOf, h } = await openSale({ quota: 3 });
  const buyer = await h.buyer();
  const held = await claim(buyer);
  const { body } = await checkout(buyer, held.body.id, "qris");
  const done = await complete(buyer, body.id);
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  await h.drain();
  expect((await holdOf(buyer)).state).toBe("pledged");
  const provider = sandbox(h);
  await provider.act(done.body.payment.id, "pay");
  await provider.notify(done.body.payment.id);
  expect((await holdOf(buyer)).state).toBe("sold");
});

test("an unpaid order gives its units back to the sale, and the next buyer has them", async () => {
  const { claim, checkout, complete, holdOf, h, available } = await openSale({ stock: 4, quota: 1 });
  const [ani, budi] = [await h.buyer(), await h.buyer()];
  const held = await claim(ani);
  const { body } = await checkout(ani, held.body.id, "qris");
  const done = await complete(ani, body.id);
  await h.drain();
  const cancelled = await ani.post(
    `/v1/orders/${done.body.orders[0].id}/cancel`,
    { reason: "changed_mind" },
    { key: crypto.randomUUID() },
  );
  expect(cancelled.status, JSON.stringify(cancelled.body)).toBe(200);
  await h.drain();
  expect((await holdOf(ani)).state).toBe("released");
  expect(await available()).toBe(3);
  h.clock.advance(1_000);
  const second = await claim(budi);
  expect(second.status, JSON.stringify(second.body)).toBe(201);
  const again = await checkout(budi, second.body.id);
  expect((await complete(budi, again.body.id)).status).toBe(200);
  expect(await oversoldUnits(h.ctx())).toBe(0);
  expect(await reservationDrift(h.ctx())).toBe(0);
});

test("completing twice at once is one order; another's hold is not found", async () => {
  const { claim, checkout, complete, h, state } = await openSale({ quota: 4 });
  const [ani, budi] = [await h.buyer(), await h.buyer()];
  const held = await claim(ani);
  expect((await checkout(budi, held.body.id)).status).toBe(404);
  const [one, two] = [await checkout(ani, held.body.id), await checkout(ani, held.body.id)];
  const answers = await Promise.all([complete(ani, one.body.id), complete(ani, two.body.id)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  await h.drain();
  expect(await state()).toMatchObject({ sold: 1, held: 0 });
  expect(await reservationDrift(h.ctx())).toBe(0);
});

test("after the end what was not sold is ordinary stock again, once no hold is live", async () => {
  const { claim, checkout, complete, h, saleId, available, path } = await openSale({ stock: 10, quota: 6 });
  const [ani, budi] = [await h.buyer(), await h.buyer()];
  const [first, second] = [await claim(ani), await claim(budi)];
  const { body } = await checkout(ani, first.body.id);
  await complete(ani, body.id);
  await h.drain();
  h.clock.advance(2 * HOUR_MS);
  await h.runDue(saleId);
  expect(await available()).toBe(4);
  expect((await h.anonymous.get(path)).body.state).toBe("ended");
  h.clock.set(Date.now());
  await budi.post(`${path}/holds/${second.body.id}/release`);
  h.clock.advance(2 * HOUR_MS + MINUTE_MS);
  await h.runDue(saleId);
  expect(await available()).toBe(9);
  expect((await h.anonymous.get(path)).body).toMatchObject({ state: "closed", sold: 1 });
  expect(await reservationDrift(h.ctx())).toBe(0);
});

test("the sale socket welcomes, holds, answers a retry with the same hold and tells of stock", async () => {
  const { h, path } = await openSale({ quota: 1 });
  const [ani, budi] = [await h.buyer(), await h.buyer()];
  const enterAs = async (client: typeof ani) => enter(h, (await client.post(`${path}/tickets`)).body);
  const [one, two] = [await enterAs(ani), await enterAs(budi)];
  one.send({ t: "hello" });
  expect(await one.next("welcome")).toMatchObject({ holds: [], band: "plenty" });
  const claimed = { t: "claim", cid: "socket-claim-1", quantity: 1 };
  const ack = await one.ask(claimed);
  expect(ack).toMatchObject({ cid: "socket-claim-1", hold: { quantity: 1, state: "held" } });
  expect((await one.ask(claimed)).hold.id).toBe(ack.hold.id);
  const late = await two.ask({ t: "claim", cid: "socket-claim-2", quantity: 1 });
  expect(late).toMatchObject({ t: "error", code: "flash_sale.sold_out", re: "socket-claim-2" });
  expect((await two.ask({ t: "wait", cid: "socket-wait-01", quantity: 1 })).t).toBe("ack");
  const freed = await one.ask({ t: "release", cid: "socket-free-01", holdId: ack.hold.id });
  expect(freed.hold.state).toBe("released");
  expect((await two.next("turn")).hold).toMatchObject({ quantity: 1, state: "held" });
});

test("stock that comes back is had over the sale socket at once, wherever it comes back", async () => {
  const { h, path } = await openSale({ quota: 16 });
  const buyers = await Promise.all(Array.from({ length: 9 }, () => h.buyer()));
  const sockets = await Promise.all(
    buyers.map(async (buyer) => enter(h, (await buyer.post(`${path}/tickets`)).body)),
  );
  const claims = sockets.map((one, n) => one.ask({ t: "claim", cid: `all-of-it-${n}`, quantity: 2 }));
  const holds = (await Promise.all(claims)).map(({ hold }) => hold?.id as string | undefined);
  const late = holds.indexOf(undefined);
  const [unlucky, lucky] = [sockets[late], sockets[(late + 1) % sockets.length]];
  if (!unlucky || !lucky) throw new Error("eight of nine have two units each");
  await unlucky.next(({ t, band }) => t === "band" && band === "gone");
  const from = unlucky.frames.length;
  const holdId = holds[(late + 1) % sockets.length] ?? "";
  await lucky.ask({ t: "release", cid: "given-back-1", holdId });
  await unlucky.next(({ t, band }) => t === "band" && band !== "gone", from);
  const now = await unlucky.ask({ t: "claim", cid: "at-once-0001", quantity: 2 });
  expect(now).toMatchObject({ t: "ack", hold: { quantity: 2, state: "held" } });
});

test("a buyer's socket claims for him alone; a service's speaks for the buyers of its shard", async () => {
  const { h, path } = await openSale({ quota: 4 });
  const other = h.ids.next("user");
  const mine = await enter(h, (await (await h.buyer()).post(`${path}/tickets`)).body);
  const claimed = { t: "claim", cid: "for-another-1", quantity: 1, buyerId: other };
  expect(await mine.ask(claimed)).toMatchObject({ t: "error", code: "flash_sale.not_yours" });
  const key = await h.service(["platform"]);
  const all = await enter(h, (await key.post(`${path}/tickets`, { shard: 0 })).body);
  expect(await all.ask(claimed)).toMatchObject({ t: "ack", hold: { state: "held" } });
  expect((await (await h.service(["buy"])).post(`${path}/tickets`)).status).toBe(403);
});

test("first come, first admitted; nobody claims before his turn or with another's", async () => {
  const { claim, h, path } = await openSale({ quota: 8, queue: "fifo", admitPerSecond: 1 });
  const buyers = await Promise.all(Array.from({ length: 3 }, () => h.buyer()));
  const turns = [];
  for (const buyer of buyers) turns.push((await buyer.post(`${path}/queue`)).body);
  expect(turns.map(({ place }) => place)).toEqual([0, 1, 2]);
  const [ani, budi] = buyers;
  if (!ani || !budi) throw new Error("three buyers");
  expect((await claim(ani)).body.code).toBe("flash_sale.not_admitted");
  const [body = "", signature = ""] = turns[0].turn.split(".");
  const early = Buffer.from(body, "base64url")
    .toString()
    .replace(/"admittedAt":\d+/, '"admittedAt":0');
  const forged = `${Buffer.from(early).toString("base64url")}.${signature}`;
  expect((await claim(ani, { turn: forged })).body.code).toBe("flash_sale.not_admitted");
  const stand = (turn: string) =>
    budi.post(
      `${path}/line`,
      { quantity: 1 },
      { key: crypto.randomUUID(), headers: { "x-sale-turn": turn } },
    );
  expect([(await stand("")).body.code, (await stand(turns[0].turn)).body.code]).toEqual(
    Array(2).fill("flash_sale.not_admitted"),
  );
  expect((await claim(budi, { turn: turns[0].turn })).body.code).toBe("flash_sale.not_admitted");
  expect((await ani.post(`${path}/queue`)).body.ticketId).toBe(turns[0].ticketId);
  expect((await claim(ani, { turn: turns[0].turn })).status).toBe(201);
});

test("a draw was committed to before anybody joined, and anyone can check it", async () => {
  const { h, path, saleId } = await openSale({ quota: 8, queue: "lottery", startsInMs: 2_000 });
  const buyers = await Promise.all(Array.from({ length: 6 }, () => h.buyer()));
  const { commitment, seed } = (await h.anonymous.get(path)).body;
  expect([commitment.length, seed]).toEqual([64, null]);
  for (const buyer of buyers) expect((await buyer.post(`${path}/queue`)).body.admittedAt).toBeNull();
  h.clock.advance(5_000);
  await h.runDue(saleId);
  const drawn = (await h.anonymous.get(path)).body;
  expect(commitmentOf(drawn.seed)).toBe(commitment);
  const turns = await Promise.all(buyers.map(async (buyer) => (await buyer.get(`${path}/queue`)).body));
  const lots = turns.map(({ ticketId }) => lotOf(drawn.seed, ticketId));
  const byLot = turns
    .map((turn, i) => ({ turn, lot: lots[i] ?? "" }))
    .toSorted((a, b) => (a.lot < b.lot ? -1 : 1));
  const times = byLot.map(({ turn }) => Date.parse(turn.admittedAt));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("who asked is reminded once, before the start", async () => {
  const { h, path, saleId } = await openSale({ startsInMs: 20 * MINUTE_MS });
  const userId = h.ids.next("user");
  const buyer = await h.buyer(userId);
  expect((await buyer.put(`${path}/reminder`, undefined)).status).toBe(204);
  h.clock.advance(11 * MINUTE_MS);
  await h.runDue(saleId);
  await h.runDue(saleId);
  const told = h.waiting().filter(({ type }) => type === "flash_sale.starts_soon");
  expect(told.map(({ payload }) => payload)).toMatchObject([{ saleId }]);
  await h.drain();
  const { items } = (await (await h.buyer(userId)).get("/v1/notifications")).body;
  expect(items.map((item: { path: string }) => item.path)).toEqual([`/flash-sales/${saleId}`]);
});

test("an export is the log of every shard, for operators only", async () => {
  const { claim, h, path } = await openSale({ quota: 5 });
  await Promise.all(Array.from({ length: 5 }, async () => claim(await h.buyer())));
  expect((await (await h.buyer()).get(`${path}/export`)).status).toBe(403);
  const { bytes } = await (await h.operator()).get(`${path}/export`);
  const lines = new TextDecoder().decode(bytes).trim().split("\n");
  expect(JSON.parse(lines[0] ?? "").sale.terms.quota).toBe(5);
  expect(
    lines
      .slice(1)
      .join("")
      .match(/\\"hold\\"/g),
  ).toHaveLength(5);
});
