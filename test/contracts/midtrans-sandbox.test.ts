import { describe, expect, it } from "vitest";
import { crc16 } from "../../local/midtrans/qris.ts";
import {
  type Bench,
  basic,
  bench,
  CLIENT_KEY,
  details,
  orderId,
  qris,
  SERVER_KEY,
  type Wire,
} from "../support/midtrans-sandbox.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WIB = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

const common = (id: string, paymentType: string): Wire => ({
  status_code: "201",
  transaction_id: expect.stringMatching(UUID),
  order_id: id,
  merchant_id: "G123456789",
  gross_amount: "275000.00",
  currency: "IDR",
  payment_type: paymentType,
  transaction_time: expect.stringMatching(WIB),
  transaction_status: "pending",
  fraud_status: "accept",
  expiry_time: expect.stringMatching(WIB),
});

describe("charging by the Core API", () => {
  const cases: [string, Wire, Wire][] = [
    [
      "qris",
      { payment_type: "qris" },
      {
        status_message: "QRIS transaction is created",
        acquirer: "gopay",
        qr_string: expect.stringMatching(/^000201010212/),
        actions: [
          { name: "generate-qr-code", method: "GET", url: expect.stringMatching(/\/v2\/qris\/.+\/qr-code$/) },
        ],
      },
    ],
    [
      "gopay",
      { payment_type: "gopay" },
      {
        status_message: "GO-PAY billing created",
        actions: ["generate-qr-code", "deeplink-redirect", "get-status", "cancel"].map((name) =>
          expect.objectContaining({ name, url: expect.stringMatching(/^http/) }),
        ),
      },
    ],
    ...["bca", "bni", "bri", "cimb"].map((bank): [string, Wire, Wire] => [
      bank,
      { payment_type: "bank_transfer", bank_transfer: { bank } },
      {
        status_message: "Success, Bank Transfer transaction is created",
        va_numbers: [{ bank, va_number: expect.stringMatching(/^\d{11,18}$/) }],
      },
    ]),
    [
      "permata",
      { payment_type: "bank_transfer", bank_transfer: { bank: "permata" } },
      {
        status_message: "Success, PERMATA VA transaction is successful",
        permata_va_number: expect.stringMatching(/^\d+$/),
      },
    ],
    [
      "mandiri",
      { payment_type: "echannel", echannel: { bill_info1: "Payment For:", bill_info2: "Order" } },
      {
        status_message: "OK, Mandiri Bill transaction is successful",
        bill_key: expect.stringMatching(/^\d+$/),
        biller_code: "70012",
      },
    ],
    ...(
      [
        ["alfamart", "alfamart"],
        ["Indomaret", "indomaret"],
      ] as const
    ).map(([asked, store]): [string, Wire, Wire] => [
      store,
      { payment_type: "cstore", cstore: { store: asked, message: "Titan Commerce" } },
      {
        status_message: "Success, cstore transaction is successful",
        store,
        payment_code: expect.stringMatching(/^\d+$/),
      },
    ]),
    [
      "shopeepay",
      { payment_type: "shopeepay", shopeepay: { callback_url: "https://shop.example/return" } },
      {
        status_message: "ShopeePay transaction is created",
        channel_response_code: "0",
        channel_response_message: "success",
        actions: [
          { name: "deeplink-redirect", method: "GET", url: expect.stringMatching(/\/pay\/.+via=shopeepay$/) },
        ],
      },
    ],
  ];

  it.each(cases)("answers %s in its documented shape", async (_name, request, shape) => {
    const { charge } = await bench();
    const id = orderId();
    const answer = await charge({ ...details(id), ...request });
    expect(answer).toMatchObject({ ...common(id, String(request.payment_type)), ...shape });
  });

  it("gives a QRIS text with a right checksum and a PNG of it", async () => {
    const { charge } = await bench();
    const answer = await charge(qris());
    const code = String(answer.qr_string);
    expect(code).toContain("5303360540627500058");
    expect(code.slice(-4)).toBe(crc16(code.slice(0, -4)).toString(16).toUpperCase().padStart(4, "0"));
    const [action] = answer.actions as { url: string }[];
    const picture = await fetch(action?.url ?? "");
    expect(picture.headers.get("content-type")).toBe("image/png");
    expect(
      Buffer.from(await picture.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  });

  it("keeps a virtual account number that the merchant chose, custom fields and metadata", async () => {
    const { charge, call } = await bench();
    const id = orderId();
    const bank_transfer = { bank: "bca", va_number: "12345678911" };
    await charge({
      ...details(id),
      payment_type: "bank_transfer",
      bank_transfer,
      custom_field1: "a",
      metadata: { b: 1 },
    });
    expect(await call("GET", `/v2/${id}/status`)).toMatchObject({
      va_numbers: [{ bank: "bca", va_number: "8127812345678911" }],
      custom_field1: "a",
      metadata: { b: 1 },
    });
  });

  const refused: [string, Wire, string][] = [
    ["no details", { payment_type: "qris" }, "transaction_details.order_id is required"],
    ["a long order id", qris("x".repeat(51)), "transaction_details.order_id too long"],
    ["a strange order id", qris("a b"), "transaction_details.order_id contains invalid characters"],
    ["no amount", qris("a", 0), "transaction_details.gross_amount must be greater than or equal to 0.01"],
    [
      "an unknown shop",
      { ...details("a"), payment_type: "cstore", cstore: { store: "warung" } },
      "cstore.store is invalid",
    ],
    [
      "more than a till shows",
      { ...details("a"), payment_type: "cstore", cstore: { store: "indomaret", message: "x".repeat(21) } },
      "cstore.message too long",
    ],
    ["half a rupiah", qris("a", 100.5), "transaction_details.gross_amount is not a number"],
    ["words", qris("a", "ten"), "transaction_details.gross_amount is not a number"],
    ["no method", details("a"), "payment_type is required"],
    ["an unknown method", { ...details("a"), payment_type: "barter" }, "payment_type is invalid"],
    [
      "items that add up to something else",
      { ...qris("a", 300), item_details: [{ price: 100, quantity: 2, name: "Teh" }] },
      "transaction_details.gross_amount is not equal to the sum of item_details",
    ],
    [
      "a long item name",
      { ...qris("a", 100), item_details: [{ price: 100, quantity: 1, name: "x".repeat(51) }] },
      "item_details Name too long",
    ],
    [
      "an unknown unit",
      { ...qris("a"), custom_expiry: { expiry_duration: 1, unit: "year" } },
      "custom_expiry.unit is invalid",
    ],
  ];

  it.each(refused)("refuses %s with 400 and says why", async (_name, request, message) => {
    const { charge } = await bench();
    expect(await charge(request)).toEqual({
      status_code: "400",
      status_message: "One or more parameters in the payload is invalid.",
      validation_messages: expect.arrayContaining([message]),
      id: expect.stringMatching(UUID),
    });
  });

  it("takes items with discounts that add up", async () => {
    const { charge } = await bench();
    const item_details = [
      { price: 100, quantity: 3, name: "Kopi" },
      { price: -50, quantity: 1, name: "Diskon" },
    ];
    expect(await charge({ ...qris(orderId(), 250), item_details })).toMatchObject({ gross_amount: "250.00" });
  });

  it("refuses a broken body with 413 and an unknown key with 401, over HTTP 200 and 401", async () => {
    const { url } = await bench();
    const send = (key: string, body: string) =>
      fetch(`${url}/v2/charge`, { method: "POST", headers: { authorization: basic(key) }, body });
    const broken = await send(SERVER_KEY, "{");
    expect([broken.status, await broken.json()]).toMatchObject([200, { status_code: "413" }]);
    const stranger = await send("SB-Mid-server-other", JSON.stringify(qris()));
    expect([stranger.status, await stranger.json()]).toMatchObject([401, { status_code: "401" }]);
  });

  it("refuses an order id in use or paid with 406, and takes it again after it came to nothing", async () => {
    const { charge, call, act } = await bench();
    const id = orderId();
    await charge(qris(id));
    expect(await charge(qris(id))).toMatchObject({ status_code: "406" });
    for (const end of ["cancel", "expire"]) {
      await call("POST", `/v2/${id}/${end}`);
      expect(await charge(qris(id))).toMatchObject({ status_code: "201" });
    }
    await act(id, "deny");
    expect(await charge(qris(id))).toMatchObject({ status_code: "201" });
    await act(id, "pay");
    expect(await charge(qris(id))).toMatchObject({ status_code: "406" });
  });

  it("answers a repeated Idempotency-Key with the first answer, also for another body", async () => {
    const { charge } = await bench();
    const headers = { "idempotency-key": "d63ae3e0-a7c5-4733-8d81-b451168d8a2c-charge" };
    const first = await charge(qris(), headers);
    expect(await charge(qris(), headers)).toEqual(first);
    const failed = await charge({ payment_type: "qris" }, { "idempotency-key": "errors-are-not-kept" });
    expect(failed).toMatchObject({ status_code: "400" });
    expect(await charge(qris(), { "idempotency-key": "errors-are-not-kept" })).toMatchObject({
      status_code: "201",
    });
  });

  it("answers 202 to a repeat while the first call is under way", async () => {
    const { charge, faults } = await bench();
    await faults({ answerDelayMs: 200, times: 1 });
    const headers = { "idempotency-key": "slow" };
    const first = charge(qris(), headers);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await charge(qris(), headers)).toMatchObject({ status_code: "202" });
    expect(await first).toMatchObject({ status_code: "201" });
  });
});

describe("cards", () => {
  const charged = async ({ charge, token }: Bench, number: string, card: Wire = {}): Promise<Wire> =>
    charge({
      ...details(),
      payment_type: "credit_card",
      credit_card: { token_id: await token(number), ...card },
    });

  const outcomes: [string, Wire][] = [
    ["4811111111111114", { status_code: "200", transaction_status: "capture", fraud_status: "accept" }],
    ["5211111111111117", { status_code: "200", transaction_status: "capture", fraud_status: "accept" }],
    ["4911111111111113", { status_code: "202", transaction_status: "deny", channel_response_code: "05" }],
    ["4511111111111117", { status_code: "201", transaction_status: "capture", fraud_status: "challenge" }],
    ["4611111111111116", { status_code: "202", transaction_status: "deny", fraud_status: "deny" }],
  ];

  it.each(outcomes)("answers test card %s as documented", async (number, outcome) => {
    const sandbox = await bench();
    expect(await charged(sandbox, number)).toMatchObject({
      ...outcome,
      masked_card: `${number.slice(0, 8)}-${number.slice(-4)}`,
      card_type: "credit",
    });
  });

  it("sends the holder to 3D Secure, where OK captures and Fail denies", async () => {
    const sandbox = await bench();
    for (const [result, status] of [
      ["ok", { transaction_status: "capture", eci: "05", three_ds_version: "2" }],
      ["fail", { transaction_status: "deny", channel_response_code: "05" }],
    ] as const) {
      const answer = await charged(sandbox, "4811111111111114", { authentication: true });
      expect(answer).toMatchObject({ status_code: "201", transaction_status: "pending" });
      const redirect = String(answer.redirect_url);
      expect(redirect).toMatch(/\/v2\/3ds\/redirect\/48111111-1114-/);
      const page = await (await fetch(redirect)).text();
      expect(page).toContain("3D Secure");
      const back = `?callback_url=${encodeURIComponent("https://shop.test/done?a=1")}`;
      const body = new URLSearchParams({ result });
      const done = await fetch(redirect + back, { method: "POST", body, redirect: "manual" });
      const location = new URL(done.headers.get("location") ?? "");
      expect(Object.fromEntries(location.searchParams)).toMatchObject({
        a: "1",
        order_id: answer.order_id,
        transaction_status: status.transaction_status,
      });
      expect(await sandbox.call("GET", `/v2/${answer.order_id}/status`)).toMatchObject(status);
    }
  });

  it("takes a token once, only from its own merchant's page, and only of a valid card", async () => {
    const sandbox = await bench();
    const token_id = await sandbox.token();
    const charge = () =>
      sandbox.charge({ ...details(), payment_type: "credit_card", credit_card: { token_id } });
    expect(await charge()).toMatchObject({ status_code: "200" });
    expect(await charge()).toMatchObject({
      status_code: "411",
      status_message: "Token id is missing, invalid, or timed out",
    });
    const query = `card_number=4811111111111115&card_cvv=123&card_exp_month=12&card_exp_year=2999`;
    expect(await sandbox.call("GET", `/v2/token?client_key=${CLIENT_KEY}&${query}`)).toMatchObject({
      status_code: "400",
      validation_messages: ["card_number does not match with luhn algorithm"],
    });
    expect(await sandbox.call("GET", `/v2/token?client_key=other&${query}`)).toMatchObject({
      status_code: "401",
    });
  });

  it("captures an authorization, at most what was authorized", async () => {
    const sandbox = await bench();
    const { transaction_id, order_id } = await charged(sandbox, "4811111111111114", { type: "authorize" });
    const capture = (gross_amount: number) =>
      sandbox.call("POST", "/v2/capture", { transaction_id, gross_amount });
    expect(await capture(275_001)).toMatchObject({ status_code: "400" });
    expect(await capture(200_000)).toMatchObject({
      status_code: "200",
      status_message: "Success, Credit Card capture transaction is successful",
      transaction_status: "capture",
      gross_amount: "200000.00",
    });
    expect(await capture(100)).toMatchObject({ status_code: "412" });
    expect(await sandbox.act(String(order_id), "settle")).toMatchObject({ transaction_status: "settlement" });
  });

  it("lets the merchant approve or deny only what was challenged", async () => {
    const sandbox = await bench();
    const challenged = async () => String((await charged(sandbox, "4511111111111117")).order_id);
    const [first, second] = [await challenged(), await challenged()];
    expect(await sandbox.act(first, "settle")).toMatchObject({ error: expect.any(String) });
    expect(await sandbox.call("POST", `/v2/${first}/approve`)).toMatchObject({
      status_code: "200",
      fraud_status: "accept",
    });
    expect(await sandbox.call("POST", `/v2/${first}/approve`)).toMatchObject({ status_code: "412" });
    expect(await sandbox.call("POST", `/v2/${second}/deny`)).toMatchObject({
      transaction_status: "deny",
      fraud_status: "deny",
    });
    const accepted = String((await charged(sandbox, "4811111111111114")).order_id);
    expect(await sandbox.call("POST", `/v2/${accepted}/deny`)).toMatchObject({ status_code: "412" });
  });

  it("settles a captured payment by itself", async () => {
    const sandbox = await bench({ cardSettlementMs: 100 });
    const { order_id } = await charged(sandbox, "4811111111111114");
    await expect
      .poll(async () => (await sandbox.call("GET", `/v2/${order_id}/status`)).transaction_status, {
        timeout: 3_000,
      })
      .toBe("settlement");
  });
});

describe("merchants", () => {
  it("see only their own payments", async () => {
    const other = { serverKey: "SB-Mid-server-test-sg", clientKey: "SB-Mid-client-sg", currency: "SGD" };
    const sandbox = await bench({
      merchants: [{ serverKey: SERVER_KEY, clientKey: CLIENT_KEY, currency: "IDR" }, other],
    });
    const id = orderId();
    await sandbox.charge(qris(id));
    const headers = { authorization: basic(other.serverKey) };
    expect(await sandbox.call("GET", `/v2/${id}/status`, undefined, headers)).toMatchObject({
      status_code: "404",
      status_message: "Transaction doesn't exist.",
    });
    expect(await sandbox.charge(qris(id, 19.99), headers)).toMatchObject({
      gross_amount: "19.99",
      currency: "SGD",
    });
    expect(await sandbox.call("GET", `/v2/${id}/status`)).toMatchObject({ gross_amount: "275000.00" });
  });
});
