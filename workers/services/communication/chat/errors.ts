import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "chat.not_found": { kind: "missing", en: "No such conversation.", id: "Percakapan tidak ditemukan." },
  "chat.not_a_party": {
    kind: "forbidden",
    en: "You are not part of this conversation.",
    id: "Anda bukan bagian dari percakapan ini.",
  },
  "chat.with_yourself": {
    kind: "invalid",
    en: "A conversation needs somebody else.",
    id: "Percakapan memerlukan orang lain.",
  },
  "chat.shop_not_found": { kind: "missing", en: "No such shop.", id: "Toko tidak ditemukan." },
  "chat.person_not_found": { kind: "missing", en: "No such person.", id: "Orang tidak ditemukan." },
  "chat.blocked": {
    kind: "conflict",
    en: "One side has blocked this conversation.",
    id: "Salah satu pihak memblokir percakapan ini.",
  },
  "chat.not_in_groups": {
    kind: "conflict",
    en: "A group cannot be blocked; you can leave it.",
    id: "Grup tidak dapat diblokir; Anda dapat keluar.",
  },
  "chat.only_in_groups": {
    kind: "conflict",
    en: "Only a group can be left; a shop can be blocked.",
    id: "Hanya grup yang dapat ditinggalkan; toko dapat diblokir.",
  },
  "chat.kept_apart": {
    kind: "conflict",
    en: "These people cannot be in one group.",
    id: "Orang-orang ini tidak dapat berada dalam satu grup.",
  },
  "chat.group_full": {
    kind: "conflict",
    en: "This group has as many people as it may have.",
    id: "Jumlah anggota grup ini sudah maksimal.",
  },
  "chat.slow_mode": {
    kind: "limited",
    en: "Slow mode is on. Please wait a moment.",
    id: "Mode lambat aktif. Tunggu sebentar.",
  },
  "chat.text_refused": {
    kind: "invalid",
    en: "For your safety, bank and card numbers may not be sent here.",
    id: "Demi keamanan Anda, nomor rekening dan kartu tidak boleh dikirim di sini.",
  },
  "chat.message_not_found": { kind: "missing", en: "No such message.", id: "Pesan tidak ditemukan." },
  "chat.not_your_message": { kind: "forbidden", en: "It is not your message.", id: "Ini bukan pesan Anda." },
  "chat.too_late": {
    kind: "conflict",
    en: "It is too late to change this message.",
    id: "Pesan ini sudah tidak dapat diubah.",
  },
  "chat.product_not_found": { kind: "missing", en: "No such product.", id: "Produk tidak ditemukan." },
  "chat.order_not_found": {
    kind: "missing",
    en: "No such order between you.",
    id: "Pesanan tidak ditemukan di antara Anda.",
  },
  "chat.file_not_found": { kind: "missing", en: "No such file.", id: "Berkas tidak ditemukan." },
  "chat.file_not_as_said": {
    kind: "unsupported",
    en: "The file is not what it says it is, or of a kind that is not taken here.",
    id: "Berkas tidak sesuai jenisnya, atau jenisnya tidak diterima.",
  },
  "chat.upload_refused": {
    kind: "unauthenticated",
    en: "This upload link is not valid any more.",
    id: "Tautan unggah ini tidak berlaku lagi.",
  },
  "chat.not_a_member": {
    kind: "invalid",
    en: "This person does not work in the shop.",
    id: "Orang ini tidak bekerja di toko tersebut.",
  },
  "chat.not_yours_to_set": {
    kind: "forbidden",
    en: "Only who opened the group may set this.",
    id: "Hanya pembuat grup yang dapat mengaturnya.",
  },
  "chat.report_not_found": { kind: "missing", en: "No such open report.", id: "Laporan tidak ditemukan." },
  "chat.settings_stale": {
    kind: "stale",
    en: "The settings have changed since you read them.",
    id: "Pengaturan sudah berubah sejak Anda membacanya.",
  },
});
