import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "#kernel/clock";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { openSealed } from "#kernel/seal";
import { signToken } from "#kernel/token";
import { offersQuery } from "#services/catalog/product/index";
import { payoutAccountQuery, sellerStanding } from "#services/catalog/seller/index";
import { recountQuery, tallyQuery } from "#services/catalog/seller/repository/outcomes";
import { ShopAnswered } from "#services/communication/chat/facts";
import { UserErased } from "#services/social/user/facts";
import {
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderPlaced,
  OrderShipped,
} from "#services/transaction/order/facts";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { openShop } from "../../support/shop.ts";
import { newEmail, PASSWORD, signedIn, member as withAccount } from "../auth/people.ts";
import { ifMatch, openedShop } from "./shelf.ts";

/** A Wednesday noon in Jakarta, long enough ago that the sweep of others takes no part. */
const SOME_DAY = Date.UTC(2026, 9, 7, 5);
const few = { seller: { ordersMin: 4 } };

function orderFact(h: Harness, sellerId: Id<"seller">, orderId: Id<"order">, method: "qris" | "cod") {
  const zero = "0";
  return {
    orderId,
    orderGroupId: h.ids.next("orderGroup"),
    sellerId,
    buyerId: h.ids.next("user"),
    email: "buyer@example.com",
    locale: "en" as const,
    currency: "IDR",
    goodsMinor: "100000",
    discountMinor: zero,
    sellerDiscountMinor: zero,
    taxMinor: zero,
    shippingMinor: zero,
    shippingDiscountMinor: zero,
    sellerShippingDiscountMinor: zero,
    totalMinor: "100000",
    commissionMinor: zero,
    commissionTaxMinor: zero,
    method,
    lines: [],
  };
}

/** The facts of an order that was ready now and left after so many hours, or was called off. */
function lifeOf(
  h: Harness,
  sellerId: Id<"seller">,
  end: number | "seller" | "buyer" | "late",
): readonly Fact[] {
  const order = orderFact(h, sellerId, h.ids.next("order"), typeof end === "number" ? "qris" : "cod");
  const subject = (version: number) => ({ id: order.orderId, version });
  const start = h.clock.now();
  const at = <T extends Fact>(fact: T, hours: number): T => ({ ...fact, at: start + hours * HOUR_MS });
  if (typeof end !== "number") {
    const reason = end === "late" ? "not_shipped" : "other";
    const by = end === "late" ? ("platform" as const) : end;
    return [
      OrderPlaced.make(h.ctx(), subject(1), { ...order, payBy: start }),
      at(OrderCancelled.make(h.ctx(), subject(2), { ...order, reason, wasPaid: false, by }), 20),
    ];
  }
  const shipped = { ...order, carrier: "jne", trackingNumber: "T1" };
  return [
    OrderPaid.make(h.ctx(), subject(1), order),
    at(OrderShipped.make(h.ctx(), subject(2), shipped), end),
    at(OrderDelivered.make(h.ctx(), subject(3), order), end + 24),
  ];
}

const performance = async (by: Client, sellerId: string) => {
  const { body } = await by.get(`/v1/sellers/${sellerId}/performance`);
  const scores = body.scores.map((one: { metric: string }) => [one.metric, one] as const);
  return { ...body, by: Object.fromEntries(scores) };
};

/** Six orders and a question, delivered backwards and twice. */
async function busyWeek(h: Harness, sellerId: Id<"seller">): Promise<void> {
  const facts = [10, 60, 70, "seller", "buyer", "late"].flatMap((end) => lifeOf(h, sellerId, end as never));
  const conversationId = h.ids.next("conversation");
  const askedAt = h.clock.now();
  const waited = { conversationId, sellerId, askedAt, dueAt: askedAt, waitedMs: HOUR_MS, answeredBy: null };
  const answered = ShopAnswered.make(h.ctx(), { id: conversationId, version: 1 }, waited);
  await h.deliver(facts.toReversed());
  await h.deliver([answered, ...facts.map((fact) => ({ ...fact, id: h.ids.next("event") }))]);
}

