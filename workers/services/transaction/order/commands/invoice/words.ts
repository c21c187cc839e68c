import type { Locale } from "#kernel/errors";
import type { PaymentMethod } from "../../domain.ts";

export { formatDay, formatMoney, formatRate } from "#kernel/print";

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
    shopeepay: "ShopeePay",
    convenience_store: "convenience store",
    wallet: "wallet",
    cod: "cash on delivery",
  },
  id: {
    card: "kartu",
    qris: "QRIS",
    virtual_account: "transfer bank",
    gopay: "GoPay",
    shopeepay: "ShopeePay",
    convenience_store: "minimarket",
    wallet: "saldo",
    cod: "bayar di tempat",
  },
};
export const methodName = (locale: Locale, method: PaymentMethod): string => METHODS[locale][method];
