import { beforeAll, describe, expect, it } from "vitest";
import { type Body, type Client, clientOf, until } from "../support/http-client.ts";
import {
  type Bought,
  buy,
  guestOf,
  newEmail,
  openStall,
  reach,
  type Stall,
  startCheckout,
} from "../support/market-stall.ts";
import { HURRIED, type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { type Mailbox, mailboxOf, type PaymentSandbox, sandboxOf } from "../support/sandboxes.ts";
import { bringForward } from "../support/time-travel.ts";

const PRICE_MINOR = 7_500_000n;
const SHIPPING_MINOR = 1_500_000n;

let platform: RunningPlatform;
let stall: Stall;
let second: Stall;
/** In a market where little time is left to pay. */
let hurried: Stall;
let sandbox: PaymentSandbox;
let mailbox: Mailbox;

beforeAll(async () => {
  platform = await sharePlatform();
  sandbox = sandboxOf(platform);
  mailbox = mailboxOf(platform);
  const beans = { title: "Gayo coffee beans", priceMinor: PRICE_MINOR, stock: 100 };
  [stall, second, hurried] = await Promise.all([
    openStall(platform, [beans]),
    openStall(platform, [{ title: "Toraja coffee beans", priceMinor: 9_900_000n, stock: 100 }]),
    openStall(platform, [{ title: "Kopi tarik", priceMinor: 1_250n, stock: 10 }], HURRIED.market),
  ]);
});

const offerOf = ({ offers: [offer] }: Stall): string => offer?.offerId ?? "";
const linesOf = (from: Stall, quantity: number) => [{ offerId: offerOf(from), quantity }];
const firstOf = ({ orders: [order] }: Bought): string => order?.id ?? "";
const paymentOf = (buyer: Client, paymentId: string) => buyer.read(`/v1/payments/${paymentId}`);
const movesOf = async (client: Client, orderId: string): Promise<string[]> =>
  (await client.read(`/v1/orders/${orderId}/timeline`)).items.map((event: Body) => event.move);

/** An account as people make one: the link of the mail confirms it. */
async function signUp(email: string): Promise<Client> {
  const visitor = clientOf(platform);
  const password = "kopi tubruk di pagi hari";
  await visitor.do("/v1/auth/sign-up", { email, password, name: "Sari Dewi" });
  const isLink = ({ text }: { text: string }) => text.includes("/verify-email#token=");
  const mail = await mailbox.find(email, "the link to confirm the address", isLink);
  const token = /#token=([\w-]+)/.exec(mail.text)?.[1];
  const verified = await visitor.do("/v1/auth/verify", { token, password });
  expect(verified.status).toBe("signed_in");
  const signedIn = await visitor.do("/v1/auth/sign-in", { email, password });
  return clientOf(platform, { token: signedIn.accessToken });
}

describe.concurrent("a guest", () => {
  it("pays by QRIS, has the invoice by mail and by download, and gets the parcel", async () => {
    const email = newEmail("qris");
    const guest = await guestOf(platform);
    const bought = await buy(guest, { lines: linesOf(stall, 2), method: "qris", email });
    expect(bought.totalMinor).toBe(2n * PRICE_MINOR + SHIPPING_MINOR);
    expect(bought.payment.action).toMatchObject({ kind: "qr", qrString: expect.stringMatching(/^000201/) });
    const orderId = firstOf(bought);
    expect((await guest.get(`/v1/orders/${orderId}/invoice`)).status).toBe(404);

    await sandbox.act(bought.payment.id, "pay");
    await reach(guest, orderId, "paid");
    const isInvoice = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;
    const mail = await mailbox.find(email, "the invoice", isInvoice);
    const downloaded = await guest.get(`/v1/orders/${orderId}/invoice`);
    expect(downloaded.status).toBe(200);
    expect(downloaded.headers.get("content-type")).toBe("application/pdf");
    expect(new TextDecoder().decode(downloaded.bytes.subarray(0, 5))).toBe("%PDF-");
    expect(Buffer.compare(downloaded.bytes, await mailbox.attachment(mail, 0))).toBe(0);

    await stall.shop.do(`/v1/orders/${orderId}/confirm`);
    const parcel = { carrier: "JNE", trackingNumber: "JX3400012345" };
    const shipped = await stall.shop.do(`/v1/orders/${orderId}/ship`, parcel);
    expect(shipped).toMatchObject({ state: "shipped", shipments: [parcel] });
    const isShipped = ({ text }: { text: string }) => text.includes(parcel.trackingNumber);
    await mailbox.find(email, "the tracking number", isShipped);
    await guest.do(`/v1/orders/${orderId}/deliver`);
    expect(await movesOf(guest, orderId)).toEqual(["place", "pay", "confirm", "ship", "deliver"]);
    // What was shipped cannot be cancelled any more.
    const late = await guest.post(`/v1/orders/${orderId}/cancel`, { reason: "changed_mind" });
    expect([late.status, late.body.code]).toEqual([409, "order.wrong_state"]);
  });

  it("pays again by GoPay after a denial", async () => {
    const email = newEmail("again");
    const guest = await guestOf(platform);
    const bought = await buy(guest, { lines: linesOf(stall, 1), method: "qris", email });
    await sandbox.act(bought.payment.id, "deny");
    await until("the denial", async () => (await paymentOf(guest, bought.payment.id)).state === "denied");
    const again = { orderGroupId: bought.orderGroupId, method: "gopay" };
    const payment = await guest.do("/v1/payments", again);
    expect(payment).toMatchObject({ attempt: 2, method: "gopay", action: { kind: "deeplink" } });
    await sandbox.act(payment.id, "pay");
    const order = await reach(guest, firstOf(bought), "paid");
    expect(order.invoice.number).toMatch(/^INV-\d{6}$/);
    expect((await paymentOf(guest, bought.payment.id)).state).toBe("denied");
    const third = await guest.post("/v1/payments", again);
    expect([third.status, third.body.code]).toEqual([409, "payment.not_payable"]);
  });

  it("pays by card: 3D Secure fails, then a new token passes", async () => {
    const guest = await guestOf(platform);
    const basket = { lines: linesOf(stall, 1), method: "card" as const, email: newEmail("card") };
    const complete = { cardToken: await sandbox.cardToken() };
    const bought = await buy(guest, { ...basket, complete });
    expect(bought.payment.action.kind).toBe("redirect");
    await sandbox.authenticate(bought.payment.action.url, "fail");
    await until("the denial", async () => (await paymentOf(guest, bought.payment.id)).state === "denied");
    const cardToken = await sandbox.cardToken();
    const again = { orderGroupId: bought.orderGroupId, method: "card", cardToken };
    const payment = await guest.do("/v1/payments", again);
    await sandbox.authenticate(payment.action.url, "ok");
    await reach(guest, firstOf(bought), "paid");
    expect((await sandbox.see(payment.id)).transaction_status).toBe("capture");
  });

  it("pays cash at the door: the order is confirmed, shipped, delivered and then paid", async () => {
    const guest = await guestOf(platform);
    const checkout = await startCheckout(guest, {
      lines: linesOf(stall, 3),
      method: "cod",
      email: newEmail("cod"),
    });
    const complete = () => guest.post(`/v1/checkouts/${checkout.id}/complete`, {}, { key: "once-and-again" });
    const done = await complete();
    const replayed = await complete();
    expect(replayed.headers.get("idempotent-replayed")).toBe("true");
    expect(replayed.body).toEqual(done.body);
    const orderId = firstOf(done.body);
    expect(await guest.read(`/v1/orders/${orderId}`)).toMatchObject({ state: "placed", paidAt: null });
    const { shop } = stall;
    await shop.do(`/v1/orders/${orderId}/confirm`);
    await shop.do(`/v1/orders/${orderId}/ship`, { carrier: "SiCepat", trackingNumber: "004412345" });
    const delivered = await shop.do(`/v1/orders/${orderId}/deliver?as=seller`);
    expect(delivered).toMatchObject({ state: "delivered", paidAt: expect.any(String) });
    expect(delivered.invoice.number).toMatch(/^INV-/);
    const payment = await paymentOf(guest, done.body.payment.id);
    expect(payment).toMatchObject({ method: "cod", state: "settled" });
  });

  it("cancels before shipping, and the money goes back", async () => {
    const email = newEmail("cancel");
    const guest = await guestOf(platform);
    const bought = await buy(guest, { lines: linesOf(stall, 1), method: "qris", email });
    await sandbox.act(bought.payment.id, "pay");
    await reach(guest, firstOf(bought), "paid");
    const cancelled = await guest.do(`/v1/orders/${firstOf(bought)}/cancel`, { reason: "changed_mind" });
    expect(cancelled.state).toBe("cancelled");
    await expectRefunded(guest, bought);
    await mailbox.find(email, "the refund", ({ subject }) => subject.startsWith("Refund of"));
  });

  it("pays when the order has expired: the money that came too late goes back by itself", async () => {
    const guest = await guestOf(platform, "sg");
    const provider = sandboxOf(platform, "sg");
    const email = newEmail("late");
    const bought = await buy(guest, { lines: linesOf(hurried, 2), method: "qris", email });
    // The provider cannot be asked, so the payment stays open there when it ends here.
    await provider.switchOn(bought.payment.id, { statusFails: "http503" });
    expect((await hurried.stockOf(offerOf(hurried))).available).toBe(8);
    await timeIsOver(guest, bought);
    const expired = await reach(guest, firstOf(bought), "cancelled");
    expect(expired.cancelReason).toBe("unpaid");
    expect((await hurried.stockOf(offerOf(hurried))).available).toBe(10);
    await provider.switchOff(bought.payment.id);

    await provider.act(bought.payment.id, "pay");
    await expectRefunded(guest, bought, provider);
    expect(await movesOf(guest, firstOf(bought))).toEqual(["place", "cancel"]);
    const again = { orderGroupId: bought.orderGroupId, method: "card" };
    const late = await guest.post("/v1/payments", again);
    expect([late.status, late.body.code]).toEqual([409, "payment.not_payable"]);
  });
});

/** Waits for the end of the buyer's time and leaves out the grace that follows it. */
async function timeIsOver(buyer: Client, { orderGroupId, orders: [order] }: Bought): Promise<void> {
  const { payBefore } = await buyer.read(`/v1/orders/${order?.id}`);
  await until("the end of the time to pay", async () => Date.now() > Date.parse(payBefore));
  await bringForward(platform, { kind: "order.expire", subject: orderGroupId, market: buyer.market });
}

async function expectRefunded(buyer: Client, bought: Bought, provider = sandbox): Promise<void> {
  const { id } = bought.payment;
  const payment = await until("the refund", async () => {
    const now = await paymentOf(buyer, id);
    return now.state === "refunded" && now;
  });
  expect(payment.refunds).toMatchObject([{ state: "succeeded" }]);
  expect(BigInt(payment.refunded.minor)).toBe(bought.totalMinor);
  const there = await provider.see(id);
  expect(there.transaction_status).toBe("refund");
  expect(Number(there.refund_amount) * 100).toBe(Number(bought.totalMinor));
  expect(there.refunds).toHaveLength(1);
}

describe.concurrent("somebody with an account", () => {
  it("buys from two shops at once by virtual account, and claims what was bought as a guest", async () => {
    const email = newEmail("sari");
    const guest = await guestOf(platform);
    const before = await buy(guest, { lines: linesOf(stall, 1), method: "cod", email });

    const buyer = await signUp(email);
    // Orders hear by event that the address is proved.
    const claimed = await until("the claim", async () => {
      const { status, body } = await buyer.post("/v1/orders/claim");
      return status === 200 && body;
    });
    expect(claimed.orderGroupIds).toEqual([before.orderGroupId]);
    expect((await guest.get(`/v1/orders/${firstOf(before)}`)).status).toBe(404);

    const lines = [...linesOf(stall, 2), ...linesOf(second, 1)];
    const basket = { lines, method: "virtual_account" as const, email, complete: { bank: "bni" } };
    const bought = await buy(buyer, basket);
    expect(bought.orders.map((order) => order.sellerId).toSorted()).toEqual(
      [stall.sellerId, second.sellerId].toSorted(),
    );
    expect(bought.payment.action).toMatchObject({ kind: "virtual_account", bank: "bni" });
    await sandbox.act(bought.payment.id, "pay");
    for (const { id } of bought.orders) await reach(buyer, id, "paid");
    const mine = await buyer.read("/v1/orders");
    expect(mine.items.map((order: Body) => order.id).toSorted()).toEqual(
      [...bought.orders.map((order) => order.id), firstOf(before)].toSorted(),
    );
    // Each shop sees its own order of the two and nothing of the other's.
    const others = bought.orders.find((order) => order.sellerId === second.sellerId)?.id;
    expect((await stall.shop.get(`/v1/orders/${others}`)).status).toBe(404);
  });
});

describe("when all is bought", () => {
  const everyOrder = async (market: Stall): Promise<Body[]> => {
    const list = await market.operator.read("/v1/orders?as=operator&limit=100");
    const ids: string[] = list.items.map((order: Body) => order.id);
    return Promise.all(ids.map((id) => market.operator.read(`/v1/orders/${id}?as=operator`)));
  };
  const unitsOf = (orders: readonly Body[], offerId: string, field = "quantity"): number =>
    orders
      .flatMap((order) => order.lines)
      .filter((line: Body) => line.offerId === offerId)
      .reduce((sum: number, line: Body) => sum + line[field], 0);

  it("the stock has fallen by what was bought", async () => {
    const orders = await everyOrder(stall);
    const live = orders.filter((order) => order.state !== "cancelled");
    for (const shop of [stall, second]) {
      const { available, onHand, held } = await shop.stockOf(offerOf(shop));
      expect(available).toBe(100 - unitsOf(live, offerOf(shop)));
      expect(onHand).toBe(100 - unitsOf(live, offerOf(shop), "shippedQuantity"));
      expect(held).toBe(0);
    }
  });

  it("the GMV is the sum of the sold orders, for the market and for a shop", async () => {
    const sold = (await everyOrder(stall)).filter((order) => order.paidAt && order.state !== "cancelled");
    const gmvOf = (orders: readonly Body[]) =>
      orders.reduce((sum, order) => sum + BigInt(order.goods.minor) - BigInt(order.tax.minor), 0n);
    expect(sold.length).toBeGreaterThanOrEqual(5);
    const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    const path = `/v1/analytics/sales?from=${day(-1)}&to=${day(1)}`;
    const own = sold.filter((order) => order.sellerId === stall.sellerId);
    for (const [reader, orders] of [
      [stall.operator, sold],
      [stall.shop, own],
    ] as const) {
      let seen: Body;
      const look = async () => {
        seen = await reader.read(path);
        return BigInt(seen.gmv.minor) === gmvOf(orders) && seen.orders === orders.length;
      };
      await until(`GMV ${gmvOf(orders)} of ${orders.length} orders`, look, { seen: () => seen });
      const units = orders.flatMap((order) => order.lines).reduce((sum, line) => sum + line.quantity, 0);
      expect(seen.units).toBe(units);
    }
  });
});
