import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import type { Bank } from "./draft.ts";

export type Method = Schemas["Order"]["paymentMethod"];

const name = texts({
  en: {
    qris: "QRIS",
    virtual_account: "Bank transfer (virtual account)",
    gopay: "GoPay",
    card: "Credit or debit card",
    wallet: "Titan wallet",
    cod: "Cash on delivery",
  },
  id: {
    qris: "QRIS",
    virtual_account: "Transfer bank (virtual account)",
    gopay: "GoPay",
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
    card: "On the card provider's own page.",
    wallet: "Paid at once; bonus is used first.",
    cod: "Pay when the parcel is handed to you.",
  },
  id: {
    qris: "Pindai satu kode dengan aplikasi bank atau dompet digital apa pun.",
    virtual_account: "Nomor bank Anda sebagai tujuan transfer.",
    gopay: "Membuka aplikasinya, atau menampilkan kode untuk dipindai.",
    card: "Di halaman penyedia kartu.",
    wallet: "Langsung terbayar; bonus dipakai lebih dulu.",
    cod: "Bayar saat paket diterima.",
  },
});

export const methodName = (method: Method): string => name[method];
export const methodAbout = (method: Method): string => about[method];

export const BANKS: { readonly [B in Bank]: string } = {
  bca: "BCA",
  bni: "BNI",
  bri: "BRI",
  mandiri: "Mandiri",
  permata: "Permata",
  cimb: "CIMB Niaga",
};

/** Collected by a provider, so that the wallet may pay a part beside it. */
export const isOnline = (method: Method | null): boolean =>
  method !== null && method !== "wallet" && method !== "cod";
