import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "refund.not_found": { kind: "missing", en: "No such request.", id: "Pengajuan tidak ditemukan." },
  "refund.order_not_found": { kind: "missing", en: "No such order.", id: "Pesanan tidak ditemukan." },
  "refund.stale": {
    kind: "conflict",
    en: "The request has just changed. Please try again.",
    id: "Pengajuan baru saja berubah. Coba lagi.",
  },
  "refund.wrong_state": {
    kind: "conflict",
    en: "The request is not in a state that allows this.",
    id: "Status pengajuan tidak mengizinkan tindakan ini.",
  },
  "refund.final": {
    kind: "conflict",
    en: "The decision is final.",
    id: "Keputusan ini sudah final.",
  },
  "refund.reason_invalid": {
    kind: "invalid",
    en: "That is no reason for a request of this kind.",
    id: "Alasan itu tidak berlaku untuk jenis pengajuan ini.",
  },
  "refund.order_not_delivered": {
    kind: "conflict",
    en: "The order has not been delivered.",
    id: "Pesanan belum diterima.",
  },
  "refund.too_early": {
    kind: "conflict",
    en: "The parcel may still arrive. Please wait a little longer.",
    id: "Paket masih dalam perjalanan. Mohon tunggu sebentar lagi.",
  },
  "refund.window_over": {
    kind: "conflict",
    en: "The time for this is over.",
    id: "Batas waktu pengajuan sudah lewat.",
  },
  "refund.not_returnable": {
    kind: "conflict",
    en: "These goods do not come back.",
    id: "Barang ini tidak dapat dikembalikan.",
  },
  "refund.line_not_found": {
    kind: "invalid",
    en: "There is no such line.",
    id: "Baris tidak ditemukan.",
  },
  "refund.quantity_exceeded": {
    kind: "conflict",
    en: "More units than what is left.",
    id: "Jumlah melebihi sisa barang.",
  },
  "refund.offer_exceeded": {
    kind: "invalid",
    en: "An offer is less than what the goods cost, in whole units of money.",
    id: "Penawaran harus lebih kecil dari harga barang dan berupa satuan uang utuh.",
  },
  "refund.taken_by_bank": {
    kind: "conflict",
    en: "The bank has given this money back already.",
    id: "Dana ini sudah dikembalikan oleh bank.",
  },
  "refund.not_stuck": {
    kind: "conflict",
    en: "This case does not wait for anybody.",
    id: "Kasus ini tidak menunggu tindakan.",
  },
  "refund.tender_fixed": {
    kind: "conflict",
    en: "This money goes back the way it came.",
    id: "Dana dikembalikan melalui metode pembayaran semula.",
  },
  "refund.replacement_out_of_stock": {
    kind: "conflict",
    en: "There is no replacement in stock.",
    id: "Stok pengganti tidak tersedia.",
  },
  "refund.evidence_not_found": {
    kind: "invalid",
    en: "That file was not uploaded here.",
    id: "Berkas itu belum diunggah.",
  },
  "refund.evidence_invalid": {
    kind: "unsupported",
    en: "Evidence is a picture, a video or a PDF.",
    id: "Bukti harus berupa gambar, video, atau PDF.",
  },
  "refund.credit_note_not_ready": {
    kind: "missing",
    en: "There is no credit note yet. It is made once the money is on its way.",
    id: "Nota kredit belum ada. Nota dibuat setelah dana dikembalikan.",
  },
});

export type Code = Parameters<typeof fail>[0];
