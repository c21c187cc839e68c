import { fromHundredths, parseAmount } from "./amounts.ts";
import { done, invalid, type Merchant, type Outcome, type PaymentType, type Transaction } from "./types.ts";
import { parseWibTime } from "./wire.ts";

/** Where the payment ends if nobody pays: a moment, or a time from the charge on. */
export type Expiry = { at: number } | { afterMs: number };

/** What a Core API charge and a Snap transaction have in common. */
export interface OrderRequest {
  orderId: string;
  grossAmount: string;
  items: Transaction["items"];
  expiry?: Expiry;
  /** custom_field1 to 3 and metadata come back in every answer and notification. */
  custom: Record<string, unknown>;
}

export interface ChargeRequest extends OrderRequest {
  paymentType: PaymentType;
  card?: { tokenId: string; authentication: boolean; authorizeOnly: boolean; bank: string };
  bank?: string;
  vaNumber?: string;
  store?: string;
  acquirer?: string;
  callbackUrl?: string;
}

export type Fields = Record<string, unknown>;

export const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};

export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/**
 * https://docs.midtrans.com/reference/transaction-details-object: 50 characters, dash, underscore, tilde,
 * dot.
 */
const ORDER_ID = /^[A-Za-z0-9_~.-]+$/;
const ORDER_ID_MAX = 50;

/** Longer names are refused as "item_details Name too long". */
const ITEM_NAME_MAX = 50;

export function parseOrder(body: unknown, merchant: Merchant): Outcome<OrderRequest> {
  const request = fields(body);
  const details = fields(request.transaction_details);
  const problems: string[] = [];
  const orderId = text(details.order_id) ?? "";
  if (orderId === "") problems.push("transaction_details.order_id is required");
  else if (orderId.length > ORDER_ID_MAX) problems.push("transaction_details.order_id too long");
  else if (!ORDER_ID.test(orderId)) problems.push("transaction_details.order_id contains invalid characters");

  const gross = parseAmount(details.gross_amount, merchant.currency);
  if (details.gross_amount === undefined) problems.push("transaction_details.gross_amount is required");
  else if (gross === undefined) problems.push("transaction_details.gross_amount is not a number");
  else if (gross < 1n)
    problems.push("transaction_details.gross_amount must be greater than or equal to 0.01");

  const items = parseItems(request.item_details, merchant, problems);
  if (items.sum !== undefined && gross !== undefined && items.sum !== gross) {
    problems.push("transaction_details.gross_amount is not equal to the sum of item_details");
  }
  const expiry = parseExpiry(request, problems);
  if (problems.length > 0 || gross === undefined) return invalid(problems);
  return done({
    orderId,
    grossAmount: fromHundredths(gross),
    items: items.list,
    custom: customOf(request),
    ...(expiry ? { expiry } : {}),
  });
}

function parseItems(
  value: unknown,
  merchant: Merchant,
  problems: string[],
): { list: Transaction["items"]; sum?: bigint } {
  if (value === undefined || value === null) return { list: [] };
  if (!Array.isArray(value)) {
    problems.push("item_details must be an array");
    return { list: [] };
  }
  const list: Transaction["items"] = [];
  let sum = 0n;
  for (const entry of value.map(fields)) {
    const price = parseAmount(entry.price, merchant.currency);
    const quantity = Number(entry.quantity);
    const name = text(entry.name);
    if (price === undefined) problems.push("item_details price is not a number");
    if (!Number.isInteger(quantity)) problems.push("item_details quantity is not a number");
    if (name === undefined) problems.push("item_details name is required");
    else if (name.length > ITEM_NAME_MAX) problems.push("item_details Name too long");
    if (price === undefined || !Number.isInteger(quantity) || name === undefined) return { list: [] };
    list.push({ name, quantity, price: fromHundredths(price) });
    sum += price * BigInt(quantity);
  }
  return value.length === 0 ? { list } : { list, sum };
}

const UNIT_MS: Record<string, number> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/**
 * Core API's `custom_expiry` (https://docs.midtrans.com/reference/custom-expiry-object) and Snap's
 * `expiry`.
 */
