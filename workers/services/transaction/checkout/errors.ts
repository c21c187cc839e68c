import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "checkout.not_found": { kind: "missing", en: "No such checkout.", id: "Checkout tidak ditemukan." },
  "checkout.stale": {
    kind: "conflict",
    en: "It has just changed. Please try again.",
    id: "Baru saja berubah. Coba lagi.",
  },
  "checkout.empty": {
    kind: "conflict",
    en: "There is nothing selected in the cart.",
    id: "Tidak ada barang yang dipilih di keranjang.",
  },
  "checkout.line_unavailable": {
    kind: "conflict",
    en: "Some of these goods are no longer sold.",
    id: "Sebagian barang tidak dijual lagi.",
  },
  "checkout.incomplete": {
    kind: "conflict",
    en: "Some details are still missing.",
    id: "Beberapa data belum diisi.",
  },
  "checkout.completed": {
    kind: "conflict",
    en: "This checkout is already an order.",
    id: "Checkout ini sudah menjadi pesanan.",
  },
  "checkout.canceled": {
    kind: "conflict",
    en: "This checkout was canceled.",
    id: "Checkout ini sudah dibatalkan.",
  },
  "checkout.expired": {
    kind: "conflict",
    en: "These prices are no longer held. Please check out again.",
    id: "Harga ini sudah tidak berlaku. Silakan checkout lagi.",
  },
  "checkout.price_changed": {
    kind: "conflict",
    en: "A price or an offer has changed. Please check out again.",
    id: "Harga atau penawaran sudah berubah. Silakan checkout lagi.",
  },
  "checkout.hold_lost": {
    kind: "conflict",
    en: "The units that you claimed are no longer held for you.",
    id: "Unit yang Anda klaim sudah tidak ditahan untuk Anda.",
  },
  "checkout.rate_unavailable": {
    kind: "conflict",
    en: "A parcel cannot be sent in this way.",
    id: "Paket tidak dapat dikirim dengan cara ini.",
  },
  "checkout.voucher_lost": {
    kind: "conflict",
    en: "A voucher no longer applies. Please look at the totals again.",
    id: "Sebuah voucher tidak berlaku lagi. Silakan periksa totalnya kembali.",
  },
  "checkout.method_unavailable": {
    kind: "conflict",
    en: "This payment method is not offered here.",
    id: "Metode pembayaran ini tidak tersedia.",
  },
  "checkout.amount_outside_method": {
    kind: "conflict",
    en: "This payment method does not take that amount. Please choose another.",
    id: "Metode pembayaran ini tidak dapat menerima jumlah tersebut. Silakan pilih yang lain.",
  },
  "checkout.wrong_country": {
    kind: "conflict",
    en: "We do not ship to this country from here.",
    id: "Kami tidak mengirim ke negara ini.",
  },
  "checkout.address_not_found": {
    kind: "missing",
    en: "No such address in your address book.",
    id: "Alamat tidak ada di buku alamat Anda.",
  },
  "checkout.wallet_part": {
    kind: "conflict",
    en: "The wallet can only pay a part of this total beside another method.",
    id: "Dompet hanya dapat membayar sebagian dari total ini di samping metode lain.",
  },
  "wallet.insufficient": {
    kind: "conflict",
    en: "There is not enough in the wallet.",
    id: "Saldo dompet tidak cukup.",
  },
  "wallet.frozen": { kind: "conflict", en: "This wallet is frozen.", id: "Dompet ini dibekukan." },
  "wallet.limit": {
    kind: "conflict",
    en: "That is more than this wallet may spend.",
    id: "Melebihi batas belanja dompet ini.",
  },
  "inventory.insufficient": {
    kind: "conflict",
    en: "There is not enough stock for this order.",
    id: "Stok tidak cukup untuk pesanan ini.",
  },
});
