import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "inventory.insufficient": {
    kind: "conflict",
    en: "There is not enough stock.",
    id: "Stok tidak mencukupi.",
  },
  "inventory.hold_dead": {
    kind: "conflict",
    en: "The reservation has expired.",
    id: "Reservasi sudah kedaluwarsa.",
  },
  "inventory.not_allocated": {
    kind: "conflict",
    en: "More than what is allocated to this order.",
    id: "Melebihi stok yang dialokasikan untuk pesanan ini.",
  },
  "inventory.below_promised": {
    kind: "conflict",
    en: "More units are promised to buyers than would be left.",
    id: "Unit yang dijanjikan kepada pembeli melebihi sisa stok.",
  },
  "inventory.offer_not_found": { kind: "missing", en: "No such offer.", id: "Penawaran tidak ditemukan." },
  "inventory.nothing_received": {
    kind: "invalid",
    en: "What comes in is counted from one.",
    id: "Barang masuk dihitung mulai dari satu.",
  },
  "inventory.item_exists": {
    kind: "conflict",
    en: "This offer already has stock of its own.",
    id: "Penawaran ini sudah memiliki stok sendiri.",
  },
  "inventory.bundle_nested": {
    kind: "conflict",
    en: "A bundle cannot contain a bundle.",
    id: "Paket tidak dapat berisi paket lain.",
  },
  "inventory.bundle_not_found": { kind: "missing", en: "No such bundle.", id: "Paket tidak ditemukan." },
  "inventory.bundle_of_one": {
    kind: "invalid",
    en: "A bundle holds at least two units.",
    id: "Paket berisi sedikitnya dua unit.",
  },
  "inventory.promise_not_ahead": {
    kind: "invalid",
    en: "What is promised comes later than now, and within a year.",
    id: "Tanggal yang dijanjikan harus setelah sekarang dan dalam satu tahun.",
  },
  "inventory.wrong_currency": {
    kind: "invalid",
    en: "Costs are in the market's currency and not negative.",
    id: "Biaya memakai mata uang pasar dan tidak negatif.",
  },
  "inventory.transfer_not_found": {
    kind: "missing",
    en: "No such transfer.",
    id: "Pemindahan tidak ditemukan.",
  },
  "inventory.transfer_ended": {
    kind: "conflict",
    en: "The transfer has ended otherwise.",
    id: "Pemindahan sudah berakhir.",
  },
  "inventory.transfer_unlike": {
    kind: "conflict",
    en: "More came than was sent, or something else.",
    id: "Yang datang melebihi atau berbeda dari yang dikirim.",
  },
  "inventory.is_bundle": {
    kind: "conflict",
    en: "A bundle has no stock of its own; count its components.",
    id: "Paket tidak memiliki stok sendiri; hitung komponennya.",
  },
  "inventory.location_not_found": {
    kind: "missing",
    en: "No such open location.",
    id: "Lokasi tidak ditemukan.",
  },
  "inventory.location_in_use": {
    kind: "conflict",
    en: "The location still holds stock or promises.",
    id: "Lokasi masih menyimpan stok.",
  },
  "inventory.location_limit": {
    kind: "conflict",
    en: "A shop cannot have more locations.",
    id: "Jumlah lokasi toko sudah maksimal.",
  },
  "inventory.stale": {
    kind: "stale",
    en: "It has changed since you read it.",
    id: "Data sudah berubah sejak Anda membacanya.",
  },
});
