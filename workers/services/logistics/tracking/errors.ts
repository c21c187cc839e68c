import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "tracking.not_found": { kind: "missing", en: "No such shipment.", id: "Pengiriman tidak ditemukan." },
  "tracking.pass_invalid": {
    kind: "unauthenticated",
    en: "The driver's pass is not valid any more.",
    id: "Izin pengemudi sudah tidak berlaku.",
  },
  "tracking.over": {
    kind: "conflict",
    en: "The journey of this parcel is over.",
    id: "Perjalanan paket ini sudah selesai.",
  },
  "tracking.ping_late": {
    kind: "invalid",
    en: "The position is too old to be of use.",
    id: "Posisi terlalu lama untuk dipakai.",
  },
  "tracking.ping_ahead": {
    kind: "invalid",
    en: "The position is of a time that has not come.",
    id: "Waktu posisi belum terjadi.",
  },
  "tracking.full": {
    kind: "conflict",
    en: "This shipment holds no more scans.",
    id: "Catatan pengiriman ini sudah penuh.",
  },
  "tracking.proof_empty": {
    kind: "invalid",
    en: "A proof needs a photo, a signature or the receiver's code.",
    id: "Bukti memerlukan foto, tanda tangan, atau kode penerima.",
  },
  "tracking.code_wrong": {
    kind: "invalid",
    en: "That is not the receiver's code.",
    id: "Kode penerima salah.",
  },
  "tracking.code_locked": {
    kind: "limited",
    en: "The code was wrong too often. Give a photo or a signature.",
    id: "Kode salah terlalu sering. Berikan foto atau tanda tangan.",
  },
  "tracking.too_far": {
    kind: "conflict",
    en: "Too far from the address. Ask the receiver for the code.",
    id: "Terlalu jauh dari alamat. Minta kode kepada penerima.",
  },
  "tracking.not_a_picture": {
    kind: "unsupported",
    en: "A proof is a JPEG, PNG or WebP picture.",
    id: "Bukti harus berupa gambar JPEG, PNG, atau WebP.",
  },
  "tracking.webhook_refused": {
    kind: "unauthenticated",
    en: "The notification is not the carrier's.",
    id: "Notifikasi bukan dari kurir.",
  },
  "tracking.webhook_invalid": {
    kind: "invalid",
    en: "The notification cannot be read.",
    id: "Notifikasi tidak dapat dibaca.",
  },
});
