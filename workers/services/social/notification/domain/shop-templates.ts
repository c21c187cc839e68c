import * as z from "zod";
import { zId } from "#kernel/ids";
import { zCurrency } from "#kernel/money";
import { type Texts, textIn, zTexts } from "#kernel/texts";
import { button, note, table, text } from "./content.ts";
import { defineNotice } from "./notice.ts";
import { defineTemplate, type Template } from "./template.ts";
import { money, say, type Voice } from "./words.ts";

/** Longer than any title of a product. */
const TITLE_CHARS_MAX = 1_000;

const APPROVED = { en: "Your shop is open", id: "Toko Anda sudah buka" };
const approved = defineTemplate({
  name: "seller.approved",
  version: 1,
  category: "account",
  data: z.object({ sellerId: zId("seller"), name: z.string() }),
  mail: ({ name }, voice) => {
    const subject = say(voice, APPROVED);
    const body = say(voice, {
      en: `${name} is approved. You can list products and sell from now on.`,
      id: `${name} telah disetujui. Anda sudah dapat menambah produk dan berjualan.`,
    });
    const label = say(voice, { en: "Open my shop", id: "Buka toko saya" });
    return { subject, heading: subject, blocks: [text(body), button(label, `${voice.origin}/shop`)] };
  },
  entry: ({ name }, voice) => ({ title: say(voice, APPROVED), body: name, path: "/shop" }),
});

const REJECTED = { en: "About your application for a shop", id: "Tentang pengajuan toko Anda" };
const rejected = defineTemplate({
  name: "seller.rejected",
  version: 1,
  category: "account",
  data: z.object({ sellerId: zId("seller"), name: z.string(), reason: z.string().nullish() }),
  mail: ({ name, reason }, voice) => {
    const subject = say(voice, REJECTED);
    const body = say(voice, {
      en: `We cannot open ${name} as it was applied for.`,
      id: `Kami belum dapat membuka ${name} sesuai pengajuan.`,
    });
    const again = say(voice, {
      en: "You can change your application and send it again.",
      id: "Anda dapat mengubah pengajuan dan mengirimnya lagi.",
    });
    const label = say(voice, { en: "See my application", id: "Lihat pengajuan saya" });
    const blocks = [text(body), ...(reason ? [text(reason)] : []), text(again)];
    return { subject, heading: subject, blocks: [...blocks, button(label, `${voice.origin}/shop`)] };
  },
  entry: ({ name }, voice) => ({ title: say(voice, REJECTED), body: name, path: "/shop" }),
});

const newOrder = defineTemplate({
  name: "shop.new_order",
  version: 1,
  category: "shop",
  data: z.object({ orderId: zId("order"), units: z.int(), goodsMinor: z.string(), currency: zCurrency }),
  mail: ({ orderId, units, goodsMinor, currency }, voice) => {
    const goods = money(voice, goodsMinor, currency);
    const subject = say(voice, { en: `New order: ${goods}`, id: `Pesanan baru: ${goods}` });
    const rows = [
      [say(voice, { en: "Order", id: "Pesanan" }), orderId],
      [say(voice, { en: "Items", id: "Barang" }), String(units)],
      [say(voice, { en: "Goods", id: "Nilai barang" }), goods],
    ] as const;
    const label = say(voice, { en: "Prepare it", id: "Siapkan pesanan" });
    const hint = note(say(voice, { en: "The buyer is waiting for it.", id: "Pembeli sedang menunggu." }));
    const open = button(label, `${voice.origin}/shop/orders/${orderId}`);
    return { subject, heading: subject, blocks: [table(rows), open, hint] };
  },
  entry: ({ orderId, goodsMinor, currency }, voice) => ({
    title: say(voice, { en: "New order", id: "Pesanan baru" }),
    body: money(voice, goodsMinor, currency),
    path: `/shop/orders/${orderId}`,
  }),
});

