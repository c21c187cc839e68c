import { eq } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { expect, inject, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "#kernel/clock";
import { openCtx } from "#kernel/open-ctx";
import { deliverWebhook } from "#platform/webhooks-out/commands/deliver";
import { post } from "#platform/webhooks-out/provider";
import { notification } from "#schema/social/notification";
import { OrderConfirmed } from "#services/transaction/order/facts";
import { toldOrder } from "../services/social/told-orders.ts";
import { type Client, type Harness, harness } from "../support/harness.ts";

const RECEIVER = inject("engineUrls").receiver;
const PATH = "/v1/webhook-endpoints";

type Seen = readonly { readonly headers: Readonly<Record<string, string>>; readonly body: string }[];

/** A stranger's server of this test, which behaves as the words say. */
function receiver(h: Harness, words: string) {
  const name = h.ids.next("request");
  const seen = async (): Promise<Seen> => (await fetch(`${RECEIVER}/seen/${name}`)).json();
  return { url: `${RECEIVER}/r/${name}/${words}`, seen };
}

async function register(client: Client, url: string, eventTypes: readonly string[] = ["order.confirmed"]) {
  const { status, body } = await client.post(PATH, { url, eventTypes });
  expect(status, JSON.stringify(body)).toBe(201);
  return { path: `${PATH}/${body.id}`, secret: body.secret as string, id: body.id as string };
}

/** A shop, and somebody who works there. */
async function openShop(h: Harness) {
  const sellerId = h.ids.next("seller");
  return { sellerId, member: await h.member(sellerId) };
}
type Shop = Awaited<ReturnType<typeof openShop>>;

/** An order of this shop is told of; jobs of webhooks run where the queue would run them. */
async function order(h: Harness, { sellerId }: Shop) {
  const told = toldOrder(h.ids, { buyerId: h.ids.next("user"), email: "ayu@example.com", sellerId });
  await h.deliver([OrderConfirmed.make(h.ctx(), { id: told.orderId, version: 2 }, told)]);
  await h.drain();
  return told;
}

const last = async (client: Client, path: string) => {
  const { body } = await client.get(`${path}/deliveries?limit=1`);
  return (await client.get(`${path}/deliveries/${body.items[0]?.id}`)).body;
};

test("an order is posted once, signed, whole, and to nobody else", async () => {
  const h = harness();
  const [shop, other] = [await openShop(h), await openShop(h)];
  const [mine, theirs, platforms] = [receiver(h, "200"), receiver(h, "200"), receiver(h, "200-long")];
  const endpoint = await register(shop.member, mine.url);
  await register(other.member, theirs.url, ["*"]);
  const operator = await h.operator();
  const { body: own } = await operator.post(`${PATH}?as=operator`, { url: platforms.url, eventTypes: ["*"] });
  const { orderId } = await order(h, shop);
  const [got, ...more] = await mine.seen();
  expect(more).toEqual([]);
  const verified = new Webhook(endpoint.secret).verify(got?.body ?? "", got?.headers ?? {});
  expect(verified).toMatchObject({
    type: "order.confirmed",
    market: "id",
    subject: orderId,
    data: { orderId, sellerId: shop.sellerId, lines: [{ sku: "KOPI-250" }, { sku: "TEH-100" }] },
  });
  expect(got?.body).not.toContain("ayu@example.com");
  expect(await theirs.seen()).toEqual([]);
  expect((await platforms.seen()).some(({ body }) => body.includes(orderId))).toBe(true);
  const delivery = await last(shop.member, endpoint.path);
  expect(delivery).toMatchObject({ state: "delivered", attempts: 1, lastStatus: 200, body: got?.body });
  expect(delivery.eventId).toBe(got?.headers["webhook-id"]);
  const long = await operator.get(`${PATH}/${own.id}/deliveries?as=operator&type=order.confirmed&limit=1`);
  const ofLong = `${PATH}/${own.id}/deliveries/${long.body.items[0].id}?as=operator`;
  expect((await operator.get(ofLong)).body.log[0].answer).toHaveLength(1_024);
  await operator.delete(`${PATH}/${own.id}?as=operator`);
});

test("an endpoint is its owner's alone, and its secret is shown once", async () => {
  const h = harness();
  const [shop, other] = [await openShop(h), await openShop(h)];
  const { path, secret, id } = await register(shop.member, receiver(h, "200").url);
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  expect(JSON.stringify((await shop.member.get(path)).body)).not.toContain("whsec_");
  expect((await other.member.get(path)).status).toBe(404);
  expect((await (await h.operator()).get(`${path}?as=operator`)).status).toBe(404);
  const change = { headers: { "if-match": '"1"' } };
  expect((await other.member.patch(path, { description: "mine" }, change)).status).toBe(404);
  expect((await other.member.delete(path)).status).toBe(404);
  expect((await other.member.post(`${path}/rotate-secret`, {})).status).toBe(404);
  expect((await shop.member.get(PATH)).body.items.map((one: { id: string }) => one.id)).toEqual([id]);
  const forbidden = ["http://shop.example.com/", "https://10.0.0.1/", "https://localhost/"];
  for (const url of forbidden) {
    const { status, body } = await shop.member.post(PATH, { url, eventTypes: ["*"] });
    expect([status, body.code]).toEqual([400, "webhook.url_forbidden"]);
  }
  expect((await shop.member.patch(path, { url: "https://192.168.1.1/" }, change)).status).toBe(400);
  expect((await shop.member.patch(path, { eventTypes: ["*"] }, change)).body.version).toBe(2);
  expect((await shop.member.patch(path, { eventTypes: ["*"] }, change)).body.code).toBe("webhook.stale");
  expect((await shop.member.delete(path)).status).toBe(204);
  expect((await shop.member.get(path)).status).toBe(404);
});

test("a receiver that fails is tried again later with the same bytes, until it takes them", async () => {
  const h = harness();
  const shop = await openShop(h);
  const stranger = receiver(h, "500,redirect,drop,200");
  const { path } = await register(shop.member, stranger.url);
  await order(h, shop);
  const waits = [];
  for (let tries = 1; tries < 4; tries += 1) {
    // The next try may be more than a session away.
    const { state, attempts, nextAttemptAt, id } = await last(await h.member(shop.sellerId), path);
    expect([state, attempts]).toEqual(["pending", tries]);
    waits.push(Date.parse(nextAttemptAt) - h.clock.now());
    expect(await h.runDue(id)).toBe(0);
    h.clock.set(Date.parse(nextAttemptAt));
    expect(await h.runDue(id)).toBe(1);
  }
  const delivery = await last(await h.member(shop.sellerId), path);
  expect(delivery).toMatchObject({ state: "delivered", attempts: 4, lastStatus: 200, nextAttemptAt: null });
  expect(delivery.log.map((one: { status: number | null }) => one.status)).toEqual([200, null, 302, 500]);
  const seen = await stranger.seen();
  expect(seen).toHaveLength(4);
  expect(new Set(seen.map(({ body, headers }) => `${headers["webhook-id"]} ${body}`)).size).toBe(1);
  expect(new Set(seen.map(({ headers }) => headers["webhook-timestamp"])).size).toBeGreaterThan(2);
  expect(waits[0]).toBeGreaterThanOrEqual(4_000);
  expect(waits[1]).toBeGreaterThanOrEqual(4 * MINUTE_MS);
  expect(waits[2]).toBeGreaterThanOrEqual(24 * MINUTE_MS);
});

test("who hangs is given up, who is late is waited for, and neither holds up the other", async () => {
  const h = harness();
  const ctx = h.ctx();
  const send = (words: string) => {
    const stranger = receiver(h, words);
    return post(ctx, { url: stranger.url, headers: {}, body: "{}" });
  };
  const [hangs, late, stalls] = await Promise.all([send("hang"), send("late-700"), send("stall")]);
  expect(hangs).toMatchObject({ status: null, error: "no answer in 8000 ms" });
  expect(late).toMatchObject({ status: 200, answer: "answered 200" });
  expect(late.durationMs).toBeGreaterThanOrEqual(700);
  expect(late.durationMs).toBeLessThan(7_000);
  expect(stalls.status).toBe(200);
});

test("a name is asked for before each try, and what it stands for decides", async () => {
  const h = harness();
  const resolving = (RESOLVER_URL: string) =>
    openCtx({ ...h.ctx(), env: { ...h.env, RESOLVER_URL, WEBHOOK_LOOPBACK: "" } });
  const ctx = resolving(`${RECEIVER}/dns-query`);
  const reason = async (url: string, by = ctx) => (await post(by, { url, headers: {}, body: "{}" })).error;
  expect(await reason("https://10-0-0-1.example.com/")).toBe("the name stands for a private address");
  expect(await reason("https://169-254-169-254.example.com/")).toBe("the name stands for a private address");
  expect(await reason("https://nothing.example.com/")).toBe("the name stands for no address");
  expect(await reason("https://10.0.0.1/")).toBe("webhook.url_forbidden");
  expect(await reason(receiver(h, "200").url)).toBe("webhook.url_forbidden");
  // Without an answer of the resolver nothing is sent.
  expect(await reason("https://8-8-8-8.example.com/", resolving(`${RECEIVER}/r/resolver/500`))).toBe(
    "the resolver answered 500",
  );
});

test("while a secret is replaced both sign", async () => {
  const h = harness();
  const shop = await openShop(h);
  const stranger = receiver(h, "200");
  const { path, secret: old } = await register(shop.member, stranger.url);
  const { body: rotated } = await shop.member.post(`${path}/rotate-secret`, { overlapHours: 2 });
  expect(rotated.secret).not.toBe(old);
  expect(Date.parse(rotated.oldSecretUntil)).toBe(h.clock.now() + 2 * HOUR_MS);
  await shop.member.post(`${path}/test`);
  await h.drain();
  h.clock.advance(2 * HOUR_MS);
  const member = await h.member(shop.sellerId);
  const { body: tested } = await member.post(`${path}/test`);
  await h.drain();
  const [during, after] = await stranger.seen();
  const verify = (secret: string, one: Seen[number] | undefined) =>
    new Webhook(secret).verify(one?.body ?? "", { ...one?.headers, "webhook-timestamp": seconds(one) });
  const seconds = (one: Seen[number] | undefined) => one?.headers["webhook-timestamp"] ?? "";
  for (const secret of [old, rotated.secret]) {
    expect(verify(secret, during)).toMatchObject({ type: "webhook.test", data: { test: true } });
  }
  const signatures = (one: Seen[number] | undefined) => one?.headers["webhook-signature"]?.split(" ").length;
  expect([signatures(during), signatures(after)]).toEqual([2, 1]);
  expect((await member.get(`${path}/deliveries/${tested.deliveryId}`)).body.state).toBe("delivered");
});

test("what fails for three days is disabled, told of, and replayed once it is mended", async () => {
  const h = harness();
  const shop = await openShop(h);
  const stranger = receiver(h, "500,500,200");
  const { path, id } = await register(shop.member, stranger.url);
  await order(h, shop);
  const first = await last(shop.member, path);
  h.clock.advance(3 * DAY_MS);
  expect(await h.runDue(first.id)).toBe(1);
  const member = await h.member(shop.sellerId);
  expect((await member.get(path)).body).toMatchObject({ state: "disabled", disabledFor: "failing" });
  expect((await last(member, path)).state).toBe("held");
  await order(h, shop);
  expect((await last(member, path)).state).toBe("held");
  expect(await stranger.seen()).toHaveLength(2);
  const { actor } = shop.member;
  const userId = actor.kind === "user" ? actor.userId : h.ids.next("user");
  const told = await h.ctx().db.read.select().from(notification).where(eq(notification.userId, userId));
  expect(told.map(({ template }) => template)).toEqual(["webhook.disabled"]);
  const range = {
    since: first.createdAt,
    until: new Date(h.clock.now() + 1).toISOString(),
  };
  expect((await member.post(`${path}/replay`, range)).body.code).toBe("webhook.disabled");
  expect((await member.post(`${path}/deliveries/${first.id}/replay`)).body.code).toBe("webhook.disabled");
  await member.patch(path, { state: "enabled" }, { headers: { "if-match": '"1"' } });
  expect((await member.post(`${path}/replay`, range)).body).toMatchObject({ replayed: 2 });
  await h.drain();
  expect(await stranger.seen()).toHaveLength(4);
  const { body: all } = await member.get(`${path}/deliveries?state=delivered`);
  expect(all.items).toHaveLength(2);
  expect((await member.post(`${path}/deliveries/${first.id}/replay`)).body.replayed).toBe(1);
  await h.drain();
  expect(new Set((await stranger.seen()).map(({ headers }) => headers["webhook-id"])).size).toBe(2);
  expect(id).toMatch(/^whe_/);
});

test("after five failures in a row deliveries wait for a probe, without a try", async () => {
  const h = harness();
  const shop = await openShop(h);
  const stranger = receiver(h, "503");
  const { path } = await register(shop.member, stranger.url);
  for (let i = 0; i < 7; i += 1) await order(h, shop);
  expect(await stranger.seen()).toHaveLength(5);
  const { body } = await shop.member.get(`${path}/deliveries`);
  const tries = body.items.map((one: { attempts: number }) => one.attempts);
  expect(tries.toSorted()).toEqual([0, 0, 1, 1, 1, 1, 1]);
  expect(body.items.every((one: { state: string }) => one.state === "pending")).toBe(true);
  // A job that comes twice or too late does nothing to what has moved on.
  h.clock.advance(HOUR_MS);
  const [{ id }] = body.items;
  const twice = await Promise.all([h.runDue(id), h.runDue(id)]);
  expect(twice[0] + twice[1]).toBe(1);
  expect(await deliverWebhook(h.ctx(), { deliveryId: h.ids.next("webhookDelivery") })).toEqual([]);
});
