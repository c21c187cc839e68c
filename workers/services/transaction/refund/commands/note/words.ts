import type { Locale } from "#kernel/errors";
import type { Tender } from "../../domain/case.ts";

const EN = {
  title: "CREDIT NOTE",
  number: "Number",
  date: "Date",
  order: "Order",
  invoice: "For invoice",
  seller: "Sold by",
  buyer: "Credited to",
  item: "Item",
  quantity: "Qty",
  amount: "Amount",
  shipping: "Shipping",
  withheld: "Discounts whose conditions are no longer met",
  givenBack: "Discounts withheld before",
  reduction: "Price reduction",
  total: "Total credited",
  included: "included",
  page: "Page",
  of: "of",
  original: "Back to the payment method of the order",
  wallet: "Credited to your wallet",
};
export type Words = typeof EN;

const ID: Words = {
  title: "NOTA KREDIT",
  number: "Nomor",
  date: "Tanggal",
  order: "Pesanan",
  invoice: "Untuk faktur",
  seller: "Penjual",
  buyer: "Dikreditkan kepada",
  item: "Barang",
  quantity: "Jml",
  amount: "Jumlah",
  shipping: "Ongkos kirim",
  withheld: "Diskon yang syaratnya tidak lagi terpenuhi",
  givenBack: "Diskon yang sebelumnya ditahan",
  reduction: "Potongan harga",
  total: "Total dikreditkan",
  included: "termasuk",
  page: "Halaman",
  of: "dari",
  original: "Dikembalikan ke metode pembayaran semula",
  wallet: "Dikreditkan ke dompet Anda",
};

export const WORDS: { readonly [L in Locale]: Words } = { en: EN, id: ID };
export const tenderName = (words: Words, tender: Tender): string => words[tender];
