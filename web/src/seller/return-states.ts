import type { Answer } from "../api/client.ts";
import { texts } from "../shell/text.ts";
import type { Tone } from "../ui/tag.tsx";

export type Return = Answer<"GET /v1/refunds/{refundId}">;

export const returnState = texts({
  en: {
    requested: "To answer",
    asked: "Buyer asked",
    offered: "Buyer considers your offer",
    approved: "Goods on their way back",
    received: "Partly back",
    settling: "Being settled",
    resolved: "Closed",
    rejected: "Refused",
    disputed: "With the platform",
    cancelled: "Taken back",
  },
  id: {
    requested: "Perlu dijawab",
    asked: "Menunggu jawaban pembeli",
    offered: "Pembeli menimbang tawaran",
    approved: "Barang dikirim kembali",
    received: "Sebagian sudah kembali",
    settling: "Sedang diselesaikan",
    resolved: "Selesai",
    rejected: "Ditolak",
    disputed: "Ditangani platform",
    cancelled: "Dibatalkan pembeli",
  },
});
export const returnTone: { readonly [S in Return["state"]]: Tone } = {
  requested: "deal",
  asked: "plain",
  offered: "plain",
  approved: "brand",
  received: "brand",
  settling: "plain",
  resolved: "good",
  rejected: "bad",
  disputed: "bad",
  cancelled: "plain",
};
export const returnKind = texts({
  en: { return: "Return", exchange: "Exchange", claim: "Claim", cancellation: "Called off" },
  id: { return: "Pengembalian", exchange: "Penukaran", claim: "Klaim", cancellation: "Dibatalkan" },
});
const reasons = texts({
  en: {
    changed_mind: "Changed their mind",
    wrong_size: "Wrong size",
    not_as_described: "Not as described",
    defective: "Defective",
    wrong_item: "Wrong item",
    not_received: "Not received",
    arrived_damaged: "Arrived damaged",
    incomplete: "Incomplete",
    called_off: "Called off by the buyer",
    not_sent: "Not sent",
  },
  id: {
    changed_mind: "Berubah pikiran",
    wrong_size: "Ukuran tidak pas",
    not_as_described: "Tidak sesuai deskripsi",
    defective: "Cacat",
    wrong_item: "Barang salah",
    not_received: "Tidak diterima",
    arrived_damaged: "Rusak saat tiba",
    incomplete: "Tidak lengkap",
    called_off: "Dibatalkan pembeli",
    not_sent: "Tidak dikirim",
  },
});
const isReason = (reason: string): reason is keyof typeof reasons => reason in reasons;
export const sayReason = (reason: string): string => (isReason(reason) ? reasons[reason] : reason);

/** What a move of a case makes old. */
export const RETURN_READS = [
  "GET /v1/refunds",
  "GET /v1/refunds/{refundId}",
  "GET /v1/refunds/{refundId}/timeline",
] as const;
