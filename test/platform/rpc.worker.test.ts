import { type DescService, toJson } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createClient,
  type Client as RpcClient,
  type Transport,
} from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { describe, expect, test } from "vitest";
import { MINUTE_MS } from "#kernel/clock";
import { admits } from "#kernel/policy";
import { CartService } from "#proto/cart/v1/cart_pb";
import { InventoryService } from "#proto/inventory/v1/inventory_pb";
import { OrderSchema, OrderService } from "#proto/order/v1/order_pb";
import { PaymentSchema, PaymentService } from "#proto/payment/v1/payment_pb";
import { ProductPageSchema, ProductService } from "#proto/product/v1/product_pb";
import { ProblemSchema } from "#proto/type/v1/type_pb";
import { UserService } from "#proto/user/v1/user_pb";
import { createProfile } from "#services/social/user/index";
import { answer, REMOTES } from "../../workers/api.ts";
import { newCategory, openedShop, published, shirt } from "../services/catalog/shelf.ts";
import { buy, openShop, paidOrder } from "../services/transaction/shopping.ts";
import { type Client, type Harness, harness } from "../support/harness.ts";

const PROTOCOLS = { connect: createConnectTransport, "grpc-web": createGrpcWebTransport } as const;
type Protocol = keyof typeof PROTOCOLS;
/** What was called in this file, by protocol. */
const called = new Set<string>();

/** The official client, whose requests go to the Worker as the network would bring them. */
function transport(h: Harness, client: Client, protocol: Protocol): Transport {
  const send = async (url: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("x-market", h.cell);
    headers.set("cf-connecting-ip", `test-${h.ids.next("request")}`);
    if (client.token !== undefined) headers.set("authorization", `Bearer ${client.token}`);
    const { method = "POST", body = null, signal = null } = init;
    const request = new Request(String(url), { method, headers, body, signal });
    called.add(`${protocol} ${new URL(request.url).pathname.slice("/rpc/".length)}`);
    const deferred: Promise<unknown>[] = [];
    const execution = { waitUntil: (work: Promise<unknown>) => void deferred.push(work) };
    const response = await answer(request, h.env, execution, { clock: h.clock });
    await Promise.all(deferred);
    await h.settle();
    return response;
  };
  const fetcher = send as typeof globalThis.fetch;
  const useBinaryFormat = protocol === "grpc-web";
  return PROTOCOLS[protocol]({ baseUrl: "https://api.test/rpc", fetch: fetcher, useBinaryFormat });
}

const as = <S extends DescService>(
  h: Harness,
  service: S,
  client: Client,
  protocol: Protocol = "connect",
): RpcClient<S> => createClient(service, transport(h, client, protocol));

const keyed = () => ({ headers: { "idempotency-key": crypto.randomUUID() } });

async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectError);
  const refused = ConnectError.from(error);
  const [problem] = refused.findDetails(ProblemSchema);
  return { code: refused.code, problem };
}

async function everyRole(h: Harness): Promise<readonly Client[]> {
  const sellerId = h.ids.next("seller");
  const people = [h.guest(), h.buyer(), h.member(sellerId), h.member(sellerId, "staff")];
  const others = [h.operator("admin"), h.operator("catalogue"), h.service([])];
  return [h.anonymous, ...(await Promise.all([...people, ...others]))];
}

describe.each(Object.keys(REMOTES))("%s", (name) => {
  test.each(["connect", "grpc-web"] as const)("admits whom its policies name, over %s", async (protocol) => {
    const h = harness();
    const { service, methods } = (await REMOTES[name]?.())?.rpc ?? {};
    if (!service || !methods) throw new Error(`${name} is not served`);
    for (const client of await everyRole(h)) {
      const remote = as(h, service, client, protocol) as unknown as {
        readonly [method: string]: (message: object, options?: object) => Promise<unknown>;
      };
      for (const [method, { policy }] of Object.entries(methods)) {
        const code = await (remote[method]?.({}, keyed()) ?? Promise.reject(new Error(method))).then(
          () => undefined,
          (error: unknown) => ConnectError.from(error).code,
        );
        const refused = client.actor.kind === "anonymous" ? Code.Unauthenticated : Code.PermissionDenied;
        if (!admits(policy, client.actor)) expect(code, `${method} by ${client.actor.kind}`).toBe(refused);
        else expect([Code.Internal, Code.Unknown, Code.Unimplemented], method).not.toContain(code);
      }
    }
  });
});