test("numbers come from facts in any order, list their orders, and equal a recount", async () => {
  const h = harness({ at: SOME_DAY, settings: few });
  const { owner, sellerId } = await openedShop(h);
  await busyWeek(h, sellerId);
  const shown = await performance(owner, sellerId);
  expect(shown.by.late_shipment).toMatchObject({ of: 2, per: 3, value: 6_667, verdict: "too_few" });
  expect(shown.by.non_fulfilment).toMatchObject({ of: 2, per: 5, value: 4_000, verdict: "twice" });
  expect(shown.by.cancellation).toMatchObject({ of: 1, per: 5, value: 2_000 });
  expect(shown.by.preparation).toMatchObject({ value: (140 * HOUR_MS) / 3, per: 3 });
  expect(shown.by.chat_response).toMatchObject({ of: 1, per: 1, value: 10_000 });
  expect(shown.by.rating).toMatchObject({ value: null, verdict: "too_few" });
  const path = `/v1/sellers/${sellerId}/performance/late_shipment/orders`;
  const first = await owner.get(`${path}?limit=1`);
  const second = await owner.get(`${path}?limit=1&cursor=${first.body.nextCursor}`);
  const orders = [...first.body.items, ...second.body.items];
  expect(new Set(orders.map(({ orderId }: { orderId: string }) => orderId)).size).toBe(2);
  expect(second.body.nextCursor).toBeNull();
  for (const { dueAt, shippedAt } of orders) expect(shippedAt > dueAt).toBe(true);
  expect((await owner.get(`${path}?all=true`)).body.items).toHaveLength(3);
  const chats = await owner.get(`/v1/sellers/${sellerId}/performance/chat_response/orders`);
  expect(chats.body.items).toMatchObject([{ kind: "question", orderId: null, answeredInTime: true }]);
  const span = { first: 0, last: 100_000 };
  const [kept, counted] = await h.ctx().db.load(tallyQuery(sellerId, span), recountQuery(sellerId, span));
  expect(kept).toEqual(counted);
});

test("a week that fell short costs points once, and an appeal that is granted takes them back", async () => {
  const strict = { ...few.seller, campaign: { pointsMax: 1 } };
  const h = harness({ at: SOME_DAY, settings: { seller: strict } });
  const { sellerId } = await openedShop(h);
  await busyWeek(h, sellerId);
  const monday = Math.floor(SOME_DAY / DAY_MS) - 2;
  const judged = `${sellerId} weekly ${monday}`;
  expect(await h.runDue(judged)).toBe(0);
  h.clock.advance(7 * DAY_MS);
  expect(await h.runDue(judged)).toBe(1);
  const late = lifeOf(h, sellerId, "late").map((fact) => ({ ...fact, at: fact.at - 7 * DAY_MS }));
  await h.deliver(late);
  expect(await h.runDue(judged)).toBe(1);
  const [owner, operator] = [await h.member(sellerId), await h.operator()];
  const penalties = (await owner.get(`/v1/sellers/${sellerId}/penalties`)).body.items;
  expect(penalties).toMatchObject([
    { metric: "non_fulfilment", points: 2, period: "weekly", of: 2, per: 5, from: "2026-10-05" },
  ]);
  expect(await performance(owner, sellerId)).toMatchObject({
    points: 2,
    campaignRefusal: "seller.too_many_points",
  });
  h.clock.advance(1);
  const paper = await owner.post(
    `/v1/sellers/${sellerId}/documents?kind=evidence`,
    new TextEncoder().encode("%PDF-1.7 a strike"),
    { headers: { "content-type": "application/pdf" } },
  );
  const appeal = {
    penaltyId: penalties[0].id,
    words: "The carrier was on strike.",
    evidence: [paper.body.id],
  };
  const made = await owner.post(`/v1/sellers/${sellerId}/appeals`, appeal);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect((await owner.post(`/v1/sellers/${sellerId}/appeals`, appeal)).body.code).toBe("appeal.exists");
  const kept = await owner.delete(`/v1/sellers/${sellerId}/documents/${paper.body.id}`);
  expect(kept.body.code).toBe("document.is_evidence");
  const decide = (by: Client, state: string) =>
    by.post(`/v1/seller-appeals/${made.body.id}/decide`, { state, decision: "The carrier confirms it." });
  expect((await decide(owner, "granted")).status).toBe(403);
  h.clock.advance(1);
  const both = await Promise.all([decide(operator, "granted"), decide(operator, "granted")]);
  expect(both.map(({ status }) => status)).toContain(200);
  expect((await decide(operator, "denied")).body.code).toBe("appeal.decided");
  expect(await performance(owner, sellerId)).toMatchObject({ points: 0, campaignRefusal: null });
  const log = (await owner.get(`/v1/sellers/${sellerId}/log`)).body.items;
  expect(log.map(({ action }: { action: string }) => action)).toEqual([
    "appeal.granted",
    "appeal.submitted",
    "penalty.given",
  ]);
});

