import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "review.not_found": { kind: "missing", en: "No such review.", id: "Ulasan tidak ditemukan." },
  "review.line_not_found": {
    kind: "missing",
    en: "No delivered line of yours has this id.",
    id: "Tidak ada barang terkirim milik Anda dengan id ini.",
  },
  "review.exists": {
    kind: "conflict",
    en: "You have reviewed this line already.",
    id: "Anda sudah mengulas barang ini.",
  },
  "review.too_late": {
    kind: "conflict",
    en: "The time for this has run out.",
    id: "Waktunya sudah habis.",
  },
  "review.withdrawn": {
    kind: "conflict",
    en: "The review was withdrawn by its author.",
    id: "Ulasan sudah ditarik oleh penulisnya.",
  },
  "review.stale": {
    kind: "stale",
    en: "It has changed since you read it.",
    id: "Data sudah berubah sejak Anda membacanya.",
  },
  "review.busy": {
    kind: "conflict",
    en: "The review has just changed. Please try again.",
    id: "Ulasan baru saja berubah. Coba lagi.",
  },
  "review.own": {
    kind: "conflict",
    en: "You cannot vote on or report a review of your own.",
    id: "Anda tidak dapat menilai atau melaporkan ulasan sendiri.",
  },
  "review.reply_unfit": {
    kind: "invalid",
    en: "A reply names no telephone numbers, addresses or links.",
    id: "Balasan tidak boleh memuat nomor telepon, alamat email, atau tautan.",
  },
  "review.media_not_found": {
    kind: "invalid",
    en: "A file is not yours, or belongs to another review.",
    id: "Berkas bukan milik Anda atau sudah dipakai di ulasan lain.",
  },
  "review.media_not_as_said": {
    kind: "unsupported",
    en: "The file is not what its content type says.",
    id: "Isi berkas tidak sesuai dengan jenisnya.",
  },
  "review.media_too_large": {
    kind: "too_large",
    en: "The file is too large.",
    id: "Berkas terlalu besar.",
  },
  "review.media_too_many": {
    kind: "conflict",
    en: "You have too many files that belong to no review.",
    id: "Terlalu banyak berkas yang belum dipakai.",
  },
  "question.not_found": { kind: "missing", en: "No such question.", id: "Pertanyaan tidak ditemukan." },
  "question.product_not_found": {
    kind: "missing",
    en: "No such product on sale.",
    id: "Produk tidak ditemukan.",
  },
  "question.not_yours_to_answer": {
    kind: "forbidden",
    en: "Shops that sell it and people who bought it answer.",
    id: "Hanya toko penjual dan pembeli yang dapat menjawab.",
  },
  "answer.not_found": { kind: "missing", en: "No such answer.", id: "Jawaban tidak ditemukan." },
  "answer.exists": {
    kind: "conflict",
    en: "You have answered this question already.",
    id: "Anda sudah menjawab pertanyaan ini.",
  },
});
