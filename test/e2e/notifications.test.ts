import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { midtransKeysOf } from "../../local/configuration.ts";
import type { Delivery, FaultRequest } from "../../local/midtrans/main.ts";
import { type Answer, type Body, type Client, clientOf, until } from "../support/http-client.ts";
import {
  type Basket,
  buy,
  guestOf,
  newEmail,
  openStall,
  reach,
  type Stall,
} from "../support/market-stall.ts";
import { type RunningPlatform, runPlatform } from "../support/running-platform.ts";
import { type Mailbox, mailboxOf, type PaymentSandbox, sandboxOf } from "../support/sandboxes.ts";
import { bringForward } from "../support/time-travel.ts";

const STOCK = 50;
/** More than a sandbox and a webhook need for all that they have to say to each other. */
const DELAY_MS = 3_000;

let platform: RunningPlatform;
let sandbox: PaymentSandbox;
let mailbox: Mailbox;
beforeAll(async () => {
  // The built-in Redis serves here, as on a machine that has none.
  platform = await runPlatform({ redis: "built-in" });
  sandbox = sandboxOf(platform);
  mailbox = mailboxOf(platform);
  return platform.stop;
});

type Waiting = {
  readonly stall: Stall;
  readonly offerId: string;
  readonly guest: Client;
  readonly email: string;
  readonly orderId: string;
  readonly paymentId: string;
};

/** An order that waits for its payment, in a shop of its own. */
async function placeOrder(method: Basket["method"] = "qris", complete: Basket["complete"] = {}) {
  const stall = await openStall(platform, [{ title: "Kopi", priceMinor: 4_500_000n, stock: STOCK }]);
  const offerId = stall.offers[0]?.offerId ?? "";
  const guest = await guestOf(platform);
  const email = newEmail("told");
  const bought = await buy(guest, { lines: [{ offerId, quantity: 3 }], method, email, complete });
  const paymentId = bought.payment.id;
  await until("the provider's first word", async () => {
    const [first] = await sandbox.notifications(paymentId);
    return first?.state === "delivered";
  });
  const orderId = bought.orders[0]?.id ?? "";
  return { stall, offerId, guest, email, orderId, paymentId, action: bought.payment.action };
}

const stateOf = async ({ guest, orderId }: Waiting) => (await guest.read(`/v1/orders/${orderId}`)).state;
const settlement = async ({ paymentId }: Waiting) => (await sandbox.notifications(paymentId)).slice(1);

/** Paid, and everything that follows from it is there once. */
async function expectPaidOnce(waiting: Waiting): Promise<void> {
  const { guest, orderId, paymentId, email, stall, offerId } = waiting;
  const order = await reach(guest, orderId, "paid");
  expect(order.invoice.number).toBe("INV-000001");
  expect(await guest.read(`/v1/payments/${paymentId}`)).toMatchObject({ state: "settled", refunds: [] });
  const { items } = await guest.read(`/v1/orders/${orderId}/timeline`);
  expect(items.map((event: Body) => event.move)).toEqual(["place", "pay"]);
  expect(await stall.stockOf(offerId)).toEqual({
    available: STOCK - 3,
    onHand: STOCK,
    allocated: 3,
    held: 0,
  });
  let subjects: readonly string[] = [];
  const look = async () => {
    subjects = (await mailbox.list(email)).map(({ subject }) => subject.replace(/ (of|Rp).*/, ""));
    return subjects.length >= 3;
  };
  await until("three mails", look, { seen: () => subjects });
  expect(subjects.toSorted()).toEqual(["Payment", "Please pay", "Your invoice INV-000001"]);
}

async function pay(waiting: Waiting, faults: FaultRequest): Promise<void> {
  await sandbox.switchOn(waiting.paymentId, faults);
  await sandbox.act(waiting.paymentId, "pay");
}