test("an appeal that nobody answers in time is told of, and points lapse", async () => {
  const h = harness({ at: SOME_DAY });
  const { owner, sellerId } = await openedShop(h);
  const operator = await h.operator();
  const given = await operator.post(
    `/v1/sellers/${sellerId}/penalties`,
    { points: 5, reason: "Counterfeits." },
    { key: h.ids.next("request") },
  );
  expect(given.body).toMatchObject({ metric: "conduct", points: 5 });
  const words = "They are not counterfeits.";
  const appealed = await owner.post(`/v1/sellers/${sellerId}/appeals`, { penaltyId: given.body.id, words });
  h.clock.advance(h.market.seller.appealAnswerMs);
  expect(await h.runDue(appealed.body.id)).toBe(1);
  const told = h.waiting().filter(({ subject }) => subject === appealed.body.id);
  expect(told.map(({ type }) => type)).toEqual(["appeal.submitted", "appeal.late"]);
  const [stands] = await h.ctx().db.load(sellerStanding(h.ctx(), [sellerId]));
  expect(stands).toEqual([{ sellerId, state: "active", points: 5, rating: null }]);
  h.clock.set(SOME_DAY + h.market.seller.pointsLiveMs);
  const [later] = await h.ctx().db.load(sellerStanding(h.ctx(), [sellerId]));
  expect(later).toMatchObject([{ points: 0 }]);
  const change = { sql: sql`UPDATE seller_point SET points = 0 WHERE seller_id = ${sellerId}` };
  await expect(h.ctx().db.commit([change])).rejects.toThrow();
});

const NAMES = { en: "A requirement" };
const requirements = [
  { kind: "computed", code: "tax_id", names: NAMES },
  { kind: "computed", code: "document", document: "identity", names: NAMES },
  { kind: "attested", code: "own_goods", names: NAMES },
  { kind: "verified", code: "licence", names: NAMES },
  { kind: "verified", code: "visit", names: NAMES, required: false },
];

test("a shop is approved once nothing required is open; overrides say who and why", async () => {
  const h = harness({ settings: { seller: { requirements } } });
  const applicant = await h.buyer();
  const tail = h.ids.next("event").slice(-10);
  const applied = await applicant.post("/v1/sellers", {
    name: `Toko ${tail}`,
    city: "Solo",
    legalName: "CV Contoh",
    email: `toko-${tail}@example.com`,
  });
  const { id: sellerId } = applied.body;
  const [owner, operator] = [await h.member(sellerId), await h.operator("catalogue")];
  const at = (path: string) => `/v1/sellers/${sellerId}${path}`;
  expect((await operator.post(at("/onboard"), {})).body.state).toBe("onboarding");
  const refused = await owner.post(at("/submit"));
  expect(refused.body.code).toBe("requirement.open");
  expect(refused.body.errors.map(({ path }: { path: string }) => path)).toEqual(
    ["tax_id", "document_identity", "own_goods", "licence"].map((code) => `requirements.${code}`),
  );
  expect((await owner.patch(at("/profile"), { taxId: "01.234.567.8-901.000" }, ifMatch(0))).status).toBe(200);
  expect((await owner.patch(at("/profile"), { taxId: null }, ifMatch(0))).status).toBe(412);
  await owner.post(at("/documents?kind=identity"), new TextEncoder().encode("%PDF-1.7 a card"), {
    headers: { "content-type": "application/pdf" },
  });
  expect((await owner.post(at("/requirements/licence/attest"))).body.code).toBe("requirement.other_kind");
  expect((await owner.post(at("/requirements/own_goods/attest"))).status).toBe(204);
  expect((await owner.post(at("/requirements/licence/override"), { reason: "Trust me." })).status).toBe(403);
  const reason = { reason: "Licence is on its way." };
  expect((await operator.post(at("/requirements/licence/override"), reason)).status).toBe(204);
  expect((await owner.post(at("/submit"))).body.state).toBe("review");
  // The log is in the order of its ids, which time orders.
  h.clock.advance(1);
  await operator.post(at("/requirements/own_goods/withdraw"), { reason: "Not believed." });
  expect((await operator.post(at("/approve"), {})).body.code).toBe("requirement.open");
  h.clock.advance(1);
  await operator.post(at("/requirements/own_goods/override"), { reason: "Seen in the shop." });
  expect((await operator.post(at("/approve"), {})).body.state).toBe("active");
  const list = (await owner.get(at("/requirements"))).body;
  expect(list.complete).toBe(true);
  expect(list.items.map(({ state }: { state: string }) => state)).toEqual([
    "met",
    "met",
    "overridden",
    "overridden",
    "open",
  ]);
  const by = operator.actor.kind === "user" ? operator.actor.userId : "";
  expect(list.items[3].mark).toMatchObject({ mark: "overridden", by, ...reason });
});

