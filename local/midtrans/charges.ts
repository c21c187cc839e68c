import { randomInt } from "node:crypto";
import { qrisText } from "./qris.ts";
import type { ChargeRequest } from "./requests.ts";
import type { Card, Merchant, PaymentType, Transaction } from "./types.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** https://docs.midtrans.com/reference/code-statuses (201) and the page of each method. */
const DEFAULT_EXPIRY_MS: Record<PaymentType, number> = {
  credit_card: 10 * MINUTE_MS,
  qris: 15 * MINUTE_MS,
  gopay: 15 * MINUTE_MS,
  shopeepay: 5 * MINUTE_MS,
  bank_transfer: DAY_MS,
  echannel: DAY_MS,
  cstore: DAY_MS,
};

/** https://docs.midtrans.com/reference/charge-transactions-on-card, `expiry_time`. */
export const AUTHORIZED_EXPIRY_MS = 8 * DAY_MS;

export interface ChargePlace {
  id: string;
  now: number;
  merchant: Merchant;
  /** Base of the sandbox's own addresses. */
  publicUrl: string;
  card?: Card;
  notificationUrls: string[];
  finishUrl?: string;
}

/** A new transaction, before anything has been decided about it. */
export function newTransaction(request: ChargeRequest, place: ChargePlace): Transaction {
  const { id, now, merchant } = place;
  const expiry = request.expiry ?? { afterMs: DEFAULT_EXPIRY_MS[request.paymentType] };
  const finishUrl = place.finishUrl ?? request.callbackUrl ?? merchant.finishUrl;
  const transaction: Transaction = {
    id,
    orderId: request.orderId,
    serverKey: merchant.serverKey,
    paymentType: request.paymentType,
    status: "pending",
    fraud: "accept",
    grossAmount: request.grossAmount,
    currency: merchant.currency,
    createdAt: now,
    expiresAt: "at" in expiry ? expiry.at : now + expiry.afterMs,
    refunds: [],
    shown: request.custom,
    charged: {},
    notificationUrls: place.notificationUrls,
    items: request.items,
    ...(finishUrl ? { finishUrl } : {}),
  };
  const method = METHODS[request.paymentType](request, transaction, place);
  return { ...transaction, ...method, shown: { ...method.shown, ...request.custom } };
}

interface MethodFields extends Pick<Transaction, "shown" | "charged"> {
  card?: NonNullable<Transaction["card"]>;
}

type Method = (request: ChargeRequest, transaction: Transaction, place: ChargePlace) => MethodFields;

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join("");

const qrAction = (place: ChargePlace, kind: "qris" | "gopay") => ({
  name: "generate-qr-code",
  method: "GET",
  url: `${place.publicUrl}/v2/${kind}/${place.id}/qr-code`,
});

const METHODS: Record<PaymentType, Method> = {
  // https://docs.midtrans.com/reference/qris
  qris: (request, transaction, place) => ({
    shown: { acquirer: request.acquirer ?? "gopay" },
    charged: { qr_string: qrisText(transaction, place.merchant), actions: [qrAction(place, "qris")] },
  }),
  // https://docs.midtrans.com/reference/gopay-1; Midtrans' own sandbox gives a web address as deep link, too.
  gopay: (_request, transaction, place) => ({
    shown: {},
    charged: {
      qr_string: qrisText(transaction, place.merchant),
      actions: [
        qrAction(place, "gopay"),
        { name: "deeplink-redirect", method: "GET", url: `${place.publicUrl}/pay/${place.id}?via=gopay` },
        { name: "get-status", method: "GET", url: `${place.publicUrl}/v2/${place.id}/status` },
        { name: "cancel", method: "POST", url: `${place.publicUrl}/v2/${place.id}/cancel`, fields: [] },
      ],
      channel_response_code: "200",
      channel_response_message: "Success",
    },
  }),
  // https://docs.midtrans.com/reference/shopeepay-1: the app is the only way, there is no code to scan.
  shopeepay: (_request, _transaction, place) => ({
    shown: {},
    charged: {
      actions: [
        { name: "deeplink-redirect", method: "GET", url: `${place.publicUrl}/pay/${place.id}?via=shopeepay` },
      ],
      channel_response_code: "0",
      channel_response_message: "success",
    },
  }),
  // https://docs.midtrans.com/reference/bca-virtual-account and the pages of the other banks
  bank_transfer: (request) => {
    const bank = request.bank ?? "bca";
    const number = request.vaNumber ?? digits(11);
    if (bank === "permata") return { shown: { permata_va_number: `8500${number}` }, charged: {} };
    const vaNumber = bank === "bni" ? `9888${number}` : `81278${number}`;
    return { shown: { va_numbers: [{ bank, va_number: vaNumber }] }, charged: {} };
  },
  // https://docs.midtrans.com/reference/mandiri-bill-payment
  echannel: () => ({ shown: { bill_key: digits(12), biller_code: "70012" }, charged: {} }),
  // https://docs.midtrans.com/reference/alfamart-1 and indomaret-1
  cstore: (request) => ({ shown: { store: request.store ?? "", payment_code: digits(16) }, charged: {} }),
  // https://docs.midtrans.com/reference/charge-transactions-on-card
  credit_card: (request, _transaction, place) => ({
    shown: {
      masked_card: place.card?.masked ?? "",
      bank: request.card?.bank ?? "mandiri",
      card_type: place.card?.type ?? "credit",
    },
    charged: request.card?.authentication
      ? { redirect_url: `${place.publicUrl}/v2/3ds/redirect/${place.card?.masked}-${place.id}` }
      : {},
    ...(place.card ? { card: { ...place.card, authorizeOnly: request.card?.authorizeOnly === true } } : {}),
  }),
};
