import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "call.not_allowed": {
    kind: "forbidden",
    en: "You may not call this person about this.",
    id: "Anda tidak dapat menelepon orang ini untuk hal ini.",
  },
  "call.nobody_to_call": {
    kind: "conflict",
    en: "The buyer has no account to be called at.",
    id: "Pembeli tidak memiliki akun untuk ditelepon.",
  },
  "call.relay_away": {
    kind: "unavailable",
    en: "The relay for calls is away for a moment.",
    id: "Relai panggilan sedang tidak tersedia.",
  },
  "consultation.not_found": {
    kind: "missing",
    en: "No such consultation.",
    id: "Konsultasi tidak ditemukan.",
  },
  "consultation.wrong_state": {
    kind: "conflict",
    en: "The consultation is not in a state that allows this.",
    id: "Status konsultasi tidak mengizinkan tindakan ini.",
  },
  "consultation.past": {
    kind: "conflict",
    en: "The time of the consultation is over.",
    id: "Waktu konsultasi sudah lewat.",
  },
  "consultation.not_now": {
    kind: "conflict",
    en: "It is not the time of the consultation.",
    id: "Belum waktunya konsultasi.",
  },
  "consultation.stale": {
    kind: "conflict",
    en: "The consultation has just changed. Please try again.",
    id: "Konsultasi baru saja berubah. Coba lagi.",
  },
});
