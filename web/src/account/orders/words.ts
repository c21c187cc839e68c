import type { Schemas } from "../../api/schema.gen.ts";
import { texts } from "../../shell/text.ts";
import type { Tone } from "../../ui/tag.tsx";

export type Order = Schemas["Order"];
export type OrderState = Order["state"];

export const STATES = [
  "awaiting_payment",
  "placed",
  "paid",
  "confirmed",
  "shipped",
  "delivered",
  "completed",
  "cancelled",
] as const satisfies readonly OrderState[];

export const stateWords = texts({
  en: {
    awaiting_payment: "To be paid",
    placed: "Pay on delivery",
    paid: "Paid",
    confirmed: "Being packed",
    shipped: "On its way",
    delivered: "Delivered",
    completed: "Completed",
    cancelled: "Cancelled",
  },
  id: {
    awaiting_payment: "Menunggu pembayaran",
    placed: "Bayar di tempat",
    paid: "Dibayar",
    confirmed: "Sedang dikemas",
    shipped: "Dalam perjalanan",
    delivered: "Terkirim",
    completed: "Selesai",
    cancelled: "Dibatalkan",
  },
});

export const stateTones: { readonly [S in OrderState]: Tone } = {
  awaiting_payment: "deal",
  placed: "brand",
  paid: "brand",
  confirmed: "brand",
  shipped: "brand",
  delivered: "good",
  completed: "good",
  cancelled: "plain",
};

export const moveWords = texts({
  en: {
    place: "Order placed",
    pay: "Payment received",
    confirm: "The shop has taken it on",
    ship_part: "A part was handed to the carrier",
    cancel_part: "A part was called off",
    cancel_rest: "What had not left was called off",
    ship: "Handed to the carrier",
    deliver: "Delivered",
    collect: "Paid at the door",
    complete: "Completed",
    cancel: "Cancelled",
  },
  id: {
    place: "Pesanan dibuat",
    pay: "Pembayaran diterima",
    confirm: "Diproses oleh toko",
    ship_part: "Sebagian diserahkan ke kurir",
    cancel_part: "Sebagian dibatalkan",
    cancel_rest: "Yang belum dikirim dibatalkan",
    ship: "Diserahkan ke kurir",
    deliver: "Terkirim",
    collect: "Dibayar di tempat",
    complete: "Selesai",
    cancel: "Dibatalkan",
  },
});

export const cancelWords = texts({
  en: {
    changed_mind: "I changed my mind",
    found_cheaper: "I found it cheaper elsewhere",
    too_slow: "It takes too long",
    wrong_item: "I ordered the wrong thing",
    other: "Another reason",
    out_of_stock: "The shop has run out of it",
    cannot_ship: "The shop cannot send it",
    suspected_fraud: "The shop could not verify the order",
    unpaid: "It was not paid in time",
    not_shipped: "The shop did not send it in time",
    stock_lost: "It had sold out when the payment came",
  },
  id: {
    changed_mind: "Saya berubah pikiran",
    found_cheaper: "Ada yang lebih murah di tempat lain",
    too_slow: "Terlalu lama",
    wrong_item: "Saya salah pesan",
    other: "Alasan lain",
    out_of_stock: "Stok di toko habis",
    cannot_ship: "Toko tidak dapat mengirim",
    suspected_fraud: "Toko tidak dapat memverifikasi pesanan",
    unpaid: "Tidak dibayar tepat waktu",
    not_shipped: "Toko tidak mengirim tepat waktu",
    stock_lost: "Stok habis saat pembayaran masuk",
  },
});

export const BUYER_REASONS = ["changed_mind", "found_cheaper", "too_slow", "wrong_item", "other"] as const;

/** A word of ours for what the API names; what it names newly is shown as it stands. */
export const wordOf = (words: Readonly<Record<string, string>>, name: string): string =>
  words[name] ?? name.replaceAll("_", " ");

export const methodWords = texts({
  en: {
    card: "Card",
    qris: "QRIS",
    virtual_account: "Virtual account",
    gopay: "GoPay",
    shopeepay: "ShopeePay",
    convenience_store: "Indomaret or Alfamart",
    wallet: "Wallet",
    cod: "Cash on delivery",
  },
  id: {
    card: "Kartu",
    qris: "QRIS",
    virtual_account: "Virtual account",
    gopay: "GoPay",
    shopeepay: "ShopeePay",
    convenience_store: "Indomaret atau Alfamart",
    wallet: "Dompet",
    cod: "Bayar di tempat",
  },
});

/** The last letters of an id are enough to tell one's own orders apart, and can be read out. */
export const shortId = (id: string): string => id.slice(-8).toUpperCase();

/** An amount of nought is not worth a line. */
export const isNothing = ({ minor }: Schemas["Money"]): boolean => /^-?0*$/.test(minor);
