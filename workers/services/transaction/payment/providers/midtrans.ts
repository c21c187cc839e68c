import * as z from "zod";
import type { Store } from "../domain/action.ts";
import type { Report } from "../domain/payment.ts";
import { toAction, toAmount, toReport, toWireTime, zTransaction } from "./midtrans-wire.ts";
import type { Charge, Charged, Desk, Known, PaymentProvider, Place, Refunded, Send, Take } from "./port.ts";
import { ProviderSilent } from "./port.ts";

/** A buyer waits for a charge; a question can be asked again. */
const CHARGE_TIMEOUT_MS = 12_000;
const CALL_TIMEOUT_MS = 8_000;
const MINUTE_MS = 60_000;

/** The market is part of it: one webhook address serves all, and their payments never meet. */
const orderIdOf = (cell: string, paymentId: Place["id"]): string => `${cell}-${paymentId}`;

const zAnswer = z.looseObject({ status_code: z.string().optional(), status_message: z.string().optional() });
type Answer = { readonly code: number; readonly body: z.output<typeof zAnswer> };
const zSnap = z.looseObject({ token: z.string(), redirect_url: z.url() });

/** The order id was charged before: what came of it is to be asked, not tried again. */
const ALREADY_CHARGED = 406;
const NO_TRANSACTION = 404;
/** Our keys are wrong, or we ask too fast: neither says anything about the payment. */
const NOT_AN_ANSWER = [401, 429];
/** Indomaret's tills show no more than 20 characters. */
const SELLER = "Titan Commerce";
/** Says that the first call with this Idempotency-Key is still under way. */
const IN_PROCESS = "The request is still in process.";

/** https://docs.midtrans.com/reference/core-api; the base address and the keys are the cell's. */
export function midtrans(desk: Desk): PaymentProvider {
  const { cell } = desk;
  const call = (path: string, options: CallOptions = {}) => callMidtrans(desk, path, options);
  const pathOf = (id: Place["id"], verb: string) => `/v2/${orderIdOf(cell, id)}/${verb}`;
  const find = async ({ id }: Place) => toKnown(await call(pathOf(id, "status")));
  return {
    name: "midtrans",
    find,
    charge: (charge) => collect(desk, charge),
    async cancel(place) {
      // Refused where it is paid or over already: either way the status is the answer.
      await call(pathOf(place.id, "cancel"), { body: {}, key: `c-${place.id}` });
      return find(place);
    },
    capture: (take) => captureAt(desk, take, find),
    refund: (send) => refundAt(desk, send),
  };
}

/** Tokens of another provider's script mean nothing here: the buyer gives his card on the page. */
const isOurs = (token: string | undefined): boolean => token !== undefined && !/^(pm|tok)_/.test(token);

async function collect(desk: Desk, charge: Charge): Promise<Charged> {
  const hasToken = isOurs(charge.cardToken);
  try {
    return charge.method === "card" && !hasToken
      ? await openPage(desk, charge)
      : await chargeDirectly(desk, charge);
  } catch (error) {
    // Without the answer nobody has the code or the page to pay with; a card may be charged all the same.
    if (!(error instanceof ProviderSilent) || (charge.method === "card" && hasToken)) throw error;
    throw new ProviderSilent(error.message, { isHarmless: true });
  }
}

/** https://docs.midtrans.com/reference/capture-transaction: once, of all or less; the rest is let go. */
async function captureAt(desk: Desk, take: Take, find: PaymentProvider["find"]): Promise<Known | undefined> {
  const known = await find(take);
  if (known?.report.status !== "authorize") return known;
  const { minor, currency } = take.amount;
  const body = { transaction_id: known.report.transactionId, gross_amount: toAmount(minor, currency) };
  await callMidtrans(desk, "/v2/capture", { body, key: take.key });
  return find(take);
}

type CallOptions = {
  readonly body?: object;
  readonly key?: string;
  readonly timeoutMs?: number;
  readonly base?: string;
};

/** Errors of the Core API come as HTTP 200 with the code in the body: both are looked at. */
async function callMidtrans(
  { config: { midtrans: account } }: Desk,
  path: string,
  { body, key, timeoutMs = CALL_TIMEOUT_MS, base = account.apiUrl }: CallOptions,
): Promise<Answer> {
  const headers = new Headers({
    accept: "application/json",
    authorization: `Basic ${btoa(`${account.serverKey}:`)}`,
  });
  if (body) headers.set("content-type", "application/json");
  if (key) headers.set("idempotency-key", key);
  const signal = AbortSignal.timeout(timeoutMs);
  const method = body ? "POST" : "GET";
  const init = { method, headers, signal, ...(body ? { body: JSON.stringify(body) } : {}) };
  try {
    const response = await fetch(new URL(path, base), init);
    const answer = zAnswer.parse(await response.json());
    const code = Number(answer.status_code ?? response.status);
    const silent = response.status >= 500 || code >= 500 || NOT_AN_ANSWER.includes(code);
    if (silent || answer.status_message === IN_PROCESS) {
      throw new ProviderSilent(`${method} answered ${code}`);
    }
    return { code, body: answer };
  } catch (error) {
    if (error instanceof ProviderSilent) throw error;
    throw new ProviderSilent(error instanceof Error ? error.name : "no answer");
  }
}

