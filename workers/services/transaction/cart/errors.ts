import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "cart.not_found": { kind: "missing", en: "No such cart.", id: "Keranjang tidak ditemukan." },
  "cart.line_not_found": { kind: "missing", en: "No such line.", id: "Baris tidak ditemukan." },
  "cart.offer_not_found": { kind: "missing", en: "No such offer.", id: "Penawaran tidak ditemukan." },
  "cart.offer_unavailable": {
    kind: "conflict",
    en: "This offer is not sold at the moment.",
    id: "Penawaran ini sedang tidak dijual.",
  },
  "cart.stale": {
    kind: "stale",
    en: "The cart has changed since you read it.",
    id: "Keranjang sudah berubah sejak Anda membacanya.",
  },
  "cart.key_reused": {
    kind: "key_reused",
    en: "This Idempotency-Key was used for another change.",
    id: "Idempotency-Key ini sudah dipakai untuk perubahan lain.",
  },
  "cart.too_many_lines": {
    kind: "conflict",
    en: "The cart cannot hold more lines.",
    id: "Keranjang tidak dapat memuat baris lagi.",
  },
  "cart.quantity_limit": {
    kind: "conflict",
    en: "More than one order may hold of one article.",
    id: "Melebihi jumlah maksimal untuk satu barang.",
  },
  "cart.below_minimum": {
    kind: "conflict",
    en: "Less than the seller's minimum.",
    id: "Kurang dari pembelian minimum penjual.",
  },
  "cart.off_step": {
    kind: "conflict",
    en: "The seller sells this in steps only.",
    id: "Penjual hanya menjual dalam kelipatan tertentu.",
  },
  "cart.above_maximum": {
    kind: "conflict",
    en: "More than the seller allows.",
    id: "Melebihi batas pembelian dari penjual.",
  },
  "cart.bad_token": {
    kind: "invalid",
    en: "This is no cart token.",
    id: "Ini bukan token keranjang.",
  },
  "cart.share_not_found": {
    kind: "missing",
    en: "The link is not valid or has expired.",
    id: "Tautan tidak berlaku atau sudah kedaluwarsa.",
  },
});
