import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "livestream.not_found": { kind: "missing", en: "No such livestream.", id: "Siaran tidak ditemukan." },
  "livestream.stale": {
    kind: "conflict",
    en: "The livestream has just changed. Please try again.",
    id: "Siaran baru saja berubah. Coba lagi.",
  },
  "livestream.video_off": {
    kind: "unavailable",
    en: "Live video is off on this platform.",
    id: "Siaran video sedang nonaktif.",
  },
  "livestream.not_open": {
    kind: "conflict",
    en: "This livestream is over or was cancelled.",
    id: "Siaran ini sudah berakhir atau dibatalkan.",
  },
  "livestream.no_video": {
    kind: "conflict",
    en: "There is no picture yet.",
    id: "Gambar belum tersedia.",
  },
  "livestream.no_input": {
    kind: "conflict",
    en: "Ask for the address to publish to first.",
    id: "Minta alamat publikasi terlebih dahulu.",
  },
  "livestream.too_early": {
    kind: "invalid",
    en: "A livestream is scheduled for a time to come.",
    id: "Siaran dijadwalkan untuk waktu yang akan datang.",
  },
  "livestream.people_full": {
    kind: "conflict",
    en: "This livestream has as many helpers as it may have.",
    id: "Jumlah pembantu siaran sudah maksimal.",
  },
  "livestream.offer_not_yours": {
    kind: "invalid",
    en: "Only offers of this shop can be shown here.",
    id: "Hanya penawaran toko ini yang bisa ditampilkan.",
  },
  "livestream.price_refused": {
    kind: "invalid",
    en: "This price cannot be asked here: the market's currency and cash step, and below the offer's own.",
    id: "Harga ini tidak dapat dipakai: mata uang dan kelipatan pasar, di bawah harga penawaran.",
  },
  "livestream.out_of_stock": {
    kind: "conflict",
    en: "There is not that much in stock.",
    id: "Stok tidak mencukupi.",
  },
  "livestream.signature_invalid": {
    kind: "forbidden",
    en: "The signature is not valid.",
    id: "Tanda tangan tidak sah.",
  },
  "livestream.over": { kind: "conflict", en: "The show is over.", id: "Siaran sudah berakhir." },
  "livestream.removed": {
    kind: "forbidden",
    en: "You were removed from this show.",
    id: "Anda dikeluarkan dari siaran ini.",
  },
  "livestream.muted": { kind: "forbidden", en: "You may not write now.", id: "Anda tidak dapat menulis." },
  "livestream.slow": {
    kind: "limited",
    en: "Slow mode: please wait before you write again.",
    id: "Mode lambat: tunggu sebelum menulis lagi.",
  },
  "livestream.sign_in": { kind: "unauthenticated", en: "Please sign in.", id: "Silakan masuk." },
  "livestream.own_show": {
    kind: "forbidden",
    en: "Who runs the show neither bids in it nor enters its giveaways.",
    id: "Yang menjalankan siaran tidak menawar dan tidak ikut undiannya.",
  },
  "livestream.no_such_item": {
    kind: "missing",
    en: "Nothing of this number is open here.",
    id: "Tidak ada yang terbuka dengan nomor ini.",
  },
  "livestream.no_such_message": { kind: "missing", en: "No such message.", id: "Pesan tidak ditemukan." },
  "livestream.not_in_bag": {
    kind: "conflict",
    en: "Put it in the bag first.",
    id: "Masukkan ke tas produk dulu.",
  },
  "livestream.auction_running": {
    kind: "conflict",
    en: "An auction is still running.",
    id: "Lelang masih berjalan.",
  },
  "livestream.deal_running": {
    kind: "conflict",
    en: "A deal is still running.",
    id: "Promo masih berjalan.",
  },
  "livestream.not_crew": {
    kind: "forbidden",
    en: "Only the host and helpers may do this.",
    id: "Hanya pembawa acara dan pembantu yang boleh.",
  },
  "livestream.crew_stays": {
    kind: "forbidden",
    en: "Who runs the show cannot be removed.",
    id: "Penyelenggara siaran tidak dapat dikeluarkan.",
  },
  "livestream.auction_closed": {
    kind: "conflict",
    en: "This auction is closed.",
    id: "Lelang ini sudah ditutup.",
  },
  "livestream.bid_too_low": { kind: "conflict", en: "The bid is too low.", id: "Tawaran terlalu rendah." },
  "livestream.bid_lower_than_own": {
    kind: "conflict",
    en: "You have offered as much already.",
    id: "Anda sudah menawar sebesar itu.",
  },
  "livestream.bidders_full": {
    kind: "conflict",
    en: "This auction takes no more bidders.",
    id: "Lelang ini tidak menerima penawar lagi.",
  },
  "livestream.poll_closed": { kind: "conflict", en: "The poll is closed.", id: "Jajak pendapat ditutup." },
  "livestream.no_such_choice": { kind: "invalid", en: "No such choice.", id: "Pilihan tidak ada." },
  "livestream.voters_full": {
    kind: "conflict",
    en: "The poll takes no more votes.",
    id: "Jajak pendapat tidak menerima suara lagi.",
  },
  "livestream.giveaway_closed": {
    kind: "conflict",
    en: "The giveaway is closed.",
    id: "Undian sudah ditutup.",
  },
  "livestream.entered_already": {
    kind: "conflict",
    en: "You have entered already.",
    id: "Anda sudah terdaftar.",
  },
  "livestream.entries_full": {
    kind: "conflict",
    en: "The giveaway takes no more entries.",
    id: "Undian tidak menerima peserta lagi.",
  },
});
