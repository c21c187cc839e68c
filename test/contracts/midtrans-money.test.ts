import { describe, expect, it } from "vitest";
import { type Action, moved } from "../../local/midtrans/states.ts";
import type { Status } from "../../local/midtrans/types.ts";
import { type Bench, bench, details, orderId, qris, type Wire } from "../support/midtrans-sandbox.ts";

const ACTIONS: Action[] = [
  "settle",
  "capture",
  "authorize",
  "approve",
  "deny",
  "expire",
  "cancel",
  "fail",
  "refund",
  "partial_refund",
  "chargeback",
];

describe("the state table", () => {
  const moves: [Status, Partial<Record<Action, Status>>][] = [
    [
      "pending",
      {
        settle: "settlement",
        capture: "capture",
        authorize: "authorize",
        deny: "deny",
        expire: "expire",
        cancel: "cancel",
        fail: "failure",
      },
    ],
    ["authorize", { capture: "capture", cancel: "cancel", expire: "expire", deny: "deny" }],
    ["capture", { settle: "settlement", cancel: "cancel" }],
    ["settlement", { refund: "refund", partial_refund: "partial_refund", chargeback: "chargeback" }],
    ["partial_refund", { refund: "refund", partial_refund: "partial_refund", chargeback: "chargeback" }],
    ["refund", {}],
    ["chargeback", {}],
    ["deny", {}],
    ["cancel", {}],
    ["expire", {}],
    ["failure", {}],
  ];

  it.each(moves)("lets money that is %s move only as documented", (from, allowed) => {
    const found = ACTIONS.map((action) => [action, moved(from, "accept", action)] as const).filter(
      ([, to]) => to,
    );
    expect(Object.fromEntries(found)).toEqual(allowed);
  });

  it("lets a challenged capture be approved, denied or cancelled, but not settled", () => {
    const found = ACTIONS.filter((action) => moved("capture", "challenge", action));
    expect(found).toEqual(["approve", "deny", "cancel"]);
  });
});

const paidOrder = async ({ charge, act }: Bench, body: Wire = {}): Promise<string> => {
  const id = orderId();
  await charge({ ...qris(id), ...body });
  await act(id, "pay");
  return id;
};

describe("the end of a payment", () => {
  it.each([
    ["qris", {}, { issuer: "gopay", acquirer: "gopay", transaction_type: "on-us" }],
    ["gopay", {}, { payment_option_type: "GOPAY_WALLET" }],
    ["shopeepay", {}, { payment_type: "shopeepay", fraud_status: "accept" }],
    [
      "bank_transfer",
      { bank_transfer: { bank: "bni" } },
      { payment_amounts: [{ amount: "275000.00", paid_at: expect.any(String) }] },
    ],
    ["echannel", {}, { biller_code: "70012" }],
    ["cstore", { cstore: { store: "indomaret" } }, { store: "indomaret", approval_code: expect.any(String) }],
  ])("settles %s when the customer pays", async (payment_type, more, shape) => {
    const sandbox = await bench();
    const id = await paidOrder(sandbox, { payment_type, ...more });
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({
      status_code: "200",
      status_message: "Success, transaction is found",
      transaction_status: "settlement",
      settlement_time: expect.any(String),
      signature_key: expect.stringMatching(/^[0-9a-f]{128}$/),
      ...shape,
    });
  });

  it.each([
    ["cancel", "200", "Success, transaction is canceled", "cancel"],
    ["expire", "407", "Success, transaction has expired", "expire"],
  ])(
    "answers the merchant's %s and refuses it afterwards",
    async (action, status_code, status_message, status) => {
      const { charge, call } = await bench();
      const id = orderId();
      const { transaction_id } = await charge(qris(id));
      expect(await call("POST", `/v2/${transaction_id}/${action}`)).toMatchObject({
        status_code,
        status_message,
        order_id: id,
        transaction_status: status,
      });
      expect(await call("POST", `/v2/${id}/${action}`)).toMatchObject({
        status_code: "412",
        status_message: "Merchant cannot modify the status of the transaction",
      });
      expect(await call("GET", `/v2/${id}/status`)).toMatchObject({ transaction_status: status });
    },
  );

  it("takes no payment after the end, and none of an unknown order", async () => {
    const { charge, act, call } = await bench();
    for (const end of ["deny", "expire", "fail"]) {
      const id = orderId();
      await charge(qris(id));
      await act(id, end);
      expect(await act(id, "pay")).toMatchObject({ error: expect.stringContaining("cannot do that") });
    }
    expect(await call("GET", "/v2/nothing/status")).toMatchObject({ status_code: "404" });
    expect(await call("POST", "/v2/nothing/cancel")).toMatchObject({ status_code: "404" });
  });

  it("does not cancel what is settled", async () => {
    const sandbox = await bench();
    const id = await paidOrder(sandbox);
    expect(await sandbox.call("POST", `/v2/${id}/cancel`)).toMatchObject({ status_code: "412" });
  });

  it("comes by itself at the expiry time, though nobody asks", async () => {
    const { charge, call, act } = await bench();
    const id = orderId();
    const answer = await charge({ ...qris(id), custom_expiry: { expiry_duration: 1, unit: "second" } });
    expect(answer.transaction_status).toBe("pending");
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await call("GET", `/v2/${id}/status`)).toMatchObject({
      status_code: "407",
      transaction_status: "expire",
    });
    expect(await act(id, "pay")).toMatchObject({ error: expect.any(String) });
  });

  it("is where custom_expiry, the method, or order_time puts it", async () => {
    const { charge } = await bench();
    const minutes = async (body: Wire) => {
      const answer = await charge({ ...details(), payment_type: "qris", ...body });
      return (Date.parse(`${answer.expiry_time}Z`) - Date.parse(`${answer.transaction_time}Z`)) / 60_000;
    };
    expect(await minutes({})).toBe(15);
    expect(await minutes({ payment_type: "bank_transfer", bank_transfer: { bank: "bca" } })).toBe(24 * 60);
    expect(await minutes({ custom_expiry: { expiry_duration: 2, unit: "hour" } })).toBe(120);
    expect(await minutes({ custom_expiry: { expiry_duration: 90 } })).toBe(90);
    const order_time = "2999-01-01 07:00:00 +0700";
    const fixed = await charge({ ...qris(), custom_expiry: { order_time, expiry_duration: 1, unit: "day" } });
    expect(fixed.expiry_time).toBe("2999-01-02 07:00:00");
    const past = { order_time: "2000-01-01 07:00:00 +0700", expiry_duration: 1, unit: "day" };
    expect(await charge({ ...qris(), custom_expiry: past })).toMatchObject({ status_code: "407" });
  });
});