test("a closure sends the shop on holiday and brings it back", async () => {
  const h = harness();
  const { owner, sellerId } = await openedShop(h);
  const iso = (days: number) => new Date(h.clock.now() + days * DAY_MS).toISOString();
  const closures = [
    { from: iso(1), until: iso(3), name: "Idul Fitri" },
    { from: iso(9), until: iso(10), name: "Stock-taking" },
  ];
  const saved = await owner.patch(`/v1/sellers/${sellerId}/profile`, { closures }, ifMatch(0));
  expect(saved.status, JSON.stringify(saved.body)).toBe(200);
  const operator = async () => h.operator("catalogue");
  const state = async () =>
    (await (await operator()).get(`/v1/sellers/${sellerId}/account`)).body as { state: string };
  expect(await h.runDue(sellerId)).toBe(0);
  h.clock.advance(DAY_MS);
  expect(await h.runDue(sellerId)).toBe(1);
  expect(await state()).toMatchObject({ state: "vacation", vacationUntil: closures[0]?.until });
  h.clock.advance(2 * DAY_MS);
  expect(await h.runDue(sellerId)).toBe(1);
  expect((await state()).state).toBe("active");
  h.clock.advance(6 * DAY_MS);
  expect(await h.runDue(sellerId)).toBe(1);
  expect((await state()).state).toBe("vacation");
});

test("followers are counted exactly, however many come and go at once", async () => {
  const h = harness();
  const { sellerId } = await openedShop(h);
  const people = await Promise.all(Array.from({ length: 12 }, () => h.buyer()));
  const path = `/v1/sellers/${sellerId}/follow`;
  await Promise.all(people.flatMap((one) => [one.put(path), one.put(path)]));
  await Promise.all(people.slice(0, 5).flatMap((one) => [one.delete(path), one.delete(path)]));
  const last = await (people[11] as Client).put(path);
  expect(last.body).toEqual({ following: true, followers: 7 });
  expect((await (people[11] as Client).get("/v1/sellers/followed")).body.items).toMatchObject([{ sellerId }]);
  expect((await (people[0] as Client).get("/v1/sellers/followed")).body.items).toEqual([]);
  expect((await (people[0] as Client).put(`/v1/sellers/${h.ids.next("seller")}/follow`)).status).toBe(404);
});

test("what a shop on holiday offers cannot be bought, and its page says until when", async () => {
  const h = harness();
  const { sellerId, offers } = await openShop(h, [{}]);
  const owner = await h.member(sellerId);
  const status = async () => {
    const [quotes] = await h.ctx().db.load(offersQuery(offers.map(({ offerId }) => offerId)));
    return quotes[0]?.status;
  };
  expect(await status()).toBe("active");
  const until = new Date(h.clock.now() + DAY_MS).toISOString();
  const announcement = { en: "Back tomorrow." };
  await owner.patch(`/v1/sellers/${sellerId}/profile`, { storefront: { announcement } }, ifMatch(0));
  expect((await owner.post(`/v1/sellers/${sellerId}/pause`, { until })).body.state).toBe("vacation");
  await h.drain();
  expect(await status()).toBe("paused");
  const page = await h.anonymous.get(`/v1/sellers/${sellerId}`);
  expect(page.body).toMatchObject({ state: "vacation", vacationUntil: until, page: { announcement } });
  await owner.post(`/v1/sellers/${sellerId}/resume`);
  await h.drain();
  expect(await status()).toBe("active");
});

