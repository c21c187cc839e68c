import { ApiError } from "../api/client.ts";
import { texts } from "../shell/text.ts";

/** Rooms refuse by code alone; the codes that a person can meet, in his words. */
const SAID = texts({
  en: {
    "livestream.slow": "Slow mode: wait a little before you write again.",
    "livestream.muted": "You may not write in this show for now.",
    "livestream.removed": "You were removed from this show.",
    "livestream.over": "The show is over.",
    "livestream.sign_in": "Please sign in for that.",
    "livestream.own_show": "Who runs the show neither bids in it nor enters its giveaways.",
    "livestream.auction_closed": "This auction is closed.",
    "livestream.bid_too_low": "Somebody has offered more. Offer at least the next step.",
    "livestream.bid_lower_than_own": "You have offered as much already.",
    "livestream.bidders_full": "This auction takes no more bidders.",
    "livestream.poll_closed": "This poll is closed.",
    "livestream.giveaway_closed": "This giveaway is closed.",
    "livestream.entered_already": "You are in already. Good luck!",
    "livestream.entries_full": "This giveaway takes no more entries.",
    "flash_sale.sold_out": "Sold out. Somebody was faster this time.",
    "flash_sale.buyer_limit": "You have as many as one buyer may have.",
    "flash_sale.too_often": "You have let go of too many holds in this sale.",
    "flash_sale.not_open": "The sale has not begun yet.",
    "flash_sale.ended": "The sale is over.",
    "flash_sale.not_admitted": "It is not your turn yet.",
    "flash_sale.hold_ended": "What was held for you has run out.",
    "flash_sale.hold_ordered": "You have ordered this already.",
    "flash_sale.line_full": "The line is full.",
    "room.closed": "The connection was lost. Please try again.",
    other: "That did not work. Please try again.",
  },
  id: {
    "livestream.slow": "Mode lambat: tunggu sebentar sebelum menulis lagi.",
    "livestream.muted": "Untuk sementara Anda tidak dapat menulis di siaran ini.",
    "livestream.removed": "Anda dikeluarkan dari siaran ini.",
    "livestream.over": "Siaran sudah selesai.",
    "livestream.sign_in": "Silakan masuk dulu.",
    "livestream.own_show": "Yang menjalankan siaran tidak menawar dan tidak ikut undiannya.",
    "livestream.auction_closed": "Lelang ini sudah ditutup.",
    "livestream.bid_too_low": "Ada yang menawar lebih tinggi. Tawar minimal satu langkah di atasnya.",
    "livestream.bid_lower_than_own": "Anda sudah menawar sebesar itu.",
    "livestream.bidders_full": "Lelang ini tidak menerima penawar lagi.",
    "livestream.poll_closed": "Jajak pendapat ini sudah ditutup.",
    "livestream.giveaway_closed": "Undian ini sudah ditutup.",
    "livestream.entered_already": "Anda sudah ikut. Semoga beruntung!",
    "livestream.entries_full": "Undian ini tidak menerima peserta lagi.",
    "flash_sale.sold_out": "Habis. Kali ini ada yang lebih cepat.",
    "flash_sale.buyer_limit": "Batas per pembeli sudah tercapai.",
    "flash_sale.too_often": "Terlalu banyak reservasi yang Anda lepas di flash sale ini.",
    "flash_sale.not_open": "Flash sale belum dimulai.",
    "flash_sale.ended": "Flash sale sudah berakhir.",
    "flash_sale.not_admitted": "Belum giliran Anda.",
    "flash_sale.hold_ended": "Waktu simpan untuk Anda sudah habis.",
    "flash_sale.hold_ordered": "Barang ini sudah Anda pesan.",
    "flash_sale.line_full": "Antrean sudah penuh.",
    "room.closed": "Koneksi terputus. Silakan coba lagi.",
    other: "Itu tidak berhasil. Silakan coba lagi.",
  },
});

/** Why something was refused, by a room or by the API. */
export function refusalOf(error: unknown): string {
  if (error instanceof ApiError && error.title !== "") return error.title;
  const { code = "other" } = error as { readonly code?: string };
  return SAID[code as keyof typeof SAID] ?? SAID.other;
}

export const codeOf = (error: unknown): string | undefined =>
  (error as { readonly code?: string } | null)?.code;