describe("refunds", () => {
  const refund = ({ call }: Bench, id: string, body: Wire, path = "refund") =>
    call("POST", `/v2/${id}/${path}`, body);

  it("go out in parts up to the whole, and no further", async () => {
    const sandbox = await bench();
    const id = await paidOrder(sandbox);
    expect(await refund(sandbox, id, { refund_key: "r1", amount: 75_000, reason: "damaged" })).toMatchObject({
      status_code: "200",
      status_message: "Success, refund request is approved",
      transaction_status: "partial_refund",
      refund_amount: "75000.00",
      refund_key: "r1",
      refund_chargeback_id: expect.any(Number),
    });
    expect(await refund(sandbox, id, { refund_key: "r2", amount: 200_001 })).toMatchObject({
      status_code: "414",
      status_message: "Refund request is rejected due to invalid amount",
    });
    expect(await refund(sandbox, id, { refund_key: "r2" }, "refund/online/direct")).toMatchObject({
      status_message: "Success, refund request is approved by the bank",
      transaction_status: "refund",
      refund_amount: "275000.00",
    });
    expect(await refund(sandbox, id, { refund_key: "r3", amount: 1 })).toMatchObject({ status_code: "412" });
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({
      refund_amount: "275000.00",
      refunds: [
        { refund_key: "r1", refund_amount: "75000.00", reason: "damaged", refund_method: "offline" },
        { refund_key: "r2", refund_amount: "200000.00", refund_method: "online" },
      ],
    });
  });

  it("move money once a refund_key", async () => {
    const sandbox = await bench();
    const id = await paidOrder(sandbox);
    await refund(sandbox, id, { refund_key: "same", amount: 100_000 });
    expect(await refund(sandbox, id, { refund_key: "same", amount: 100_000 })).toMatchObject({
      status_code: "406",
      status_message: "Duplicate refund ID",
    });
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({ refund_amount: "100000.00" });
  });

  it.each([
    ["nothing", { amount: 0 }, "414"],
    ["less than nothing", { amount: -1 }, "414"],
    ["half a rupiah", { amount: 0.5 }, "414"],
    ["a strange key", { refund_key: "a b" }, "400"],
  ])("refuse %s", async (_name, body, status_code) => {
    const sandbox = await bench();
    const id = await paidOrder(sandbox);
    expect(await refund(sandbox, id, body)).toMatchObject({ status_code });
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({ transaction_status: "settlement" });
  });

  it("exist only for settled payments of methods that can be refunded", async () => {
    const sandbox = await bench();
    const pending = orderId();
    await sandbox.charge(qris(pending));
    expect(await refund(sandbox, pending, {})).toMatchObject({ status_code: "412" });
    const transfer = await paidOrder(sandbox, {
      payment_type: "bank_transfer",
      bank_transfer: { bank: "bca" },
    });
    expect(await refund(sandbox, transfer, {})).toMatchObject({ status_code: "412" });
  });

  it("can be denied by the bank, and tried again", async () => {
    const sandbox = await bench();
    const id = await paidOrder(sandbox);
    await sandbox.faults({ refundFails: "denied", times: 1 });
    expect(await refund(sandbox, id, { refund_key: "r1" })).toMatchObject({
      status_code: "202",
      status_message: "Refund denied by the bank",
      transaction_status: "settlement",
      refund_amount: "0.00",
    });
    expect(await refund(sandbox, id, { refund_key: "r1" })).toMatchObject({ transaction_status: "refund" });
  });

  it("leave the rest to a chargeback", async () => {
    const sandbox = await bench();
    const id = await paidOrder(sandbox);
    await refund(sandbox, id, { amount: 1_000 });
    expect(await sandbox.act(id, "chargeback")).toMatchObject({ transaction_status: "chargeback" });
    expect(await refund(sandbox, id, { amount: 1_000 })).toMatchObject({ status_code: "412" });
  });
});
