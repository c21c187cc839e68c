import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "user.not_found": { kind: "missing", en: "No such account.", id: "Akun tidak ditemukan." },
  "user.stale": {
    kind: "stale",
    en: "Your profile has changed since you read it.",
    id: "Profil Anda sudah berubah sejak Anda membacanya.",
  },
  "user.sign_in_again": {
    kind: "forbidden",
    en: "Please sign in again before you erase your account.",
    id: "Silakan masuk lagi sebelum menghapus akun Anda.",
  },
  "address.not_found": { kind: "missing", en: "No such address.", id: "Alamat tidak ditemukan." },
  "address.stale": {
    kind: "stale",
    en: "This address has changed since you read it.",
    id: "Alamat ini sudah berubah sejak Anda membacanya.",
  },
  "address.too_many": {
    kind: "conflict",
    en: "You have as many addresses as we keep. Please remove one first.",
    id: "Jumlah alamat sudah mencapai batas. Hapus salah satu dahulu.",
  },
  "erasure.not_found": { kind: "missing", en: "No such erasure.", id: "Penghapusan tidak ditemukan." },
});
