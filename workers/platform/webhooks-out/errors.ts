import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "webhook.endpoint_not_found": { kind: "missing", en: "No such endpoint.", id: "Endpoint tidak ditemukan." },
  "webhook.delivery_not_found": {
    kind: "missing",
    en: "No such delivery.",
    id: "Pengiriman tidak ditemukan.",
  },
  "webhook.url_malformed": {
    kind: "invalid",
    en: "This is not an address of the web.",
    id: "Ini bukan alamat web.",
  },
  "webhook.url_forbidden": {
    kind: "invalid",
    en: "Webhooks go to public addresses over https only.",
    id: "Webhook hanya dikirim ke alamat publik lewat https.",
  },
  "webhook.too_many": {
    kind: "conflict",
    en: "There are too many endpoints; delete one first.",
    id: "Endpoint terlalu banyak; hapus salah satunya dulu.",
  },
  "webhook.disabled": {
    kind: "conflict",
    en: "The endpoint is disabled; enable it first.",
    id: "Endpoint dinonaktifkan; aktifkan dulu.",
  },
  "webhook.stale": {
    kind: "stale",
    en: "The endpoint has changed since you read it.",
    id: "Endpoint sudah berubah sejak Anda membacanya.",
  },
});
