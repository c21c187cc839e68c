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
  "wallet.stale": {
    kind: "conflict",
    en: "It was changed by somebody else meanwhile. Please try again.",
    id: "Data diubah pihak lain. Silakan coba lagi.",
  },
});