test("a profile and addresses, by official clients of both protocols", async () => {
  const h = harness();
  const userId = h.ids.next("user");
  const email = `${userId}@example.com`;
  await h.ctx().db.commit([createProfile({ userId, name: "Siti", email, locale: "id", now: h.clock.now() })]);
  const buyer = await h.buyer(userId);
  const [users, web] = [as(h, UserService, buyer), as(h, UserService, buyer, "grpc-web")];
  const me = await users.getMe({});
  expect(me).toMatchObject({ userId, name: "Siti", email, currency: "IDR" });
  expect(await web.getMe({})).toEqual(me);
  const updated = await web.updateMe({ version: me.version, name: "Siti Rahma" });
  expect([updated.name, updated.version]).toEqual(["Siti Rahma", me.version + 1]);
  const stale = await refusal(users.updateMe({ version: me.version, name: "Ayu" }));
  expect(stale.code).toBe(Code.Aborted);
  const place = { recipient: "Siti", phone: "+6281234567890", country: "ID", region: "DKI Jakarta" };
  const rest = {
    city: "Jakarta Selatan",
    district: "Senayan",
    postalCode: "12190",
    line1: "Jl. Asia Afrika 8",
  };
  const added = await users.addAddress({ ...place, ...rest });
  expect(added).toMatchObject({ ...rest, isDefaultShipping: true });
  expect(added.label).toBeUndefined();
  expect((await web.listAddresses({})).items).toEqual([added]);
  expect(await web.getAddress({ addressId: added.id })).toEqual(added);
  const invalid = await refusal(web.addAddress({ ...place, city: "Jakarta" }));
  expect(invalid).toMatchObject({ code: Code.InvalidArgument, problem: { code: "request.invalid" } });
  expect(invalid.problem?.errors.map(({ path }) => path)).toContain("line1");
  await users.removeAddress({ addressId: added.id });
  const gone = await refusal(web.getAddress({ addressId: added.id }));
  expect(gone.code).toBe(Code.NotFound);
  expect(gone.problem?.requestId).toMatch(/^req_/);
});

test("products and offers, as the HTTP API answers them", async () => {
  const h = harness();
  const { owner } = await openedShop(h);
  const { body: made } = await published(owner, shirt(h, await newCategory(h)));
  const [products, web] = [as(h, ProductService, owner), as(h, ProductService, h.anonymous, "grpc-web")];
  const page = await web.getProduct({ idOrSlug: made.slug });
  const overHttp = (await h.anonymous.get(`/v1/products/${made.slug}`)).body;
  expect(toJson(ProductPageSchema, page)).toMatchObject({
    id: overHttp.id,
    titles: overHttp.titles,
    priceFrom: overHttp.priceFrom,
    publishedAt: expect.any(String),
  });
  expect(page.variants.map(({ values }) => values.size).toSorted()).toEqual(["l", "m"]);
  const { items } = await web.listProducts({ seller: made.sellerId, limit: 5 });
  expect(items.map(({ id }) => id)).toEqual([made.id]);
  expect((await products.listOwnProducts({ state: "published" })).items[0]?.id).toBe(made.id);
  const { items: offers } = await products.listOffers({ productId: made.id });
  const [offer] = offers;
  if (!offer) throw new Error("a published product has its offers");
  expect(await products.getOffer({ offerId: offer.id })).toEqual(offer);
  const price = { minor: "17900000", currency: "IDR" };
  const repriced = await products.setPrices({ prices: [{ offerId: offer.id, price }] });
  expect(repriced).toMatchObject({ changed: 1, unchanged: 0 });
  expect((await products.getOffer({ offerId: offer.id })).price).toMatchObject(price);
  expect((await refusal(web.listOffers({}))).code).toBe(Code.Unauthenticated);
  const stranger = as(h, ProductService, (await openedShop(h)).owner);
  expect((await refusal(stranger.getOffer({ offerId: offer.id }))).code).toBe(Code.NotFound);
  expect((await products.archiveProduct({ productId: made.id })).state).toBe("archived");
  expect((await refusal(products.proposeProduct({ productId: made.id }))).code).toBe(Code.FailedPrecondition);
});

