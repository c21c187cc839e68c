import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "order.not_found": { kind: "missing", en: "No such order.", id: "Pesanan tidak ditemukan." },
  "order.stale": {
    kind: "conflict",
    en: "The order has just changed. Please try again.",
    id: "Pesanan baru saja berubah. Coba lagi.",
  },
  "order.wrong_state": {
    kind: "conflict",
    en: "The order is not in a state that allows this.",
    id: "Status pesanan tidak mengizinkan tindakan ini.",
  },
  "order.partly_shipped": {
    kind: "conflict",
    en: "A part of the order has been shipped.",
    id: "Sebagian pesanan sudah dikirim.",
  },
  "order.line_not_found": {
    kind: "invalid",
    en: "The order has no such line.",
    id: "Baris pesanan tidak ditemukan.",
  },
  "order.quantity_exceeded": {
    kind: "conflict",
    en: "More than what is left to ship.",
    id: "Melebihi sisa yang harus dikirim.",
  },
  "order.cash_not_confirmed": {
    kind: "conflict",
    en: "The shop confirms an order that is paid at the door.",
    id: "Pesanan bayar di tempat dikonfirmasi oleh toko.",
  },
  "order.not_here_yet": {
    kind: "conflict",
    en: "What was sold ahead has not come in yet. Count it in first, or send what is there.",
    id: "Barang yang dijual di muka belum masuk. Catat dulu kedatangannya, atau kirim yang sudah ada.",
  },
  "order.reason_not_yours": {
    kind: "invalid",
    en: "That reason is not one of yours.",
    id: "Alasan itu tidak berlaku untuk Anda.",
  },
  "order.placed_already": {
    kind: "conflict",
    en: "These orders were placed already.",
    id: "Pesanan ini sudah dibuat.",
  },
  "order.email_not_proved": {
    kind: "conflict",
    en: "Verify your e-mail address first.",
    id: "Verifikasi alamat email Anda terlebih dahulu.",
  },
  "invoice.not_ready": {
    kind: "missing",
    en: "There is no invoice yet. It is made once the order is paid.",
    id: "Faktur belum ada. Faktur dibuat setelah pesanan dibayar.",
  },
});

type Code = Parameters<typeof fail>[0];

/** Stock that inventory does not know of is our mistake, not the caller's. */
export function toRefusal(code: Code | "inventory.not_allocated") {
  if (code === "inventory.not_allocated")
    throw new Error("an order stands on stock that is not allocated to it");
  return fail(code);
}
