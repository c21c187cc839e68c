import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "auth.wrong_credentials": {
    kind: "unauthenticated",
    en: "The e-mail address or the password is wrong.",
    id: "Alamat email atau kata sandi salah.",
  },
  "auth.code_wrong": {
    kind: "unauthenticated",
    en: "This code is wrong or no longer valid.",
    id: "Kode ini salah atau tidak berlaku lagi.",
  },
  "auth.ticket_dead": {
    kind: "unauthenticated",
    en: "This link or step is no longer valid. Please begin again.",
    id: "Tautan atau langkah ini tidak berlaku lagi. Silakan mulai lagi.",
  },
  "auth.refresh_dead": {
    kind: "unauthenticated",
    en: "Your session has ended. Please sign in.",
    id: "Sesi Anda telah berakhir. Silakan masuk.",
  },
  "auth.session_over": {
    kind: "unauthenticated",
    en: "This session has ended. Please sign in.",
    id: "Sesi ini telah berakhir. Silakan masuk.",
  },
  "auth.origin_refused": {
    kind: "forbidden",
    en: "This may only be called from the shop's own pages.",
    id: "Ini hanya boleh dipanggil dari halaman toko sendiri.",
  },
  "auth.account_disabled": {
    kind: "forbidden",
    en: "This account is blocked. Please contact support.",
    id: "Akun ini diblokir. Silakan hubungi dukungan.",
  },
  "auth.step_up_required": {
    kind: "forbidden",
    en: "Please confirm that it is you: sign in again or enter a code.",
    id: "Mohon konfirmasi bahwa ini Anda: masuk lagi atau masukkan kode.",
  },
  "auth.locked": {
    kind: "limited",
    en: "Too many wrong codes. Please wait before you try again.",
    id: "Terlalu banyak kode salah. Tunggu sebelum mencoba lagi.",
  },
  "auth.limited": {
    kind: "limited",
    en: "Too many attempts. Please wait a moment.",
    id: "Terlalu banyak percobaan. Tunggu sebentar.",
  },
  "auth.password_weak": {
    kind: "invalid",
    en: "This password is too easy to guess.",
    id: "Kata sandi ini terlalu mudah ditebak.",
  },
  "auth.email_taken": {
    kind: "conflict",
    en: "This address already belongs to an account.",
    id: "Alamat ini sudah dipakai akun lain.",
  },
  "auth.stale": {
    kind: "conflict",
    en: "Your account has just changed. Please try again.",
    id: "Akun Anda baru saja berubah. Silakan coba lagi.",
  },
  "auth.totp_exists": {
    kind: "conflict",
    en: "A second factor is already on.",
    id: "Faktor kedua sudah aktif.",
  },
  "auth.totp_missing": {
    kind: "missing",
    en: "There is no second factor.",
    id: "Tidak ada faktor kedua.",
  },
  "auth.session_not_found": { kind: "missing", en: "No such session.", id: "Sesi tidak ditemukan." },
  "auth.user_not_found": { kind: "missing", en: "No such account.", id: "Akun tidak ditemukan." },
  "auth.key_not_found": { kind: "missing", en: "No such key.", id: "Kunci tidak ditemukan." },
  "auth.key_wrong": {
    kind: "unauthenticated",
    en: "This key is not valid.",
    id: "Kunci ini tidak berlaku.",
  },
  "auth.key_scope": {
    kind: "forbidden",
    en: "You may not give a key these scopes.",
    id: "Anda tidak berhak memberi kunci cakupan ini.",
  },
  "auth.keys_too_many": {
    kind: "conflict",
    en: "There are too many keys. Revoke one first.",
    id: "Kunci terlalu banyak. Cabut salah satu dahulu.",
  },
  "auth.passkey_refused": {
    kind: "unauthenticated",
    en: "This passkey was not accepted.",
    id: "Passkey ini tidak diterima.",
  },
  "auth.passkey_not_found": { kind: "missing", en: "No such passkey.", id: "Passkey tidak ditemukan." },
  "auth.passkeys_too_many": {
    kind: "conflict",
    en: "There are too many passkeys. Remove one first.",
    id: "Passkey terlalu banyak. Hapus salah satu dahulu.",
  },
  "auth.provider_not_found": {
    kind: "missing",
    en: "No such sign-in provider.",
    id: "Penyedia masuk tidak ditemukan.",
  },
  "auth.provider_refused": {
    kind: "unauthenticated",
    en: "The provider did not confirm who you are.",
    id: "Penyedia tidak mengonfirmasi identitas Anda.",
  },
  "auth.provider_unverified": {
    kind: "conflict",
    en: "This address is not confirmed on both sides. Sign in by a mailed link first.",
    id: "Alamat ini belum dikonfirmasi di kedua pihak. Masuk lewat tautan email dahulu.",
  },
  "auth.last_method": {
    kind: "conflict",
    en: "This is your only way to sign in. Set up another one first.",
    id: "Ini satu-satunya cara Anda masuk. Siapkan cara lain dahulu.",
  },
  "auth.acting_refused": {
    kind: "forbidden",
    en: "Support may not do this in somebody's name.",
    id: "Dukungan tidak boleh melakukan ini atas nama orang lain.",
  },
  "auth.acting_impossible": {
    kind: "conflict",
    en: "Nobody may act in the name of this account.",
    id: "Tidak ada yang boleh bertindak atas nama akun ini.",
  },
  "auth.acting_over": {
    kind: "unauthenticated",
    en: "You no longer act in this person's name.",
    id: "Anda tidak lagi bertindak atas nama orang ini.",
  },
  "auth.acting_not_found": {
    kind: "missing",
    en: "Nobody has acted like this.",
    id: "Tindakan atas nama ini tidak ditemukan.",
  },
  "auth.last_admin": {
    kind: "conflict",
    en: "The platform would be left without an administrator.",
    id: "Platform akan kehilangan administrator.",
  },
});