test("an order from its payment to the door, each step once by its key", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const { orderId, paymentId } = await paidOrder(h, { buyer, shops: [shop] });
  const [orders, seller] = [as(h, OrderService, buyer, "grpc-web"), as(h, OrderService, shop.member)];
  const order = await orders.getOrder({ orderId });
  const overHttp = (await buyer.get(`/v1/orders/${orderId}`)).body;
  const json = toJson(OrderSchema, order) as Record<string, unknown>;
  expect(json).toMatchObject({
    id: orderId,
    state: "paid",
    total: overHttp.total,
    version: overHttp.version,
  });
  expect(Object.keys(json).filter((name) => !(name in overHttp))).toEqual([]);
  const listed = await seller.listOrders({ as: "seller", state: "paid" });
  expect(listed.items.map(({ id }) => id)).toEqual([orderId]);
  const confirm = keyed();
  const confirmed = await seller.confirmOrder({ orderId }, confirm);
  expect(confirmed.state).toBe("confirmed");
  expect(await seller.confirmOrder({ orderId }, confirm)).toEqual(confirmed);
  const parcel = { orderId, carrier: "JNE", trackingNumber: "JX1" };
  expect((await refusal(seller.shipOrder(parcel))).problem?.code).toBe("request.key_missing");
  const shipped = await seller.shipOrder(parcel, keyed());
  expect(shipped.shipments[0]).toMatchObject({ carrier: "JNE", trackingNumber: "JX1" });
  const late = keyed();
  const first = await refusal(orders.cancelOrder({ orderId, reason: "changed_mind" }, late));
  expect(first).toMatchObject({ code: Code.FailedPrecondition, problem: { code: "order.wrong_state" } });
  expect(await refusal(orders.cancelOrder({ orderId, reason: "changed_mind" }, late))).toEqual(first);
  const reused = await refusal(orders.cancelOrder({ orderId, reason: "other" }, late));
  expect([reused.code, reused.problem?.code]).toEqual([Code.AlreadyExists, "request.key_reused"]);
  expect((await orders.deliverOrder({ orderId }, keyed())).state).toBe("delivered");
  const timeline = await seller.getTimeline({ orderId, as: "seller" });
  expect(timeline.items.map(({ state }) => state)).toEqual(expect.arrayContaining(["paid", "shipped"]));
  const stranger = as(h, OrderService, await h.buyer());
  expect((await refusal(stranger.getOrder({ orderId }))).code).toBe(Code.NotFound);
  const payments = as(h, PaymentService, buyer, "grpc-web");
  const payment = toJson(PaymentSchema, await payments.getPayment({ paymentId }));
  expect(payment).toMatchObject({ id: paymentId, method: "qris", state: "settled" });
});

test("payments are tried again, and refunds are for operators", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const { orderGroupId, paymentId } = await buy(h, { buyer, shops: [shop], method: "qris" });
  const payments = as(h, PaymentService, buyer);
  expect((await payments.getPayment({ paymentId })).action?.qrString).toEqual(expect.any(String));
  const other = await payments.payAgain({ orderGroupId, method: "virtual_account", bank: "bca" }, keyed());
  expect(other).toMatchObject({ orderGroupId, method: "virtual_account", attempt: 2 });
  const till = { orderGroupId, method: "convenience_store", store: "alfamart" };
  const { action } = await payments.payAgain(till, keyed());
  expect(action).toMatchObject({ kind: "payment_code", store: "alfamart", code: expect.any(String) });
  expect((await refusal(payments.listRefunds({}))).code).toBe(Code.PermissionDenied);
  const desk = as(h, PaymentService, await h.operator(), "grpc-web");
  expect((await desk.listRefunds({ limit: 1 })).items.length).toBeLessThanOrEqual(1);
  const unknown = await refusal(desk.confirmRefund({ refundId: h.ids.next("refund") }, keyed()));
  expect(unknown.code).toBe(Code.NotFound);
});

