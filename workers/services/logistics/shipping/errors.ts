import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "shipping.order_not_found": { kind: "missing", en: "No such order.", id: "Pesanan tidak ditemukan." },
  "shipping.order_not_ready": {
    kind: "conflict",
    en: "Only a confirmed order that has not left is labelled.",
    id: "Hanya pesanan terkonfirmasi yang belum dikirim yang dapat dibuatkan label.",
  },
  "shipping.cash_whole_only": {
    kind: "conflict",
    en: "An order that is paid at the door leaves in one parcel with this carrier.",
    id: "Pesanan bayar di tempat dikirim dalam satu paket dengan kurir ini.",
  },
  "shipping.origin_missing": {
    kind: "conflict",
    en: "Say where your parcels are picked up first.",
    id: "Isi alamat pengambilan paket terlebih dahulu.",
  },
  "shipping.table_not_found": { kind: "missing", en: "No such table.", id: "Tabel tidak ditemukan." },
  "shipping.table_exists": {
    kind: "conflict",
    en: "There is a table of this service already.",
    id: "Tabel untuk layanan ini sudah ada.",
  },
  "shipping.table_stale": {
    kind: "stale",
    en: "The table has changed since you read it.",
    id: "Tabel sudah berubah sejak Anda membacanya.",
  },
  "shipping.label_not_found": { kind: "missing", en: "No such label.", id: "Label tidak ditemukan." },
  "shipping.label_in_progress": {
    kind: "conflict",
    en: "A label of this order is being bought.",
    id: "Label pesanan ini sedang dibeli.",
  },
  "shipping.label_stale": {
    kind: "conflict",
    en: "The label has changed meanwhile. Please try again.",
    id: "Label berubah sementara itu. Silakan coba lagi.",
  },
  "shipping.label_not_ready": {
    kind: "unavailable",
    en: "The carrier has not made the label yet. It will be asked again.",
    id: "Kurir belum membuat label. Kami akan menanyakannya lagi.",
  },
  "shipping.label_wrong_state": {
    kind: "conflict",
    en: "That cannot be done with this label any more.",
    id: "Tindakan ini tidak dapat dilakukan lagi pada label ini.",
  },
  "shipping.label_refused": {
    kind: "conflict",
    en: "The carrier does not take this parcel.",
    id: "Kurir menolak paket ini.",
  },
  "shipping.label_dearer": {
    kind: "conflict",
    en: "The label costs more than was quoted. Accept the new price to buy it.",
    id: "Harga label lebih tinggi dari penawaran. Setujui harga baru untuk membelinya.",
  },
  "shipping.void_refused": {
    kind: "conflict",
    en: "The carrier does not take this label back.",
    id: "Kurir tidak membatalkan label ini.",
  },
  "shipping.provider_off": {
    kind: "conflict",
    en: "This carrier is not available in this market.",
    id: "Kurir ini tidak tersedia di pasar ini.",
  },
  "shipping.pickup_unsupported": {
    kind: "conflict",
    en: "These labels are not of one carrier that comes to pick up.",
    id: "Label-label ini bukan dari satu kurir yang melayani penjemputan.",
  },
  "shipping.webhook_refused": {
    kind: "unauthenticated",
    en: "The notification is not the carrier's.",
    id: "Notifikasi bukan dari kurir.",
  },
  "shipping.webhook_invalid": {
    kind: "invalid",
    en: "The notification cannot be read.",
    id: "Notifikasi tidak dapat dibaca.",
  },
});
