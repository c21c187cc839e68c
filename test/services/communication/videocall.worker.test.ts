import { expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import { CallEnded } from "#services/communication/videocall/facts";
import { UserErased } from "#services/social/user/facts";
import { openMarket } from "../../support/chat-market.ts";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { key, openShop, paidOrder } from "../transaction/shopping.ts";

const MINUTE_MS = 60_000;
const userOf = ({ actor }: Client): Id<"user"> =>
  actor.kind === "user" ? actor.userId : createIds({ now: () => 0 }).next("user");

test("a shop may call the buyer of its order, and nobody else may", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const { orderId } = await paidOrder(h, { buyer, shops: [shop] });
  const granted = await shop.member.post("/v1/calls/grants", { orderId });
  expect(granted).toMatchObject({ status: 201, body: { calleeId: userOf(buyer) } });
  const others = [buyer, await h.buyer(), await h.member(h.ids.next("seller")), await h.operator()];
  for (const other of others) {
    expect((await other.post("/v1/calls/grants", { orderId })).body.code).toBe("call.not_allowed");
  }
  expect((await shop.member.post("/v1/calls/grants", {})).status).toBe(400);
});

test("a guest who bought has no account to be called at", async () => {
  const h = harness();
  const shop = await openShop(h);
  const { orderId } = await paidOrder(h, { buyer: await h.guest(), shops: [shop] });
  const refused = await shop.member.post("/v1/calls/grants", { orderId });
  expect(refused.body.code).toBe("call.nobody_to_call");
});

test("a consultation is asked for, agreed on, and lets its two call each other in its time", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const startsAt = new Date(h.clock.now() + 4 * MINUTE_MS).toISOString();
  const wanted = { sellerId: shop.sellerId, startsAt, minutes: 20 };
  const asked = await buyer.post("/v1/calls/consultations", wanted, key());
  expect(asked.body).toMatchObject({ state: "requested", hostId: null });
  const at = `/v1/calls/consultations/${asked.body.id}`;
  const about = { consultationId: asked.body.id };
  expect((await buyer.post("/v1/calls/grants", about)).body.code).toBe("consultation.wrong_state");
  const stranger = await h.member(h.ids.next("seller"));
  expect((await stranger.post(`${at}/accept`, {}, key())).status).toBe(404);
  const accepted = await shop.member.post(`${at}/accept`, {}, key());
  expect(accepted.body).toMatchObject({ state: "accepted", hostId: userOf(shop.member) });
  const grants = [
    await buyer.post("/v1/calls/grants", about),
    await shop.member.post("/v1/calls/grants", about),
  ];
  expect(grants.map(({ body }) => body.calleeId)).toEqual([userOf(shop.member), userOf(buyer)]);
  expect((await stranger.post("/v1/calls/grants", about)).status).toBe(404);
  expect((await buyer.get("/v1/calls/consultations")).body.items).toHaveLength(1);
  expect((await shop.member.get("/v1/calls/consultations?as=seller")).body.items).toHaveLength(1);
  expect((await (await h.buyer()).post(`${at}/cancel`, {}, key())).status).toBe(404);
  expect((await buyer.post(`${at}/cancel`, {}, key())).body.state).toBe("cancelled");
  expect((await buyer.post("/v1/calls/grants", about)).body.code).toBe("consultation.wrong_state");
});

type Between = Partial<{ callerId: Id<"user">; calleeId: Id<"user">; sellerId: Id<"seller"> }>;

function endedCall(h: Harness, { sellerId = h.ids.next("seller"), ...between }: Between) {
  const callId = h.ids.next("call");
  const now = h.clock.now();
  const [callerId, calleeId] = [h.ids.next("user"), h.ids.next("user")];
  return CallEnded.make(
    h.ctx(),
    { id: callId, version: 1 },
    {
      callId,
      callerId,
      calleeId,
      ...between,
      subject: { kind: "order", id: h.ids.next("order"), sellerId },
      outcome: "completed",
      startedAt: now - 90_000,
      answeredAt: now - 80_000,
      connectedAt: now - 78_000,
      endedAt: now,
      quality: { samples: 3, rttMsMean: 40, rttMsMax: 60, lossPercentMax: 1, kbpsMean: 800 },
    },
  );
}

test("a call is in the log of both once, however often it was told, and in nobody else's", async () => {
  const h = harness();
  const [caller, callee] = [await h.buyer(), await h.buyer()];
  const fact = endedCall(h, { callerId: userOf(caller), calleeId: userOf(callee) });
  const { callId } = fact.payload;
  await h.deliver([fact]);
  await h.deliver([{ ...fact, id: h.ids.next("event") }]);
  const logs = await Promise.all([caller, callee].map((one) => one.get("/v1/calls")));
  expect(logs.map(({ body }) => body.items)).toMatchObject([
    [{ id: callId, direction: "out", talkedSeconds: 78, quality: { samples: 3 } }],
    [{ id: callId, direction: "in", talkedSeconds: 78, quality: null }],
  ]);
  expect((await (await h.buyer()).get("/v1/calls")).body.items).toEqual([]);
});

test("a call is a card in the conversation of its two, once", async () => {
  const { h, buyer, sellerId, path } = await openMarket();
  await buyer.post(`${path}/messages`, { cid: "cid-000001", text: "May we talk?" });
  const fact = endedCall(h, { callerId: h.ids.next("user"), calleeId: userOf(buyer), sellerId });
  await h.deliver([fact]);
  await h.deliver([{ ...fact, id: h.ids.next("event") }]);
  const { items } = (await buyer.get(`${path}/messages`)).body;
  const cards = items.flatMap(({ card }: { card: unknown }) => card ?? []);
  expect(cards).toEqual([expect.objectContaining({ kind: "call", outcome: "completed", seconds: 78 })]);
});

test("an erased person is in no log, and has asked for nothing", async () => {
  const h = harness();
  const [caller, callee] = [await h.buyer(), await h.buyer()];
  await h.deliver([endedCall(h, { callerId: userOf(caller), calleeId: userOf(callee) })]);
  const userId = userOf(caller);
  await h.deliver([UserErased.make(h.ctx(), { id: userId, version: 2 }, { userId, addressHash: "none" })]);
  expect((await callee.get("/v1/calls")).body.items).toEqual([]);
});

test("one's own line is entered by a ticket, and without a relay nobody is named", async () => {
  const h = harness();
  const buyer = await h.buyer();
  expect((await buyer.post("/v1/calls/tickets")).body.url).toContain(`/call-line/${userOf(buyer)}`);
  expect((await buyer.get("/v1/calls/ice-servers")).body.iceServers).toEqual([]);
});
