import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { defineNotice } from "./notice.ts";
import type { Template } from "./template.ts";
import { money } from "./words.ts";

const zCase = z.object({ refundId: zId("refundCase"), orderId: zId("order") });
type OfCase = z.output<typeof zCase>;
const buyersPath = ({ refundId }: OfCase) => `/account/returns/${refundId}`;
const shopsPath = ({ refundId }: OfCase) => `/shop/returns/${refundId}`;
const SEE = { en: "See the return", id: "Lihat pengembalian" };

const approved = defineNotice({
  name: "refund.approved",
  category: "purchase",
  data: zCase.extend({ isReturnless: z.boolean(), resolution: z.enum(["refund", "replacement"]) }),
  title: { en: "Your return is approved", id: "Pengembalian Anda disetujui" },
  body: ({ isReturnless, resolution }) => {
    if (!isReturnless) {
      return {
        en: "Send the goods back and name the carrier, so that we know when they arrive.",
        id: "Kirim barang kembali dan sebutkan kurirnya, agar kami tahu kapan barang tiba.",
      };
    }
    return resolution === "refund"
      ? {
          en: "You need not send anything back. Your money is on its way.",
          id: "Anda tidak perlu mengirim barang kembali. Dana Anda sedang diproses.",
        }
      : {
          en: "You need not send anything back. The replacement is being prepared.",
          id: "Anda tidak perlu mengirim barang kembali. Pengganti sedang disiapkan.",
        };
  },
  path: buyersPath,
  label: SEE,
});

const rejected = defineNotice({
  name: "refund.rejected",
  category: "purchase",
  data: zCase.extend({ isFinal: z.boolean() }),
  title: { en: "Your return was declined", id: "Pengembalian Anda ditolak" },
  body: ({ isFinal }) =>
    isFinal
      ? {
          en: "The decision is final. You can read the reasons in your return.",
          id: "Keputusan ini final. Alasannya dapat dibaca di halaman pengembalian Anda.",
        }
      : {
          en: "If you do not agree, you can ask us to decide from the page of your return.",
          id: "Jika tidak setuju, Anda dapat meminta keputusan kami dari halaman pengembalian.",
        },
  path: buyersPath,
  label: SEE,
});

const paid = defineNotice({
  name: "refund.paid",
  category: "purchase",
  data: zCase.extend({ amount: zMoney, tender: z.enum(["original", "wallet"]) }),
  title: { en: "Your refund is paid", id: "Pengembalian dana Anda telah dibayar" },
  body: ({ amount, tender }, voice) => {
    const total = money(voice, amount.minor, amount.currency);
    return tender === "wallet"
      ? { en: `${total} is in your wallet.`, id: `${total} sudah masuk ke dompet Anda.` }
      : {
          en: `We have sent ${total} back the way you paid. How soon you see it depends on your bank.`,
          id: `Kami telah mengembalikan ${total} lewat cara Anda membayar. Kapan terlihat tergantung bank.`,
        };
  },
  path: buyersPath,
  label: SEE,
});

const uncollected = defineNotice({
  name: "refund.uncollected",
  category: "purchase",
  data: zCase.extend({ less: zMoney, due: zMoney }),
  title: { en: "You pay less at the door", id: "Anda membayar lebih sedikit di tempat" },
  body: ({ less, due }, voice) => {
    const [off, left] = [less, due].map(({ minor, currency }) => money(voice, minor, currency));
    return {
      en: `A part of your order was called off: ${off} less. Please have ${left} ready.`,
      id: `Sebagian pesanan Anda dibatalkan: ${off} lebih sedikit. Siapkan ${left} saat barang tiba.`,
    };
  },
  path: buyersPath,
  label: SEE,
});

const stuck = defineNotice({
  name: "refund.stuck",
  category: "purchase",
  data: zCase,
  title: { en: "Your refund takes longer", id: "Pengembalian dana Anda tertunda" },
  body: () => ({
    en: "Your money could not go back by itself. We are seeing to it by hand; you need not do anything.",
    id: "Dana belum dapat dikembalikan secara otomatis. Kami sedang menanganinya; Anda tidak perlu apa-apa.",
  }),
  path: buyersPath,
  label: SEE,
});

const requested = defineNotice({
  name: "shop.refund_requested",
  category: "shop",
  data: zCase,
  title: { en: "A buyer asks for a return", id: "Pembeli mengajukan pengembalian" },
  body: () => ({
    en: "Please answer in time: a shop that says nothing has agreed.",
    id: "Mohon dijawab tepat waktu: toko yang tidak menjawab dianggap setuju.",
  }),
  path: shopsPath,
  label: { en: "Answer it", id: "Jawab sekarang" },
});

const decided = defineNotice({
  name: "shop.refund_decided",
  category: "shop",
  data: zCase.extend({ isApproved: z.boolean() }),
  title: { en: "A return is decided", id: "Pengembalian telah diputuskan" },
  body: ({ isApproved }) =>
    isApproved
      ? { en: "It was decided for the buyer.", id: "Keputusan berpihak pada pembeli." }
      : { en: "It was decided for your shop.", id: "Keputusan berpihak pada toko Anda." },
  path: shopsPath,
  label: SEE,
});

const received = defineNotice({
  name: "shop.review_received",
  category: "shop",
  data: z.object({ reviewId: zId("review"), stars: z.int() }),
  title: { en: "A new review", id: "Ulasan baru" },
  body: ({ stars }) => ({
    en: `A buyer gave ${stars} of 5 stars. You can answer it once for all to read.`,
    id: `Pembeli memberi ${stars} dari 5 bintang. Anda dapat menjawabnya untuk dibaca semua orang.`,
  }),
  path: () => "/shop/reviews",
  label: { en: "Read the reviews", id: "Baca ulasan" },
});

const answered = defineNotice({
  name: "review.answered",
  category: "order_update",
  data: z.object({ reviewId: zId("review"), orderId: zId("order") }),
  title: { en: "The seller answered your review", id: "Penjual menjawab ulasan Anda" },
  body: () => ({
    en: "You find the answer below your review.",
    id: "Jawabannya ada di bawah ulasan Anda.",
  }),
  path: ({ orderId }) => `/account/orders/${orderId}`,
  label: { en: "Read the answer", id: "Baca jawaban" },
});

export const REFUND_TEMPLATES: readonly Template[] = [
  ...[approved, rejected, paid, uncollected, stuck],
  ...[requested, decided, received, answered],
];
