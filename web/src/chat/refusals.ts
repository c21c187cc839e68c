import { texts } from "../shell/text.ts";

/** Rooms refuse by code alone; the codes that a person can meet, in his words. */
const SAID = texts({
  en: {
    "chat.blocked": "This conversation is blocked.",
    "chat.slow_mode": "Slow mode is on. Please wait a moment.",
    "chat.text_refused": "For your safety, bank and card numbers may not be sent here.",
    "chat.too_late": "It is too late to change this message.",
    "chat.message_not_found": "This message is gone.",
    other: "That did not work. Please try again.",
  },
  id: {
    "chat.blocked": "Percakapan ini diblokir.",
    "chat.slow_mode": "Mode lambat aktif. Tunggu sebentar.",
    "chat.text_refused": "Demi keamanan Anda, nomor rekening dan kartu tidak boleh dikirim di sini.",
    "chat.too_late": "Pesan ini sudah tidak dapat diubah.",
    "chat.message_not_found": "Pesan ini sudah tidak ada.",
    other: "Itu tidak berhasil. Silakan coba lagi.",
  },
});

/** Why the room refused a word or a change. */
export const refusalOf = (error: unknown): string => {
  const { code = "other" } = error as { readonly code?: string };
  return SAID[code as keyof typeof SAID] ?? SAID.other;
};