test("somebody who is erased follows nobody, and is not counted any more", async () => {
  const h = harness();
  const { sellerId } = await openedShop(h);
  const [gone, stays] = [await h.buyer(), await h.buyer()];
  const path = `/v1/sellers/${sellerId}/follow`;
  await gone.put(path);
  expect((await stays.put(path)).body.followers).toBe(2);
  const userId = gone.actor.kind === "user" ? gone.actor.userId : h.ids.next("user");
  const erased = UserErased.make(h.ctx(), { id: userId, version: 1 }, { userId, addressHash: "" });
  await h.deliver([erased]);
  expect((await stays.put(path)).body.followers).toBe(1);
});

/** With a session of his own, as step-up asks for. */
async function freshOwner(h: Harness, sellerId: Id<"seller">): Promise<Client> {
  const { userId, sessionId } = await signedIn(h, await withAccount(h, newEmail("owner"), PASSWORD));
  const claims = {
    use: "user",
    sub: userId,
    sid: sessionId,
    amr: ["pwd"],
    at: h.clock.now(),
    ep: 0,
  } as const;
  const lifetime = { now: h.clock.now(), lifetimeMs: 300_000 };
  const surroundings = { env: h.env, cell: h.cell, config: h.config };
  const shops = { amr: [...claims.amr], sh: [[sellerId, "owner"]] as [Id<"seller">, "owner"][] };
  return h.withToken(await signToken(surroundings, { ...claims, ...shops }, lifetime));
}

test("the payout account is set by somebody who has just signed in, sealed, and told of", async () => {
  const h = harness();
  const { owner, sellerId } = await openedShop(h);
  const path = `/v1/sellers/${sellerId}/payout-account`;
  const account = { bankCode: "bca", number: "1234567890", holderName: "CV Contoh" };
  expect((await owner.put(path, account)).status).toBe(401);
  const fresh = await freshOwner(h, sellerId);
  expect((await owner.get(path)).body).toEqual({ account: null });
  const put = await fresh.put(path, account);
  expect(put.body, JSON.stringify(put.body)).toMatchObject({ bankCode: "bca", number: "••••7890" });
  expect((await fresh.put(path, { ...account, number: "55500001" })).body.number).toBe("••••0001");
  const [kept] = await h.ctx().db.load(payoutAccountQuery(sellerId));
  expect(JSON.stringify(kept)).not.toContain("55500001");
  expect(kept && (await openSealed(h.ctx(), kept.sealedNumber, { about: kept.id }))).toBe("55500001");
  const told = h.waiting().filter(({ type }) => type === "seller.payout_account_changed");
  expect(told).toMatchObject([{ payload: { sellerId } }, { payload: { payoutAccountId: kept?.id } }]);
  expect((await (await h.member(sellerId, "manager")).put(path, account)).status).toBe(403);
  expect((await (await h.member(sellerId, "staff")).get(path)).status).toBe(403);
  expect((await (await h.operator("catalogue")).get(path)).body.account.number).toBe("••••0001");
});

test("of another shop nothing is seen and nothing is done", async () => {
  const h = harness();
  const [mine, theirs] = [await openedShop(h), await openedShop(h)];
  const at = (path: string) => `/v1/sellers/${theirs.sellerId}${path}`;
  const penaltyId = h.ids.next("penalty");
  const answers = await Promise.all([
    mine.owner.get(at("/performance")),
    mine.owner.get(at("/performance/rating/orders")),
    mine.owner.get(at("/penalties")),
    mine.owner.get(at("/appeals")),
    mine.owner.get(at("/log")),
    mine.owner.get(at("/profile")),
    mine.owner.get(at("/requirements")),
    mine.owner.get(at("/payout-account")),
    mine.owner.patch(at("/profile"), { taxId: null }, ifMatch(0)),
    mine.owner.post(at("/appeals"), { penaltyId, words: "This is not mine." }),
    mine.owner.post(at("/requirements/tax_id/attest")),
    mine.owner.post(at("/submit")),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
});
