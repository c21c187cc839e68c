import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "wallet.insufficient": {
    kind: "conflict",
    en: "There is not enough money in the account.",
    id: "Saldo tidak cukup.",
  },
  "wallet.frozen": { kind: "forbidden", en: "This wallet is frozen.", id: "Dompet ini dibekukan." },
  "wallet.limit": {
    kind: "conflict",
    en: "This is more than the wallet may send today.",
    id: "Jumlah ini melebihi batas harian dompet.",
  },
  "wallet.full": {
    kind: "conflict",
    en: "The wallet that should receive this has no room for it.",
    id: "Dompet penerima tidak dapat menampung jumlah ini.",
  },
  "wallet.not_reserved": {
    kind: "conflict",
    en: "The reserved money has been given back already.",
    id: "Dana yang ditahan sudah dikembalikan.",
  },
  "wallet.transfer_reused": {
    kind: "key_reused",
    en: "A transfer of this id was booked with other contents.",
    id: "Transfer dengan id ini sudah dibukukan dengan isi lain.",
  },
  "wallet.account_unknown": { kind: "missing", en: "No such account.", id: "Akun tidak ditemukan." },
  "wallet.currency_mismatch": {
    kind: "invalid",
    en: "The accounts are of another currency.",
    id: "Mata uang akun berbeda.",
  },
  "wallet.not_holdable": {
    kind: "conflict",
    en: "Nothing can be reserved on this account.",
    id: "Akun ini tidak dapat ditahan.",
  },
  "wallet.not_pending": {
    kind: "conflict",
    en: "No such pending transfer.",
    id: "Transfer tertunda tidak ada.",
  },
  "wallet.amount_exceeded": {
    kind: "conflict",
    en: "This is more than was reserved.",
    id: "Jumlah ini melebihi dana yang ditahan.",
  },
  "wallet.settled_already": {
    kind: "conflict",
    en: "The pending transfer was settled in another way.",
    id: "Transfer tertunda sudah diselesaikan.",
  },
  "wallet.bank_account_missing": {
    kind: "conflict",
    en: "There is no bank account to pay to yet.",
    id: "Rekening bank belum diisi.",
  },
  "wallet.bank_account_unknown": {
    kind: "invalid",
    en: "The bank does not know this account.",
    id: "Rekening tidak dikenal oleh bank.",
  },
  "wallet.bank_account_refused": {
    kind: "conflict",
    en: "The bank does not know this account by this name. Please give another one.",
    id: "Bank tidak mengenali rekening dengan nama ini. Silakan isi rekening lain.",
  },
  "wallet.name_mismatch": {
    kind: "conflict",
    en: "The bank has another name for this account.",
    id: "Nama pemilik rekening tidak sesuai.",
  },
  "wallet.too_little": {
    kind: "conflict",
    en: "This is less than can be paid out.",
    id: "Jumlah ini di bawah batas minimum pencairan.",
  },
  "wallet.off_step": {
    kind: "invalid",
    en: "The amount must be in whole units of the currency.",
    id: "Jumlah harus dalam satuan mata uang utuh.",
  },
  "wallet.payout_not_found": { kind: "missing", en: "No such payout.", id: "Pencairan tidak ditemukan." },
  "wallet.payout_file_not_found": {
    kind: "missing",
    en: "No such payout file.",
    id: "Berkas pencairan tidak ditemukan.",
  },
  "wallet.payout_repeated": {
    kind: "conflict",
    en: "This payout was asked for already.",
    id: "Pencairan ini sudah diminta.",
  },
  "wallet.payout_over": {
    kind: "conflict",
    en: "This payout is over already.",
    id: "Pencairan ini sudah selesai.",
  },
  "wallet.payout_under_way": {
    kind: "conflict",
    en: "This payout is on its way and cannot be taken back any more.",
    id: "Pencairan ini sedang diproses dan tidak dapat dibatalkan.",
  },
  "wallet.notification_invalid": {
    kind: "invalid",
    en: "The notification cannot be read.",
    id: "Notifikasi tidak dapat dibaca.",
  },
  "wallet.signature_invalid": {
    kind: "unauthenticated",
    en: "The notification is not signed by the provider.",
    id: "Tanda tangan notifikasi tidak sah.",
  },
  "wallet.pin_missing": { kind: "forbidden", en: "Set a PIN first.", id: "Buat PIN terlebih dahulu." },
  "wallet.pin_wrong": { kind: "forbidden", en: "The PIN is wrong.", id: "PIN salah." },
  "wallet.pin_locked": {
    kind: "limited",
    en: "Too many wrong PINs. Please wait.",
    id: "Terlalu banyak PIN salah. Silakan tunggu.",
  },
  "wallet.to_itself": {
    kind: "invalid",
    en: "A wallet cannot send to itself.",
    id: "Tidak dapat mengirim ke dompet sendiri.",
  },
  "wallet.owner_not_found": { kind: "missing", en: "No such wallet.", id: "Dompet tidak ditemukan." },
  "wallet.range_invalid": {
    kind: "invalid",
    en: "A statement covers at most a year, and ends after it begins.",
    id: "Rentang paling lama satu tahun dan akhir harus setelah awal.",
  },
  "wallet.stale": {
    kind: "conflict",
    en: "It was changed by somebody else meanwhile. Please try again.",
    id: "Data diubah pihak lain. Silakan coba lagi.",
  },
});
