import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "search.rule_not_found": { kind: "missing", en: "No such rule.", id: "Aturan tidak ditemukan." },
  "search.rule_stale": {
    kind: "stale",
    en: "The rule was changed meanwhile.",
    id: "Aturan telah diubah sementara itu.",
  },
  "search.rule_no_pin": {
    kind: "conflict",
    en: "Only a pin has a position.",
    id: "Hanya penyematan yang memiliki posisi.",
  },
  "search.rule_window": {
    kind: "conflict",
    en: "A rule ends after it starts.",
    id: "Aturan berakhir setelah dimulai.",
  },
  "search.answer_not_found": {
    kind: "missing",
    en: "No such page of results.",
    id: "Halaman hasil pencarian tidak ditemukan.",
  },
  "search.not_shown": {
    kind: "conflict",
    en: "That page did not show this product.",
    id: "Halaman itu tidak menampilkan produk ini.",
  },
  "search.nearest_without_place": {
    kind: "invalid",
    en: "Say where: near as latitude,longitude.",
    id: "Sebutkan tempatnya: near sebagai lintang,bujur.",
  },
  "search.range_invalid": {
    kind: "invalid",
    en: "The range ends before it begins, or is too long.",
    id: "Rentang berakhir sebelum dimulai, atau terlalu panjang.",
  },
});
