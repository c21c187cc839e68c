import * as z from "zod";
import { zId } from "#kernel/ids";
import { zCurrency } from "#kernel/money";
import { button, text } from "./content.ts";
import { defineNotice } from "./notice.ts";
import { defineTemplate, type Template } from "./template.ts";
import { moment, money, say, type Voice } from "./words.ts";

const zLive = z.object({ livestreamId: zId("livestream"), title: z.string() });
const zPrice = z.object({ minor: z.string(), currency: zCurrency });
const pathOf = (livestreamId: string) => `/live/${livestreamId}`;
const toShow = (voice: Voice, livestreamId: string) =>
  button(say(voice, { en: "Go to the show", id: "Buka siaran" }), `${voice.origin}${pathOf(livestreamId)}`);

const startedTitle = (voice: Voice, title: string) =>
  title === ""
    ? say(voice, { en: "The show you asked about is live", id: "Siaran yang Anda tunggu sudah mulai" })
    : say(voice, { en: `Live now: ${title}`, id: `Sedang siaran: ${title}` });
const STARTED_BODY = {
  en: "You asked to be told when it begins.",
  id: "Anda meminta diberi tahu saat siaran dimulai.",
};

const started = defineTemplate({
  name: "livestream.started",
  version: 1,
  category: "live",
  data: zLive,
  mail: ({ livestreamId, title }, voice) => {
    const subject = startedTitle(voice, title);
    return {
      subject,
      heading: subject,
      blocks: [text(say(voice, STARTED_BODY)), toShow(voice, livestreamId)],
    };
  },
  entry: ({ livestreamId, title }, voice) => ({
    title: startedTitle(voice, title),
    body: say(voice, STARTED_BODY),
    path: pathOf(livestreamId),
  }),
});

const giveawayTitle = (voice: Voice, title: string) =>
  say(voice, { en: `You won the giveaway: ${title}`, id: `Anda memenangkan undian: ${title}` });
const GIVEAWAY_BODY = {
  en: "Your name was drawn. The draw can be checked by anybody, from the page of the show.",
  id: "Nama Anda terpilih. Siapa pun dapat memeriksa undian ini dari halaman siaran.",
};

const giveawayWon = defineTemplate({
  name: "livestream.giveaway_won",
  version: 1,
  category: "live",
  data: zLive,
  mail: ({ livestreamId, title }, voice) => {
    const subject = giveawayTitle(voice, title);
    const blocks = [text(say(voice, GIVEAWAY_BODY)), toShow(voice, livestreamId)];
    return { subject, heading: subject, blocks };
  },
  entry: ({ livestreamId, title }, voice) => ({
    title: giveawayTitle(voice, title),
    body: say(voice, GIVEAWAY_BODY),
    path: pathOf(livestreamId),
  }),
});

const zWon = zLive.extend({ price: zPrice, payBy: z.int() });
const wonTitle = (voice: Voice, title: string) =>
  say(voice, { en: `You won the auction: ${title}`, id: `Anda memenangkan lelang: ${title}` });
const wonBody = (voice: Voice, { price, payBy }: Pick<z.output<typeof zWon>, "price" | "payBy">) => {
  const [amount, until] = [money(voice, price.minor, price.currency), moment(voice, payBy)];
  return say(voice, {
    en: `It is held for you at ${amount} until ${until}. After that it goes to the next bidder.`,
    id: `Barang ditahan untuk Anda seharga ${amount} sampai ${until}. Lalu menjadi hak penawar berikut.`,
  });
};

/** What was won is to be paid by a time, so it is told whatever was switched off. */
const auctionWon = defineTemplate({
  name: "livestream.auction_won",
  version: 1,
  category: "purchase",
  data: zWon,
  mail: ({ livestreamId, title, ...won }, voice) => {
    const subject = wonTitle(voice, title);
    return { subject, heading: subject, blocks: [text(wonBody(voice, won)), toShow(voice, livestreamId)] };
  },
  entry: ({ livestreamId, title, ...won }, voice) => ({
    title: wonTitle(voice, title),
    body: wonBody(voice, won),
    path: pathOf(livestreamId),
  }),
});

const zOutbid = zLive.extend({ price: zPrice });
const outbidTitle = (voice: Voice, title: string) =>
  say(voice, { en: `You were outbid: ${title}`, id: `Tawaran Anda terlampaui: ${title}` });
const outbidBody = (voice: Voice, { minor, currency }: z.output<typeof zPrice>) => {
  const amount = money(voice, minor, currency);
  return say(voice, {
    en: `Somebody offers more; it stands at ${amount}.`,
    id: `Ada yang menawar lebih tinggi; harga sekarang ${amount}.`,
  });
};

const outbid = defineTemplate({
  name: "livestream.outbid",
  version: 1,
  category: "live",
  data: zOutbid,
  mail: ({ livestreamId, title, price }, voice) => {
    const subject = outbidTitle(voice, title);
    return {
      subject,
      heading: subject,
      blocks: [text(outbidBody(voice, price)), toShow(voice, livestreamId)],
    };
  },
  entry: ({ livestreamId, title, price }, voice) => ({
    title: outbidTitle(voice, title),
    body: outbidBody(voice, price),
    path: pathOf(livestreamId),
  }),
});

/** He was told to pay, so he is told whatever was switched off that he need not. */
const withdrawn = defineNotice({
  name: "livestream.auction_withdrawn",
  category: "purchase",
  data: zLive,
  title: ({ title }) => ({
    en: `The auction you won is called off: ${title}`,
    id: `Lelang yang Anda menangkan dibatalkan: ${title}`,
  }),
  body: () => ({
    en: "The shop no longer sells this product, so it cannot be bought any more. You have nothing to pay.",
    id: "Toko tidak lagi menjual produk ini, jadi tidak dapat dibeli. Anda tidak perlu membayar apa pun.",
  }),
  path: ({ livestreamId }) => pathOf(livestreamId),
  label: { en: "Go to the show", id: "Buka siaran" },
});

const shopWithdrawn = defineNotice({
  name: "shop.auction_withdrawn",
  category: "shop",
  data: zLive,
  title: ({ title }) => ({
    en: `An auction ended without a sale: ${title}`,
    id: `Lelang berakhir tanpa penjualan: ${title}`,
  }),
  body: () => ({
    en: "The product is not on sale any more, so its winner could not pay. Its unit is in your stock again.",
    id: "Produk ini tidak lagi dijual, jadi pemenangnya tidak dapat membayar. Unitnya kembali ke stok Anda.",
  }),
  path: ({ livestreamId }) => `/shop/live/${livestreamId}`,
  label: { en: "Go to the show", id: "Buka siaran" },
});

export const LIVE_TEMPLATES: readonly Template[] = [
  ...[started, giveawayWon, auctionWon, outbid],
  ...[withdrawn, shopWithdrawn],
];
