import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "flash_sale.not_found": { kind: "missing", en: "No such sale.", id: "Flash sale tidak ditemukan." },
  "flash_sale.not_open": {
    kind: "conflict",
    en: "The sale has not begun.",
    id: "Flash sale belum dimulai.",
  },
  "flash_sale.ended": { kind: "conflict", en: "The sale is over.", id: "Flash sale sudah berakhir." },
  "flash_sale.key_reused": {
    kind: "key_reused",
    en: "This key was used for another claim.",
    id: "Kunci ini sudah dipakai untuk klaim lain.",
  },
  "flash_sale.hold_ended": { kind: "conflict", en: "The hold has ended.", id: "Reservasi sudah berakhir." },
  "flash_sale.hold_not_found": { kind: "missing", en: "No such hold.", id: "Reservasi tidak ditemukan." },
  "flash_sale.hold_bought": {
    kind: "conflict",
    en: "This hold has become an order already.",
    id: "Reservasi ini sudah menjadi pesanan.",
  },
  "flash_sale.hold_ordered": {
    kind: "conflict",
    en: "An order stands on this hold; cancel the order.",
    id: "Reservasi ini sudah menjadi pesanan; batalkan pesanannya.",
  },
  "flash_sale.buyer_limit": {
    kind: "conflict",
    en: "You have as many as one buyer may have.",
    id: "Batas per pembeli sudah tercapai.",
  },
  "flash_sale.too_often": {
    kind: "conflict",
    en: "You have let go of too many holds in this sale.",
    id: "Terlalu banyak reservasi yang Anda lepas di flash sale ini.",
  },
  "flash_sale.sold_out": { kind: "conflict", en: "Sold out.", id: "Stok habis." },
  "flash_sale.not_admitted": {
    kind: "forbidden",
    en: "It is not your turn yet.",
    id: "Belum giliran Anda.",
  },
  "flash_sale.no_queue": {
    kind: "conflict",
    en: "There is no place in a queue to be had.",
    id: "Tidak ada antrean yang dapat diikuti.",
  },
  "flash_sale.line_full": { kind: "conflict", en: "The line is full.", id: "Antrean sudah penuh." },
  "flash_sale.slot_not_found": { kind: "missing", en: "No such slot.", id: "Slot tidak ditemukan." },
  "flash_sale.slot_full": { kind: "conflict", en: "The slot is full.", id: "Slot sudah penuh." },
  "flash_sale.slot_closed": {
    kind: "conflict",
    en: "It is too late to enter this slot.",
    id: "Pendaftaran slot ini sudah ditutup.",
  },
  "flash_sale.not_eligible": {
    kind: "conflict",
    en: "The offer does not meet the slot's terms.",
    id: "Penawaran tidak memenuhi syarat slot.",
  },
  "flash_sale.offer_taken": {
    kind: "conflict",
    en: "This offer has a sale in this slot already.",
    id: "Penawaran ini sudah terdaftar di slot ini.",
  },
  "flash_sale.stale": {
    kind: "stale",
    en: "It has changed since you read it.",
    id: "Data sudah berubah sejak Anda membacanya.",
  },
  "inventory.insufficient": {
    kind: "conflict",
    en: "There is not enough stock.",
    id: "Stok tidak mencukupi.",
  },
});
