import type { Locale } from "#kernel/errors";
import type { Currency } from "#kernel/money";
import type { PaymentMethod } from "../../domain.ts";

const EN = {
  title: "INVOICE",
  number: "Number",
  date: "Date",
  order: "Order",
  placed: "Ordered",
  seller: "Sold by",
  buyer: "Billed and shipped to",
  item: "Item",
  quantity: "Qty",
  unitPrice: "Unit price",
  amount: "Amount",
  goods: "Goods",
  shipping: "Shipping",
  discount: "discount",
  total: "Total",
  included: "included",
  page: "Page",
  of: "of",
  paid: "Paid",
  with: "by",
};
export type Words = typeof EN;

const ID: Words = {
  title: "FAKTUR",
  number: "Nomor",
  date: "Tanggal",
  order: "Pesanan",
  placed: "Dipesan",
  seller: "Penjual",
  buyer: "Ditagihkan dan dikirim kepada",
  item: "Barang",
  quantity: "Jml",
  unitPrice: "Harga satuan",
  amount: "Jumlah",
  goods: "Barang",
  shipping: "Ongkos kirim",
  discount: "diskon",
  total: "Total",
  included: "termasuk",
  page: "Halaman",
  of: "dari",
  paid: "Lunas",
  with: "dengan",
};

export const WORDS: { readonly [L in Locale]: Words } = { en: EN, id: ID };

const METHODS: { readonly [L in Locale]: { readonly [M in PaymentMethod]: string } } = {
  en: {
    card: "card",
    qris: "QRIS",
    virtual_account: "bank transfer",
    gopay: "GoPay",
    wallet: "wallet",
    cod: "cash on delivery",
  },
  id: {
    card: "kartu",
    qris: "QRIS",
    virtual_account: "transfer bank",
    gopay: "GoPay",
    wallet: "saldo",
    cod: "bayar di tempat",
  },
};
export const methodName = (locale: Locale, method: PaymentMethod): string => METHODS[locale][method];

/** Written here and not by Intl, whose spaces and signs change between versions of the runtime. */
const STYLE: {
  readonly [C in Currency]: { readonly sign: string; readonly group: string; readonly point: string };
} = {
  IDR: { sign: "Rp", group: ".", point: "," },
  SGD: { sign: "S$", group: ",", point: "." },
  GBP: { sign: "£", group: ",", point: "." },
};

export function formatMoney(minor: bigint, currency: Currency): string {
  const { sign, group, point } = STYLE[currency];
  const [minus, amount] = minor < 0n ? ["-", -minor] : ["", minor];
  const whole = (amount / 100n).toString().replace(/\B(?=(\d{3})+$)/g, group);
  const cents = (amount % 100n).toString().padStart(2, "0");
  const hasCents = currency !== "IDR" || cents !== "00";
  return `${minus}${sign}${whole}${hasCents ? `${point}${cents}` : ""}`;
}

/** The day in the market's own time: 2026-01-31. */
export const formatDay = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    at,
  );

/** 1,100 basis points are 11 %. */
export const formatRate = (basisPoints: number): string => `${basisPoints / 100}%`;