const stockLow = defineTemplate({
  name: "shop.stock_low",
  version: 1,
  category: "shop",
  data: z.object({
    items: z.array(
      z.object({ title: zTexts(TITLE_CHARS_MAX), sku: z.string().nullable(), available: z.int() }),
    ),
    /** How many more ran low. */
    more: z.int(),
  }),
  mail: ({ items, more }, voice) => {
    const subject = lowLine({ items, more }, voice);
    const rows = items.map(({ title, sku, available }) => {
      const name = textIn(title, voice.locale);
      return [sku === null ? name : `${name} (${sku})`, String(available)] as const;
    });
    const rest = say(voice, { en: `And ${more} more.`, id: `Dan ${more} lainnya.` });
    const label = say(voice, { en: "See my stock", id: "Lihat stok saya" });
    const blocks = [table(rows), ...(more > 0 ? [text(rest)] : [])];
    return { subject, heading: subject, blocks: [...blocks, button(label, `${voice.origin}/shop/stock`)] };
  },
  entry: ({ items, more }, voice) => ({
    title: say(voice, { en: "Stock is running low", id: "Stok menipis" }),
    body: lowLine({ items, more }, voice),
    path: "/shop/inventory",
  }),
});

type Low = {
  readonly items: readonly { readonly title: Texts; readonly available: number }[];
  readonly more: number;
};

function lowLine({ items, more }: Low, voice: Voice): string {
  const [first] = items;
  const count = items.length + more;
  if (count > 1 || !first) {
    return say(voice, { en: `${count} products are running low`, id: `Stok ${count} produk menipis` });
  }
  const name = textIn(first.title, voice.locale);
  return say(voice, {
    en: `${name}: ${first.available} left`,
    id: `${name}: tersisa ${first.available}`,
  });
}

const invited = defineTemplate({
  name: "member.invited",
  version: 1,
  category: "account",
  data: z.object({ sellerName: z.string(), link: z.url() }),
  mail: ({ sellerName, link }, voice) => {
    const subject = say(voice, {
      en: `You are invited to the shop ${sellerName}`,
      id: `Anda diundang ke toko ${sellerName}`,
    });
    const body = say(voice, {
      en: "Accept the invitation to work in this shop. If you do not know it, ignore this mail.",
      id: "Terima undangan ini untuk bekerja di toko tersebut. Jika tidak mengenalnya, abaikan email ini.",
    });
    const label = say(voice, { en: "Accept", id: "Terima" });
    return { subject, heading: subject, blocks: [text(body), button(label, link)] };
  },
});

const DECIDED = {
  approved: {
    en: "It is on the product's page now. Thank you.",
    id: "Perubahan itu kini tampil di halaman produk. Terima kasih.",
  },
  rejected: {
    en: "It was not taken over, and its pictures are deleted.",
    id: "Perubahan itu tidak diterima, dan gambarnya dihapus.",
  },
  superseded: {
    en: "The product was joined with another that is the same, so your request is closed. If something is \
wrong on the page that is there now, propose it again.",
    id: "Produk ini digabung dengan produk lain yang sama, jadi permintaan Anda ditutup. Jika ada yang \
keliru di halaman yang sekarang, ajukan lagi.",
  },
} as const;
const zDecision = z.enum(["approved", "rejected", "superseded"]);
const DECIDED_TITLE: { readonly [D in z.output<typeof zDecision>]: { en: string; id: string } } = {
  approved: { en: "Your change was accepted", id: "Perubahan Anda diterima" },
  rejected: { en: "Your change was refused", id: "Perubahan Anda ditolak" },
  superseded: { en: "Your change was overtaken", id: "Perubahan Anda tidak berlaku lagi" },
};

/** What a shop has asked for about a product, its own or another's. */
const changeDecided = defineNotice({
  name: "shop.product_change_decided",
  category: "shop",
  data: z.object({
    decision: zDecision,
    reason: z.string().optional(),
    titles: zTexts(TITLE_CHARS_MAX),
  }),
  title: ({ decision, titles }) => ({
    en: `${DECIDED_TITLE[decision].en}: ${textIn(titles, "en")}`,
    id: `${DECIDED_TITLE[decision].id}: ${textIn(titles, "id")}`,
  }),
  body: ({ decision, reason }) => ({
    en: reason ? `${DECIDED[decision].en} The reason: ${reason}` : DECIDED[decision].en,
    id: reason ? `${DECIDED[decision].id} Alasannya: ${reason}` : DECIDED[decision].id,
  }),
  path: () => "/shop/changes",
  label: { en: "See my changes", id: "Lihat perubahan saya" },
});

export const SHOP_TEMPLATES: readonly Template[] = [
  ...[approved, rejected, newOrder, stockLow, invited],
  changeDecided,
];
