import { describe, expect, test } from "vitest";
import type { Cell } from "#kernel/cell";
import { DAY_MS, MINUTE_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { midtrans } from "#services/transaction/payment/providers/midtrans";
import { isSigned, toReport, zNotification } from "#services/transaction/payment/providers/midtrans-wire";
import { bench, CLIENT_KEY, SERVER_KEY, shop } from "../support/midtrans-sandbox.ts";

type Provider = ReturnType<typeof midtrans>;
type Charge = Parameters<Provider["charge"]>[0];
type Wanted = Pick<Charge, "method" | "options"> & { readonly forMs?: number };

const AMOUNT = { minor: 27_500_000n, currency: "IDR" } as const;
const ORIGIN = "https://shop.example";
let count = 0;

/** Our own client at the sandbox's desk, and what the shop is told there. */
async function counter() {
  const target = await shop();
  const sandbox = await bench({ notificationUrl: target.url });
  const now = Date.now();
  const account = { serverKey: SERVER_KEY, clientKey: CLIENT_KEY, apiUrl: sandbox.url, snapUrl: sandbox.url };
  const desk = { cell: "id" as Cell, now, config: { origin: ORIGIN, midtrans: account, stripe: undefined } };
  const provider = midtrans(desk);
  const charge = async ({ method, options, forMs = 15 * MINUTE_MS }: Wanted) => {
    count += 1;
    const id = `pay_methods${count}` as Id<"payment">;
    const charged = await provider.charge({
      ...{ id, method, options, amount: AMOUNT, payBy: now + forMs, capture: "automatic" },
      remember: async () => undefined,
    });
    return { ...charged, id, orderId: `id-${id}` };
  };
  const told = async (many: number) => zNotification.parse((await target.until(many))[many - 1]?.body);
  return { sandbox, provider, charge, told, now };
}

const METHODS: readonly Wanted[] = [
  { method: "shopeepay", options: {} },
  { method: "convenience_store", options: { store: "alfamart" }, forMs: DAY_MS },
];

describe.each(METHODS)("$method", (wanted) => {
  const send = { method: wanted.method, key: "r-1", amount: AMOUNT, reason: "changed_mind" };

  test("is charged once, until its own time is up, and settles when it is paid", async () => {
    const { sandbox, provider, charge, told, now } = await counter();
    const { id, orderId, report } = await charge(wanted);
    expect(report).toMatchObject({
      provider: "midtrans",
      status: "pending",
      amount: AMOUNT,
      capturedMinor: 0n,
    });
    const found = await sandbox.call("GET", `/sandbox/transactions/${orderId}`);
    const until = Date.parse(`${String(found.expiry_time).replace(" ", "T")}+07:00`);
    expect(Math.abs(until - now - (wanted.forMs ?? 15 * MINUTE_MS))).toBeLessThan(2_000);
    await told(1);
    await sandbox.act(orderId, "pay");
    const settled = await told(2);
    expect(isSigned(settled, SERVER_KEY)).toBe(true);
    const paid = { status: "settlement", amount: AMOUNT, capturedMinor: AMOUNT.minor };
    expect(toReport(settled)).toMatchObject(paid);
    expect((await provider.find({ id }))?.report).toMatchObject(paid);
  });

  test.each(["expire", "deny"] as const)("ends by %s without money", async (action) => {
    const { sandbox, provider, charge, told } = await counter();
    const { id, orderId } = await charge(wanted);
    await told(1);
    await sandbox.act(orderId, action);
    const over = { status: action, capturedMinor: 0n };
    expect(toReport(await told(2))).toMatchObject(over);
    expect((await provider.find({ id }))?.report).toMatchObject(over);
  });

  test("is given up when the buyer pays another way", async () => {
    const { provider, charge } = await counter();
    const { id } = await charge(wanted);
    expect((await provider.cancel({ id }))?.report).toMatchObject({ status: "cancel", capturedMinor: 0n });
  });

  test("is not believed when somebody else has signed it", async () => {
    const { sandbox, charge, told } = await counter();
    const { orderId } = await charge(wanted);
    await told(1);
    await sandbox.faults({ forge: true, orderId });
    await sandbox.act(orderId, "pay");
    const forged = await told(2);
    expect(forged).toMatchObject({ order_id: orderId, transaction_status: "settlement" });
    expect(isSigned(forged, SERVER_KEY)).toBe(false);
  });

  test("sends back what it can", async () => {
    const { sandbox, provider, charge } = await counter();
    const { id, orderId } = await charge(wanted);
    await sandbox.act(orderId, "pay");
    const first = await provider.refund({ ...send, id });
    const known = await provider.find({ id });
    if (wanted.method === "shopeepay") {
      expect([first, await provider.refund({ ...send, id })]).toEqual([{ kind: "done" }, { kind: "done" }]);
      expect(known).toMatchObject({ refundKeys: ["r-1"], report: { refundedMinor: AMOUNT.minor } });
    } else {
      expect(first).toMatchObject({ kind: "refused", note: expect.stringContaining("412") });
      expect(known).toMatchObject({ refundKeys: [], report: { status: "settlement", refundedMinor: 0n } });
    }
  });
});

test("ShopeePay leads into the app and from there to the payment's own page", async () => {
  const { charge } = await counter();
  const { id, action } = await charge({ method: "shopeepay", options: {} });
  if (action?.kind !== "deeplink") throw new Error(`${action?.kind} is not a way into the app`);
  expect(action.qrString).toBeNull();
  const page = await fetch(action.url);
  expect(await page.text()).toContain("The Shopee app asks for your PIN here");
  const paid = await fetch(`${new URL(action.url).origin}${new URL(action.url).pathname}/pay`, {
    method: "POST",
  });
  expect(await paid.text()).toContain(`${ORIGIN}/payments/${id}/return`);
});

test.each([
  ["indomaret", { store: "indomaret" }],
  ["alfamart", { store: "alfamart" }],
  ["indomaret", {}],
] as const)("a code for the tills of %s", async (store, options) => {
  const { charge } = await counter();
  const { action } = await charge({ method: "convenience_store", options });
  expect(action).toEqual({ kind: "payment_code", store, code: expect.stringMatching(/^\d{10,20}$/) });
});