test("a visitor's cart, and the stock behind it", async () => {
  const h = harness();
  const { owner } = await openedShop(h);
  const { body: made } = await published(owner, shirt(h, await newCategory(h)));
  const offerId: string = made.variants[0].offer.id;
  const stock = as(h, InventoryService, owner, "grpc-web");
  expect(await stock.setLevels({ rows: [{ offerId, onHand: 9 }] }, keyed())).toMatchObject({ rows: 1 });
  const seen = as(h, InventoryService, h.anonymous);
  const available = await seen.getAvailability({ offerIds: [offerId] });
  expect(available.items[0]).toMatchObject({ offerId, available: 9 });
  const { items } = await stock.listLocations({});
  const [location] = items;
  const added = await stock.addLocation({ name: "Gudang Bandung", priority: 1 }, keyed());
  expect(added).toMatchObject({ name: "Gudang Bandung", priority: 1 });
  const received = { kind: "receive", reason: "Purchase 4711", rows: [{ offerId, quantity: 3 }] };
  const key = keyed();
  await stock.adjustStock(received, key);
  await stock.adjustStock(received, key);
  const { items: levels } = await stock.getLevels({ offerId });
  expect(levels[0]).toMatchObject({ offerId, onHand: 12, locationId: location?.id });
  expect((await stock.listLevels({ limit: 10 })).items).toHaveLength(1);
  const opened = await as(h, CartService, h.anonymous).openCart({});
  const cartId = opened.cart?.id ?? "";
  const cart = as(h, CartService, h.withToken(opened.token ?? ""), "grpc-web");
  const changed = await cart.addLines({ cartId, lines: [{ offerId, quantity: 2 }] });
  const lineId = changed.lines[0]?.id ?? "";
  expect(changed.lines).toHaveLength(1);
  expect((await cart.changeLine({ cartId, lineId, quantity: 4, note: "gift" })).lines[0]?.quantity).toBe(4);
  expect((await cart.selectLines({ cartId, isSelected: false })).lines[0]?.isSelected).toBe(false);
  expect((await cart.getCart({ cartId })).id).toBe(cartId);
  const elsewhere = as(h, CartService, await h.guest());
  expect((await refusal(elsewhere.getCart({ cartId }))).code).toBe(Code.NotFound);
  expect((await cart.removeLine({ cartId, lineId })).lines).toEqual([]);
  expect((await cart.emptyCart({ cartId })).lines).toEqual([]);
});

test.each(["connect", "grpc-web"] as const)(
  "who is refused at the door hears it over %s",
  async (protocol) => {
    const h = harness();
    const buyer = await h.buyer();
    h.clock.advance(10 * MINUTE_MS);
    const expired = await refusal(as(h, UserService, buyer, protocol).getMe({}));
    expect(expired).toMatchObject({ code: Code.Unauthenticated, problem: { code: "actor.unauthenticated" } });
    const elsewhere = { ...h, cell: "xx" as Harness["cell"] };
    const nowhere = await refusal(as(elsewhere, ProductService, h.anonymous, protocol).listProducts({}));
    expect(nowhere).toMatchObject({ code: Code.NotFound, problem: { code: "market.not_found" } });
    const few = { ...h, env: { ...h.env, RATE_LIMIT_USER: "0" } };
    const limited = await refusal(as(few, UserService, await h.buyer(), protocol).getMe({}));
    expect(limited).toMatchObject({ code: Code.ResourceExhausted, problem: { code: "request.limited" } });
    const large = { name: "x".repeat(600_000) };
    const tooMuch = await refusal(as(h, UserService, await h.buyer(), protocol).updateMe(large));
    expect(tooMuch.code).toBe(Code.ResourceExhausted);
  },
);

test("each method was called over both protocols", async () => {
  const all = await Promise.all(Object.values(REMOTES).map(async (load) => (await load()).rpc.service));
  const names = all.flatMap((service) => service.methods.map(({ name }) => `${service.typeName}/${name}`));
  expect(names.length).toBeGreaterThanOrEqual(25);
  const missing = names.flatMap((name) => ["connect", "grpc-web"].map((protocol) => `${protocol} ${name}`));
  expect(missing.filter((call) => !called.has(call))).toEqual([]);
});
