import type { Schemas } from "../api/schema.gen.ts";
import { money, texts } from "../shell/text.ts";
import type { Bank, PayStore } from "./draft.ts";

export type Method = Schemas["Order"]["paymentMethod"];

const name = texts({
  en: {
    qris: "QRIS",
    virtual_account: "Bank transfer (virtual account)",
    gopay: "GoPay",
    shopeepay: "ShopeePay",
    convenience_store: "At Indomaret or Alfamart",
    card: "Credit or debit card",
    wallet: "Titan wallet",
    cod: "Cash on delivery",
  },
  id: {
    qris: "QRIS",
    virtual_account: "Transfer bank (virtual account)",
    gopay: "GoPay",
    shopeepay: "ShopeePay",
    convenience_store: "Di Indomaret atau Alfamart",
    card: "Kartu kredit atau debit",
    wallet: "Dompet Titan",
    cod: "Bayar di tempat (COD)",
  },
});
const about = texts({
  en: {
    qris: "Scan one code with any bank or wallet app.",
    virtual_account: "A number of your bank that you transfer to.",
    gopay: "Opens the app, or shows a code to scan.",
    shopeepay: "Opens the Shopee app, on this telephone.",
    convenience_store: "A code that you give at the till.",
    card: "On the card provider's own page.",
    wallet: "Paid at once; bonus is used first.",
    cod: "Pay when the parcel is handed to you.",
  },
  id: {
    qris: "Pindai satu kode dengan aplikasi bank atau dompet digital apa pun.",
    virtual_account: "Nomor bank Anda sebagai tujuan transfer.",
    gopay: "Membuka aplikasinya, atau menampilkan kode untuk dipindai.",
    shopeepay: "Membuka aplikasi Shopee, di ponsel ini.",
    convenience_store: "Kode yang Anda sebutkan di kasir.",
    card: "Di halaman penyedia kartu.",
    wallet: "Langsung terbayar; bonus dipakai lebih dulu.",
    cod: "Bayar saat paket diterima.",
  },
});

export const methodName = (method: Method): string => name[method];
export const methodAbout = (method: Method): string => about[method];

const range = texts({
  en: {
    upTo: (max: string) => `Takes up to ${max} at once.`,
    between: (min: string, max: string) => `Takes ${min} to ${max} at once.`,
    from: (min: string) => `Takes ${min} or more.`,
  },
  id: {
    upTo: (max: string) => `Maksimum ${max} sekali bayar.`,
    between: (min: string, max: string) => `Menerima ${min} sampai ${max} sekali bayar.`,
    from: (min: string) => `Minimum ${min}.`,
  },
});

export type Limits = Schemas["Checkout"]["paymentLimits"];

/** Says what the method takes at once, where so much is not within it. */
export function outside(limits: Limits, method: Method, minor: bigint): string | undefined {
  const limit = limits.find((one) => one.method === method);
  if (!limit) return undefined;
  const { min, max } = limit;
  if (minor >= BigInt(min.minor) && (max === null || minor <= BigInt(max.minor))) return undefined;
  if (max === null) return range.from(money(min));
  return BigInt(min.minor) > 0n ? range.between(money(min), money(max)) : range.upTo(money(max));
}

export const BANKS: { readonly [B in Bank]: string } = {
  bca: "BCA",
  bni: "BNI",
  bri: "BRI",
  mandiri: "Mandiri",
  permata: "Permata",
  cimb: "CIMB Niaga",
};

export const STORES: { readonly [S in PayStore]: string } = { indomaret: "Indomaret", alfamart: "Alfamart" };

export type Where = { readonly bank?: Bank; readonly store?: PayStore };

/** Where somebody pays, as far as his method asks it. */
export function whereOf(
  method: Method | null | undefined,
  { bank = "bca", store = "indomaret" }: Where,
): Where {
  return {
    ...(method === "virtual_account" && { bank }),
    ...(method === "convenience_store" && { store }),
  };
}

/** Collected by a provider, so that the wallet may pay a part beside it. */
export const isOnline = (method: Method | null): boolean =>
  method !== null && method !== "wallet" && method !== "cod";