function parseExpiry(request: Fields, problems: string[]): Expiry | undefined {
  const core = request.custom_expiry === undefined ? undefined : fields(request.custom_expiry);
  const snap = request.expiry === undefined ? undefined : fields(request.expiry);
  const chosen = core ?? snap;
  if (!chosen) return undefined;
  const name = core ? "custom_expiry" : "expiry";
  const duration = Number(core ? core.expiry_duration : snap?.duration);
  const unit = UNIT_MS[(text(chosen.unit) ?? "minute").replace(/s$/, "")];
  const from = text(core ? core.order_time : snap?.start_time);
  const start = from === undefined ? undefined : parseWibTime(from);
  if (!Number.isInteger(duration) || duration <= 0) problems.push(`${name} duration is invalid`);
  if (unit === undefined) problems.push(`${name}.unit is invalid`);
  if (from !== undefined && start === undefined) problems.push(`${name} time format is invalid`);
  if (unit === undefined) return undefined;
  return start === undefined ? { afterMs: duration * unit } : { at: start + duration * unit };
}

function customOf(request: Fields): Record<string, unknown> {
  const names = ["custom_field1", "custom_field2", "custom_field3", "metadata"];
  return Object.fromEntries(
    names.filter((name) => request[name] !== undefined).map((name) => [name, request[name]]),
  );
}

const BANKS = new Set(["bca", "bni", "bri", "permata", "cimb"]);
const STORES = new Set(["alfamart", "indomaret"]);
/** As much as a till shows. */
const STORE_MESSAGE_MAX = 20;

export function parseCharge(body: unknown, merchant: Merchant): Outcome<ChargeRequest> {
  const order = parseOrder(body, merchant);
  if (!order.ok) return order;
  const request = fields(body);
  const base = order.value;
  switch (request.payment_type) {
    case "credit_card":
      return parseCardCharge(base, fields(request.credit_card));
    case "qris":
      return done({
        ...base,
        paymentType: "qris",
        acquirer: text(fields(request.qris).acquirer) ?? "gopay",
      });
    case "gopay": {
      const gopay = fields(request.gopay);
      const callbackUrl = gopay.enable_callback === true ? text(gopay.callback_url) : undefined;
      return done({ ...base, paymentType: "gopay", ...(callbackUrl ? { callbackUrl } : {}) });
    }
    case "shopeepay": {
      const callbackUrl = text(fields(request.shopeepay).callback_url);
      return done({ ...base, paymentType: "shopeepay", ...(callbackUrl ? { callbackUrl } : {}) });
    }
    case "echannel":
      return done({ ...base, paymentType: "echannel" });
    // Older integrations name Permata as a payment type of its own: the bank transfer page still does.
    case "permata":
      return done({ ...base, paymentType: "bank_transfer", bank: "permata" });
    case "bank_transfer":
      return parseTransfer(base, fields(request.bank_transfer));
    case "cstore":
      return parseStore(base, fields(request.cstore));
    case undefined:
      return invalid(["payment_type is required"]);
    default:
      return invalid(["payment_type is invalid"]);
  }
}

function parseCardCharge(base: OrderRequest, card: Fields): Outcome<ChargeRequest> {
  return done({
    ...base,
    paymentType: "credit_card",
    card: {
      tokenId: text(card.token_id) ?? "",
      authentication: card.authentication === true,
      authorizeOnly: card.type === "authorize",
      bank: text(card.bank) ?? "mandiri",
    },
  });
}

/** https://docs.midtrans.com/reference/convenience-store-object; its samples write "Indomaret", too. */
function parseStore(base: OrderRequest, cstore: Fields): Outcome<ChargeRequest> {
  const store = text(cstore.store)?.toLowerCase();
  if (!store || !STORES.has(store)) return invalid(["cstore.store is invalid"]);
  if ((text(cstore.message) ?? "").length > STORE_MESSAGE_MAX) return invalid(["cstore.message too long"]);
  return done({ ...base, paymentType: "cstore", store });
}

function parseTransfer(base: OrderRequest, transfer: Fields): Outcome<ChargeRequest> {
  const bank = text(transfer.bank);
  if (!bank) return invalid(["bank_transfer.bank is required"]);
  if (!BANKS.has(bank)) return invalid(["bank_transfer.bank is invalid"]);
  const vaNumber = text(transfer.va_number);
  if (vaNumber !== undefined && !/^\d{1,18}$/.test(vaNumber))
    return invalid(["bank_transfer.va_number is invalid"]);
  return done({ ...base, paymentType: "bank_transfer", bank, ...(vaNumber ? { vaNumber } : {}) });
}