/** A transaction in an answer counts whatever the code beside it: an expired one comes with 407. */
function toKnown({ code, body }: Answer): Known | undefined {
  if (code === NO_TRANSACTION) return undefined;
  const parsed = zTransaction.safeParse(body);
  if (!parsed.success) throw new ProviderSilent(`no transaction in answer ${code}`);
  const keys = (parsed.data.refunds ?? []).flatMap((refund) => refund.refund_key ?? []);
  return { report: toReport(parsed.data), refundKeys: keys };
}

const detailsOf = (cell: string, { id, amount }: Charge) => ({
  order_id: orderIdOf(cell, id),
  gross_amount: toAmount(amount.minor, amount.currency),
});

/** Whole minutes are what every method understands; a started one is given. */
const minutesLeft = (charge: Charge, now: number) => Math.max(1, Math.ceil((charge.payBy - now) / MINUTE_MS));

function methodFields(desk: Desk, charge: Charge): object {
  const back = `${desk.config.origin}/payments/${charge.id}/return`;
  switch (charge.method) {
    case "card":
      return {
        payment_type: "credit_card",
        credit_card: {
          token_id: charge.cardToken,
          authentication: true,
          callback_url: back,
          ...(charge.capture === "manual" ? { type: "authorize" } : {}),
        },
      };
    case "gopay":
      return { payment_type: "gopay", gopay: { enable_callback: true, callback_url: back } };
    case "shopeepay":
      return { payment_type: "shopeepay", shopeepay: { callback_url: back } };
    case "convenience_store":
      return { payment_type: "cstore", cstore: storeFields(charge.options.store ?? "indomaret") };
    case "virtual_account": {
      const bank = charge.options.bank ?? "bca";
      if (bank === "mandiri") {
        return { payment_type: "echannel", echannel: { bill_info1: "Payment:", bill_info2: "Order" } };
      }
      return { payment_type: "bank_transfer", bank_transfer: { bank } };
    }
    case "qris":
      return { payment_type: "qris", qris: { acquirer: "gopay" } };
  }
}

/** https://docs.midtrans.com/reference/convenience-store-object: shown at the till, or printed. */
const storeFields = (store: Store): object =>
  store === "indomaret" ? { store, message: SELLER } : { store, alfamart_free_text_1: SELLER };

async function chargeDirectly(desk: Desk, charge: Charge): Promise<Charged> {
  const body = {
    ...methodFields(desk, charge),
    transaction_details: detailsOf(desk.cell, charge),
    custom_expiry: {
      order_time: toWireTime(desk.now),
      expiry_duration: minutesLeft(charge, desk.now),
      unit: "minute",
    },
  };
  const answer = await callMidtrans(desk, "/v2/charge", {
    body,
    key: charge.id,
    timeoutMs: CHARGE_TIMEOUT_MS,
  });
  if (answer.code === ALREADY_CHARGED) {
    const known = toKnown(await callMidtrans(desk, `/v2/${orderIdOf(desk.cell, charge.id)}/status`, {}));
    return known ? { report: known.report } : {};
  }
  const parsed = zTransaction.safeParse(answer.body);
  if (!parsed.success) return refusedCharge(charge, answer);
  const action = toAction(answer.body);
  return { report: toReport(parsed.data), ...(action ? { action } : {}) };
}

/** Midtrans' own page, for cards without a token: https://docs.midtrans.com/reference/snap-transactions */
async function openPage(desk: Desk, charge: Charge): Promise<Charged> {
  const body = {
    transaction_details: detailsOf(desk.cell, charge),
    enabled_payments: ["credit_card"],
    credit_card: { secure: true, ...(charge.capture === "manual" ? { type: "authorize" } : {}) },
    callbacks: { finish: `${desk.config.origin}/payments/${charge.id}/return` },
    expiry: { start_time: toWireTime(desk.now), duration: minutesLeft(charge, desk.now), unit: "minutes" },
  };
  const base = desk.config.midtrans.snapUrl;
  const answer = await callMidtrans(desk, "/snap/v1/transactions", {
    body,
    key: `s-${charge.id}`,
    base,
    timeoutMs: CHARGE_TIMEOUT_MS,
  });
  const parsed = zSnap.safeParse(answer.body);
  if (!parsed.success) return refusedCharge(charge, answer);
  return { action: { kind: "redirect", url: parsed.data.redirect_url } };
}

/** Refused before there was a transaction: the try has failed under a name of its own. */
function refusedCharge({ amount }: Charge, { code }: Answer): Charged {
  const report: Report = {
    provider: "midtrans",
    transactionId: `refused-${code}`,
    status: "failure",
    amount,
    capturedMinor: 0n,
    refundedMinor: 0n,
  };
  return { report, isRefused: true };
}

/** Cards go back by the bank's batch: https://docs.midtrans.com/reference/direct-refund-transaction. */
async function refundAt(desk: Desk, { id, method, key, amount, reason }: Send): Promise<Refunded> {
  const orderId = orderIdOf(desk.cell, id);
  const verb = method === "card" ? "refund" : "refund/online/direct";
  const body = { refund_key: key, amount: toAmount(amount.minor, amount.currency), reason };
  const { code, body: answer } = await callMidtrans(desk, `/v2/${orderId}/${verb}`, { body, key });
  // 406 says that a refund with this key exists: the first answer was lost on its way.
  if (code === 200 || code === ALREADY_CHARGED) return { kind: "done" };
  return { kind: "refused", note: `${code} ${answer.status_message ?? ""}`.trim().slice(0, 200) };
}
