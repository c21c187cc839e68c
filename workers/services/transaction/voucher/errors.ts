import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "voucher.not_found": { kind: "missing", en: "No such voucher.", id: "Voucher tidak ditemukan." },
  "voucher.stale": {
    kind: "stale",
    en: "It has changed since you read it.",
    id: "Data sudah berubah sejak Anda membacanya.",
  },
  "voucher.code_taken": {
    kind: "conflict",
    en: "Another voucher has this code.",
    id: "Kode ini sudah dipakai voucher lain.",
  },
  "voucher.terms_invalid": {
    kind: "invalid",
    en: "These terms do not go together.",
    id: "Ketentuan ini tidak dapat digabungkan.",
  },
  "voucher.limit_fixed": {
    kind: "conflict",
    en: "A limit can be changed or lifted, but not brought in after the start.",
    id: "Batas dapat diubah atau dicabut, tetapi tidak dapat ditambahkan kemudian.",
  },
  "voucher.ended": { kind: "conflict", en: "This voucher has ended.", id: "Voucher ini sudah berakhir." },
  "voucher.not_collectable": {
    kind: "conflict",
    en: "This voucher cannot be collected now.",
    id: "Voucher ini tidak dapat diklaim saat ini.",
  },
  "voucher.exhausted": {
    kind: "conflict",
    en: "This voucher has been used up.",
    id: "Kuota voucher ini sudah habis.",
  },
  "voucher.changed": {
    kind: "conflict",
    en: "A voucher has changed. Please look at the totals again.",
    id: "Sebuah voucher telah berubah. Silakan periksa totalnya kembali.",
  },
  "voucher.not_collected": {
    kind: "conflict",
    en: "This voucher has to be collected first.",
    id: "Voucher ini harus diklaim terlebih dahulu.",
  },
  "voucher.offer_unavailable": {
    kind: "conflict",
    en: "Some of these goods are no longer sold.",
    id: "Sebagian barang tidak dijual lagi.",
  },
  "voucher.too_many_guesses": {
    kind: "limited",
    en: "Too many unknown codes. Please wait a moment.",
    id: "Terlalu banyak kode yang salah. Tunggu sebentar.",
  },
});
