import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "ad.campaign_not_found": { kind: "missing", en: "No such campaign.", id: "Kampanye tidak ditemukan." },
  "ad.group_not_found": { kind: "missing", en: "No such ad group.", id: "Grup iklan tidak ditemukan." },
  "ad.receipt_not_found": { kind: "missing", en: "No such receipt.", id: "Bukti tidak ditemukan." },
  "ad.stale": {
    kind: "stale",
    en: "It has changed since you read it.",
    id: "Data sudah berubah sejak Anda membacanya.",
  },
  "ad.campaign_ended": {
    kind: "conflict",
    en: "This campaign has ended.",
    id: "Kampanye ini sudah berakhir.",
  },
  "ad.terms_invalid": {
    kind: "invalid",
    en: "These terms do not go together.",
    id: "Ketentuan ini tidak dapat digabungkan.",
  },
  "ad.offer_foreign": {
    kind: "invalid",
    en: "A shop advertises what it sells itself.",
    id: "Toko hanya dapat mengiklankan barangnya sendiri.",
  },
  "ad.too_many": {
    kind: "conflict",
    en: "There are as many as there may be.",
    id: "Jumlahnya sudah mencapai batas.",
  },
  "ad.card_invalid": {
    kind: "invalid",
    en: "This is no advertisement of ours, or it is too old.",
    id: "Ini bukan iklan kami, atau sudah kedaluwarsa.",
  },
  "ad.nothing_to_credit": {
    kind: "conflict",
    en: "None of these clicks was paid for, or all were given back.",
    id: "Tidak ada klik berbayar yang dapat dikembalikan.",
  },
});