describe.concurrent("a payment that was made", () => {
  it("counts when its notification is late", async () => {
    const waiting = await placeOrder();
    await pay(waiting, { delayMs: DELAY_MS });
    expect(await stateOf(waiting)).toBe("awaiting_payment");
    await expectPaidOnce(waiting);
  });

  it("counts once when its notification comes four times, and again later", async () => {
    const waiting = await placeOrder();
    await pay(waiting, { repeat: 4 });
    let all: readonly Delivery[] = [];
    const look = async () => {
      all = await settlement(waiting);
      return all.every((one) => one.state === "delivered");
    };
    await until("four notifications", look, { seen: () => all.map((one) => one.attempts) });
    expect(all).toHaveLength(4);
    await expectPaidOnce(waiting);
    await sandbox.resend(all[0]?.id ?? "");
    await until("one more", async () => (await settlement(waiting))[0]?.attempts.length === 2);
    await expectPaidOnce(waiting);
  });

  it("counts once when its notifications come in another order", async () => {
    const cardToken = await sandbox.cardToken();
    const waiting = await placeOrder("card", { cardToken });
    await sandbox.switchOn(waiting.paymentId, { reorder: 2 });
    await sandbox.authenticate(waiting.action.url, "ok");
    expect((await settlement(waiting)).map((one) => one.state)).toEqual(["held"]);
    await sandbox.act(waiting.paymentId, "settle");
    const told = await until("both notifications", async () => {
      const all = await settlement(waiting);
      return all.every((one) => one.state === "delivered") && all;
    });
    const statuses = told
      .toSorted((a, b) => (a.attempts[0]?.at ?? 0) - (b.attempts[0]?.at ?? 0))
      .map((one) => JSON.parse(one.body).transaction_status);
    expect(statuses).toEqual(["settlement", "capture"]);
    await expectPaidOnce(waiting);
  });

  it("counts when an old word comes after it", async () => {
    const waiting = await placeOrder();
    await pay(waiting, {});
    await reach(waiting.guest, waiting.orderId, "paid");
    const [pending] = await sandbox.notifications(waiting.paymentId);
    await sandbox.resend(pending?.id ?? "");
    await until("the old word", async () => {
      const [again] = await sandbox.notifications(waiting.paymentId);
      return again?.attempts.length === 2 && again.state === "delivered";
    });
    await expectPaidOnce(waiting);
  });

  it("counts when its notification is lost: the platform asks by itself", async () => {
    const waiting = await placeOrder();
    await pay(waiting, { drop: true });
    expect((await settlement(waiting)).map((one) => one.state)).toEqual(["dropped"]);
    expect(await stateOf(waiting)).toBe("awaiting_payment");
    await bringForward(platform, { kind: "payment.check", subject: waiting.paymentId });
    await expectPaidOnce(waiting);
  });

  it("counts by what the provider says when asked, and not by the amount of a notification", async () => {
    const waiting = await placeOrder();
    await pay(waiting, { wrongAmount: true });
    await expectPaidOnce(waiting);
    const [told] = await settlement(waiting);
    expect(told?.attempts.map((attempt) => attempt.result)).toEqual([200]);
  });

  it("is not believed from a notification that somebody else has signed", async () => {
    const waiting = await placeOrder();
    await pay(waiting, { forge: true });
    const forged = await until("the refusal", async () => {
      const [one] = await settlement(waiting);
      return one?.state === "failed" && one;
    });
    expect(forged.attempts.map((attempt) => attempt.result)).toEqual([403]);
    expect(await stateOf(waiting)).toBe("awaiting_payment");
    await bringForward(platform, { kind: "payment.check", subject: waiting.paymentId });
    await expectPaidOnce(waiting);
  });
});

describe.concurrent("a payment that was not made", () => {
  type Claim = { readonly amount?: string; readonly key?: string; readonly market?: string };

  /** A settlement in the provider's form, as anyone on the internet can post it. */
  const claimPaid = (waiting: Pick<Waiting, "paymentId">, claim: Claim = {}): Promise<Answer> => {
    const { amount = "150000.00", key = midtransKeysOf("id").serverKey, market = "id" } = claim;
    const orderId = `${market}-${waiting.paymentId}`;
    const signed = createHash("sha512").update(`${orderId}200${amount}${key}`).digest("hex");
    return clientOf(platform).post("/v1/webhooks/midtrans", {
      transaction_id: crypto.randomUUID(),
      transaction_status: "settlement",
      fraud_status: "accept",
      status_code: "200",
      order_id: orderId,
      gross_amount: amount,
      currency: "IDR",
      signature_key: signed,
    });
  };

  it("stays unpaid whatever unsigned or misdirected claims say", async () => {
    const waiting = await placeOrder();
    const claims: readonly (readonly [Claim, status: number, code: string])[] = [
      [{ key: "SB-Mid-server-guessed" }, 403, "payment.signature_invalid"],
      [{ key: "" }, 403, "payment.signature_invalid"],
      // Another market's key signs for that market only.
      [{ key: midtransKeysOf("sg").serverKey }, 403, "payment.signature_invalid"],
      [{ key: midtransKeysOf("sg").serverKey, market: "sg" }, 404, "payment.not_found"],
      [{ market: "xx" }, 403, "payment.signature_invalid"],
    ];
    for (const [claim, status, code] of claims) {
      const { status: answered, body } = await claimPaid(waiting, claim);
      expect([answered, body.code], JSON.stringify(claim)).toEqual([status, code]);
    }
    expect(await stateOf(waiting)).toBe("awaiting_payment");
  });

  it("stays unpaid when a signed claim names a penny: the provider, asked, knows of no money", async () => {
    const waiting = await placeOrder();
    expect((await claimPaid(waiting, { amount: "1.00" })).status).toBe(200);
    expect(await stateOf(waiting)).toBe("awaiting_payment");
    const payment = await waiting.guest.read(`/v1/payments/${waiting.paymentId}`);
    expect(payment).toMatchObject({ state: "pending", settledAt: null });
  });

  it("is a fault of form when it is no notification at all", async () => {
    const client = clientOf(platform);
    const answers = await Promise.all(
      [{}, { order_id: "id-1" }].map((body) => client.post("/v1/webhooks/midtrans", body)),
    );
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [400, "payment.notification_invalid"],
      [400, "payment.notification_invalid"],
    ]);
  });
});

describe("while the built-in Redis is killed", () => {
  it("a payment counts, and the shop answers without a cache", async () => {
    expect(platform.redisBackend).toBe("built-in");
    const waiting = await placeOrder();
    const before = await platform.pidOf("redis");
    await platform.kill("redis");
    await pay(waiting, {});
    expect((await waiting.guest.get("/v1/products")).status).toBe(200);
    await expectPaidOnce(waiting);
    await until("its next life", async () => {
      const now = await platform.pidOf("redis");
      return now !== undefined && now !== before;
    });
  });
});
