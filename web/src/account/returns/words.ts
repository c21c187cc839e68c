import type { Schemas } from "../../api/schema.gen.ts";
import { texts } from "../../shell/text.ts";
import type { Tone } from "../../ui/tag.tsx";

export type Case = Schemas["Refund"];
export type Asked = Schemas["Request"];

export const kindWords = texts({
  en: { return: "Return", exchange: "Exchange", claim: "Claim", cancellation: "Called off" },
  id: { return: "Pengembalian", exchange: "Penukaran", claim: "Klaim", cancellation: "Dibatalkan" },
});

export const kindHints = texts({
  en: {
    return: "You send the goods back and have your money.",
    exchange: "You send the goods back and get the same article anew.",
    claim: "Something came broken, is missing or never came.",
  },
  id: {
    return: "Barang Anda kirim kembali dan uang Anda dikembalikan.",
    exchange: "Barang Anda kirim kembali dan Anda menerima barang yang sama, baru.",
    claim: "Barang datang rusak, kurang, atau tidak pernah datang.",
  },
});

export const caseWords = texts({
  en: {
    requested: "The shop is to answer",
    asked: "The shop asks you",
    offered: "The shop offers",
    approved: "Send it back",
    received: "Partly back",
    settling: "Being settled",
    resolved: "Settled",
    rejected: "Refused",
    disputed: "We are deciding",
    cancelled: "Taken back",
  },
  id: {
    requested: "Menunggu jawaban toko",
    asked: "Toko bertanya",
    offered: "Toko menawarkan",
    approved: "Kirim kembali",
    received: "Kembali sebagian",
    settling: "Sedang diselesaikan",
    resolved: "Selesai",
    rejected: "Ditolak",
    disputed: "Sedang kami putuskan",
    cancelled: "Dibatalkan",
  },
});

export const caseTones: { readonly [S in Case["state"]]: Tone } = {
  requested: "brand",
  asked: "deal",
  offered: "deal",
  approved: "deal",
  received: "brand",
  settling: "brand",
  resolved: "good",
  rejected: "bad",
  disputed: "brand",
  cancelled: "plain",
};

export const reasonWords = texts({
  en: {
    changed_mind: "I changed my mind",
    wrong_size: "It does not fit",
    not_as_described: "It is not as described",
    defective: "It does not work",
    wrong_item: "It is the wrong article",
    not_received: "It never came",
    arrived_damaged: "It came damaged",
    incomplete: "Something is missing",
    called_off: "I called it off",
    not_sent: "The shop did not send it",
  },
  id: {
    changed_mind: "Saya berubah pikiran",
    wrong_size: "Ukurannya tidak pas",
    not_as_described: "Tidak sesuai deskripsi",
    defective: "Tidak berfungsi",
    wrong_item: "Barangnya salah",
    not_received: "Tidak pernah datang",
    arrived_damaged: "Datang dalam keadaan rusak",
    incomplete: "Ada yang kurang",
    called_off: "Saya batalkan",
    not_sent: "Toko tidak mengirimnya",
  },
});

/** What silence leads to, and whose it is: the ladder's rungs as they are told to the buyer. */
export const timerWords = texts({
  en: {
    requested: (at: string) => `If the shop does not answer before ${at}, it has agreed.`,
    asked: (at: string) => `Please answer before ${at}, or the request is closed.`,
    offered: (at: string) => `Please decide before ${at}, or the request is closed.`,
    approved: (at: string) => `Send the goods before ${at}, or the request is closed.`,
    sent: (at: string) => `If the shop says nothing before ${at}, the goods count as received.`,
    received: (at: string) => `The rest is awaited until ${at}.`,
    rejected: (at: string) => `You can take it to us until ${at}.`,
    disputed: (at: string) => `We decide before ${at}. What we decide is final.`,
    settling: (at: string) => `It is settled before ${at}.`,
  },
  id: {
    requested: (at: string) => `Jika toko tidak menjawab sebelum ${at}, toko dianggap setuju.`,
    asked: (at: string) => `Mohon jawab sebelum ${at}, jika tidak pengajuan ditutup.`,
    offered: (at: string) => `Mohon putuskan sebelum ${at}, jika tidak pengajuan ditutup.`,
    approved: (at: string) => `Kirim barang sebelum ${at}, jika tidak pengajuan ditutup.`,
    sent: (at: string) => `Jika toko diam sampai ${at}, barang dianggap diterima.`,
    received: (at: string) => `Sisanya ditunggu sampai ${at}.`,
    rejected: (at: string) => `Anda dapat membawanya kepada kami sampai ${at}.`,
    disputed: (at: string) => `Kami memutuskan sebelum ${at}. Keputusan kami final.`,
    settling: (at: string) => `Diselesaikan sebelum ${at}.`,
  },
});

export const tenderWords = texts({
  en: { original: "The way it was paid", wallet: "Into your wallet" },
  id: { original: "Ke cara pembayaran semula", wallet: "Ke dompet Anda" },
});

/** What was done in a case, said after who did it. */
export const caseMoves = texts({
  en: {
    request: "asked for it",
    ask: "asked something",
    reply: "answered",
    offer: "made an offer",
    accept: "accepted the offer",
    decline: "declined the offer",
    approve: "agreed",
    grant: "agreed: the money goes back without the goods",
    reject: "refused",
    close: "closed it",
    escalate: "took it to us",
    contest: "contested what came back",
    decide_refund: "decided: the money goes back",
    decide_return: "decided: goods against money",
    decide_reject: "decided: no refund",
    send: "sent the goods",
    advance: "sent the money ahead",
    receive_part: "received a part",
    receive: "received the goods",
    presume: "took the goods as received",
    convert: "made a return of the exchange",
    step: "went on with it",
    resolve: "settled it",
    cancel: "took the request back",
    lapse: "closed it, because the time was up",
    choose_tender: "chose where the money goes",
    unstick: "set the refund going again",
  },
  id: {
    request: "mengajukan",
    ask: "bertanya",
    reply: "menjawab",
    offer: "memberi penawaran",
    accept: "menerima penawaran",
    decline: "menolak penawaran",
    approve: "menyetujui",
    grant: "menyetujui: uang kembali tanpa barang",
    reject: "menolak",
    close: "menutup",
    escalate: "membawanya kepada kami",
    contest: "mempersoalkan barang yang kembali",
    decide_refund: "memutuskan: uang kembali",
    decide_return: "memutuskan: barang ditukar uang",
    decide_reject: "memutuskan: tidak ada pengembalian dana",
    send: "mengirim barang",
    advance: "mendahulukan uang",
    receive_part: "menerima sebagian",
    receive: "menerima barang",
    presume: "menganggap barang diterima",
    convert: "mengubah penukaran menjadi pengembalian",
    step: "melanjutkan",
    resolve: "menyelesaikan",
    cancel: "membatalkan pengajuan",
    lapse: "menutup karena waktunya habis",
    choose_tender: "memilih tujuan uang",
    unstick: "melanjutkan pengembalian dana",
  },
});
