import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "payment.not_found": { kind: "missing", en: "No such payment.", id: "Pembayaran tidak ditemukan." },
  "payment.stale": {
    kind: "conflict",
    en: "The payment has just changed. Please try again.",
    id: "Pembayaran baru saja berubah. Coba lagi.",
  },
  "payment.not_payable": {
    kind: "conflict",
    en: "There is nothing to pay here again.",
    id: "Pembayaran ini tidak dapat diulang.",
  },
  "payment.too_late": {
    kind: "conflict",
    en: "The time to pay is over.",
    id: "Waktu pembayaran sudah habis.",
  },
  "payment.nothing_owed": { kind: "conflict", en: "Nothing is owed.", id: "Tidak ada tagihan." },
  "payment.method_unavailable": {
    kind: "invalid",
    en: "This market does not take that method.",
    id: "Metode ini tidak tersedia di pasar ini.",
  },
  "payment.amount_outside_method": {
    kind: "conflict",
    en: "This payment method does not take that amount.",
    id: "Metode pembayaran ini tidak dapat menerima jumlah tersebut.",
  },
  "payment.amount_mismatch": {
    kind: "conflict",
    en: "The amount is not the one that was asked for.",
    id: "Jumlah tidak sesuai dengan tagihan.",
  },
  "payment.signature_invalid": {
    kind: "forbidden",
    en: "The notification is not signed by the provider.",
    id: "Notifikasi tidak ditandatangani penyedia.",
  },
  "payment.notification_invalid": {
    kind: "invalid",
    en: "This is not a payment notification.",
    id: "Ini bukan notifikasi pembayaran.",
  },
  "payment.wallet_too_much": {
    kind: "invalid",
    en: "The wallet pays a part; to pay all of it choose the wallet as the method.",
    id: "Saldo membayar sebagian; untuk membayar semuanya pilih metode saldo.",
  },
  "payment.wallet_refused": {
    kind: "conflict",
    en: "The wallet cannot pay this.",
    id: "Saldo tidak dapat membayar ini.",
  },
  "payment.not_held": {
    kind: "conflict",
    en: "Nothing is held for this that could be captured.",
    id: "Tidak ada dana tertahan yang dapat diambil.",
  },
  "payment.capture_incomplete": {
    kind: "conflict",
    en: "An order that is left out still waits for its money: cancel it first.",
    id: "Pesanan yang ditinggalkan masih menunggu pembayaran: batalkan dahulu.",
  },
  "payment.capture_whole": {
    kind: "conflict",
    en: "With a part from the wallet only all orders are captured together.",
    id: "Dengan sebagian dari saldo, semua pesanan diambil bersama.",
  },
  "payment.file_unreadable": {
    kind: "invalid",
    en: "This is not a settlement file of that provider.",
    id: "Ini bukan berkas penyelesaian penyedia tersebut.",
  },
  "payment.file_not_found": { kind: "missing", en: "No such file.", id: "Berkas tidak ditemukan." },
  "payment.dispute_closed": {
    kind: "conflict",
    en: "This dispute is not waiting for evidence.",
    id: "Sengketa ini tidak menunggu bukti.",
  },
  "payment.evidence_not_as_said": {
    kind: "unsupported",
    en: "The file is not what its type says.",
    id: "Berkas tidak sesuai dengan tipenya.",
  },
  "payment.refund_exceeds": {
    kind: "conflict",
    en: "More was asked for than is left of what was paid.",
    id: "Pengembalian melebihi sisa pembayaran.",
  },
  "payment.dispute_not_found": { kind: "missing", en: "No such dispute.", id: "Sengketa tidak ditemukan." },
  "payment.mismatch_not_found": {
    kind: "missing",
    en: "No row of a settlement file that differs is there.",
    id: "Baris selisih tidak ditemukan.",
  },
  "payment.mismatch_explained": {
    kind: "conflict",
    en: "This row was explained already.",
    id: "Baris ini sudah dijelaskan.",
  },
  "payment.refund_not_found": { kind: "missing", en: "No such refund.", id: "Pengembalian tidak ditemukan." },
  "payment.top_up_too_little": {
    kind: "conflict",
    en: "This is less than a wallet can be topped up with.",
    id: "Jumlah ini di bawah batas minimum isi saldo.",
  },
  "payment.top_up_limit": {
    kind: "conflict",
    en: "The wallet has no room for so much, or has taken in enough for today.",
    id: "Dompet tidak dapat menampung jumlah ini, atau batas hari ini sudah tercapai.",
  },
  "payment.off_step": {
    kind: "invalid",
    en: "The amount must be in whole units of the currency.",
    id: "Jumlah harus dalam satuan mata uang utuh.",
  },
  "payment.wallet_unlawful": {
    kind: "conflict",
    en: "This money cannot go into a wallet.",
    id: "Dana ini tidak dapat dimasukkan ke dompet.",
  },
  "payment.refund_not_manual": {
    kind: "conflict",
    en: "This refund does not wait for anybody.",
    id: "Pengembalian ini tidak menunggu tindakan.",
  },
});
