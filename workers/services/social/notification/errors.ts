import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "notification.not_found": { kind: "missing", en: "No such message.", id: "Pesan tidak ditemukan." },
  "unsubscribe.invalid": {
    kind: "missing",
    en: "This link is not valid. You can change what you get in your account.",
    id: "Tautan ini tidak berlaku. Anda dapat mengaturnya di akun Anda.",
  },
});
