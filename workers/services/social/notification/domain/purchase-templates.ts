import * as z from "zod";
import { zId } from "#kernel/ids";
import { zCurrency } from "#kernel/money";
import { textIn } from "#kernel/texts";
import { type Block, button, note, table, text } from "./content.ts";
import { defineTemplate, type Template } from "./template.ts";
import { moment, money, say, type Voice } from "./words.ts";

/** A mail is no delivery note: beyond this it says how many lines more there are. */
const LINES_SHOWN_MAX = 20;

const zTitle = z.union([z.string(), z.object({ en: z.string(), id: z.string().optional() })]);
const zLine = z.object({ title: zTitle, quantity: z.int(), unitPriceMinor: z.string() });
const zOrder = z.object({
  orderId: zId("order"),
  orderGroupId: zId("orderGroup"),
  currency: zCurrency,
  goodsMinor: z.string(),
  taxMinor: z.string(),
  shippingMinor: z.string(),
  totalMinor: z.string(),
  method: z.string(),
  lines: z.array(zLine),
});
type Order = z.output<typeof zOrder>;
/** One mail speaks of all orders of a group that were told of together. */
const zOrders = z.object({ orders: z.array(zOrder).min(1) });
const zPlaced = z.object({ orders: z.array(zOrder.extend({ payBy: z.int() })).min(1) });

type Words = { readonly en: string; readonly id: string };
const METHODS: { readonly [method: string]: Words } = {
  card: { en: "Card", id: "Kartu" },
  qris: { en: "QRIS", id: "QRIS" },
  virtual_account: { en: "Virtual account", id: "Virtual account" },
  gopay: { en: "GoPay", id: "GoPay" },
  shopeepay: { en: "ShopeePay", id: "ShopeePay" },
  convenience_store: { en: "Indomaret or Alfamart", id: "Indomaret atau Alfamart" },
  wallet: { en: "Wallet", id: "Saldo" },
  cod: { en: "Cash on delivery", id: "Bayar di tempat" },
};
const methodOf = (voice: Voice, method: string) => (METHODS[method] ? say(voice, METHODS[method]) : method);

const HOW_TO_PAY: { readonly [method: string]: Words } = {
  card: {
    en: "Open the payment page and enter your card.",
    id: "Buka halaman pembayaran dan masukkan kartu Anda.",
  },
  qris: {
    en: "Open the payment page and scan the QR code with your banking or wallet app.",
    id: "Buka halaman pembayaran dan pindai kode QR dengan aplikasi bank atau dompet digital Anda.",
  },
  virtual_account: {
    en: "The payment page shows the account number. Transfer exactly the amount to it.",
    id: "Halaman pembayaran menampilkan nomor rekening. Transfer tepat sejumlah tagihan.",
  },
  gopay: {
    en: "Open the payment page and confirm in your Gojek app.",
    id: "Buka halaman pembayaran dan konfirmasi di aplikasi Gojek Anda.",
  },
  shopeepay: {
    en: "Open the payment page and confirm in your Shopee app.",
    id: "Buka halaman pembayaran dan konfirmasi di aplikasi Shopee Anda.",
  },
  convenience_store: {
    en: "The payment page shows a payment code. Give it at the till of the shop named there, and pay.",
    id: "Halaman pembayaran menampilkan kode bayar. Sebutkan di kasir gerai yang tertera, lalu bayar.",
  },
};

const titleOf = (voice: Voice, title: z.output<typeof zTitle>) =>
  typeof title === "string" ? title : textIn(title, voice.locale);
const sum = (orders: readonly Order[], field: "goodsMinor" | "taxMinor" | "shippingMinor" | "totalMinor") =>
  orders.reduce((total, order) => total + BigInt(order[field]), 0n).toString();
const shortOf = (id: string) => id.slice(-8).toUpperCase();
const groupPath = (orderGroupId: string) => `/account/orders?group=${orderGroupId}`;
const orderPath = (orderId: string) => `/account/orders/${orderId}`;

function linesTable(voice: Voice, orders: readonly Order[], currency: Order["currency"]): Block {
  const lines = orders.flatMap((order) => order.lines);
  const shown = lines
    .slice(0, LINES_SHOWN_MAX)
    .map(
      ({ title, quantity, unitPriceMinor }) =>
        [
          `${quantity} × ${titleOf(voice, title)}`,
          money(voice, (BigInt(unitPriceMinor) * BigInt(quantity)).toString(), currency),
        ] as const,
    );
  const left = lines.length - shown.length;
  const more = say(voice, { en: `and ${left} more`, id: `dan ${left} lainnya` });
  const rows: (readonly [string, string])[] = left > 0 ? [...shown, [more, ""]] : [...shown];
  rows.push([
    say(voice, { en: "Shipping", id: "Ongkos kirim" }),
    money(voice, sum(orders, "shippingMinor"), currency),
  ]);
  rows.push([say(voice, { en: "Tax", id: "Pajak" }), money(voice, sum(orders, "taxMinor"), currency)]);
  rows.push([say(voice, { en: "Total", id: "Total" }), money(voice, sum(orders, "totalMinor"), currency)]);
  return table(rows);
}

const orderNumbers = (voice: Voice, orders: readonly Order[]): Block =>
  table(
    orders.map(({ orderId }, i) => [
      `${say(voice, { en: "Order", id: "Pesanan" })}${orders.length > 1 ? ` ${i + 1}` : ""}`,
      orderId,
    ]),
  );

const seeOrder = (voice: Voice, path: string) =>
  button(say(voice, { en: "See my order", id: "Lihat pesanan saya" }), `${voice.origin}${path}`);

function firstOf<O extends Order>(orders: readonly O[]): O {
  const [first] = orders;
  if (!first) throw new Error("a mail about orders has at least one");
  return first;
}

const placed = defineTemplate({
  name: "order.placed",
  version: 1,
  category: "purchase",
  data: zPlaced,
  mail: ({ orders }, voice) => {
    const { currency, method, orderGroupId, payBy } = firstOf(orders);
    const total = money(voice, sum(orders, "totalMinor"), currency);
    const how = HOW_TO_PAY[method];
    const subject = how
      ? say(voice, {
          en: `Please pay ${total} for your order`,
          id: `Silakan bayar ${total} untuk pesanan Anda`,
        })
      : say(voice, { en: "We have your order", id: "Pesanan Anda kami terima" });
    const next = how
      ? [
          text(say(voice, how)),
          button(
            say(voice, { en: `Pay ${total}`, id: `Bayar ${total}` }),
            `${voice.origin}${groupPath(orderGroupId)}`,
          ),
          note(
            say(voice, {
              en: `Your items are kept for you until ${moment(voice, payBy)}.`,
              id: `Barang Anda kami simpan sampai ${moment(voice, payBy)}.`,
            }),
          ),
        ]
      : [
          text(
            say(voice, {
              en: `You pay ${total} when it is delivered.`,
              id: `Anda membayar ${total} saat barang diterima.`,
            }),
          ),
          seeOrder(voice, groupPath(orderGroupId)),
        ];
    const paidBy: Block = table([[say(voice, { en: "Payment", id: "Pembayaran" }), methodOf(voice, method)]]);
    return {
      subject,
      heading: subject,
      blocks: [linesTable(voice, orders, currency), paidBy, ...next, orderNumbers(voice, orders)],
    };
  },
  entry: ({ orders }, voice) => {
    const { currency, orderGroupId } = firstOf(orders);
    return {
      title: say(voice, { en: "We have your order", id: "Pesanan Anda kami terima" }),
      body: money(voice, sum(orders, "totalMinor"), currency),
      path: groupPath(orderGroupId),
    };
  },
});

const paid = defineTemplate({
  name: "order.paid",
  version: 1,
  category: "purchase",
  data: zOrders,
  mail: ({ orders }, voice) => {
    const { currency, method, orderGroupId } = firstOf(orders);
    const total = money(voice, sum(orders, "totalMinor"), currency);
    const subject = say(voice, { en: `Payment of ${total} received`, id: `Pembayaran ${total} diterima` });
    const body = say(voice, {
      en: "Thank you. The sellers prepare your items; the invoice follows in a mail of its own.",
      id: "Terima kasih. Penjual menyiapkan barang Anda; faktur menyusul lewat email terpisah.",
    });
    return {
      subject,
      heading: subject,
      blocks: [
        text(body),
        linesTable(voice, orders, currency),
        table([[say(voice, { en: "Paid by", id: "Dibayar dengan" }), methodOf(voice, method)]]),
        seeOrder(voice, groupPath(orderGroupId)),
        orderNumbers(voice, orders),
      ],
    };
  },
  entry: ({ orders }, voice) => {
    const { currency, orderGroupId } = firstOf(orders);
    return {
      title: say(voice, { en: "Payment received", id: "Pembayaran diterima" }),
      body: money(voice, sum(orders, "totalMinor"), currency),
      path: groupPath(orderGroupId),
    };
  },
});

const CANCELLED: Words = { en: "Your order was cancelled", id: "Pesanan Anda dibatalkan" };
/** What the buyer is told; other reasons are the seller's or ours alone. */
const CANCEL_REASONS: { readonly [reason: string]: Words } = {
  unpaid: { en: "It was not paid in time.", id: "Pesanan tidak dibayar tepat waktu." },
  stock_lost: {
    en: "Your payment came when the items were gone.",
    id: "Pembayaran Anda masuk saat barang sudah habis.",
  },
  out_of_stock: { en: "An item is no longer in stock.", id: "Ada barang yang sudah habis." },
  cannot_ship: { en: "The seller cannot ship it.", id: "Penjual tidak dapat mengirimnya." },
  not_shipped: { en: "The seller did not ship in time.", id: "Penjual tidak mengirim tepat waktu." },
  changed_mind: { en: "You asked for it.", id: "Atas permintaan Anda." },
};

const cancelled = defineTemplate({
  name: "order.cancelled",
  version: 1,
  category: "purchase",
  data: zOrder.extend({ reason: z.string(), wasPaid: z.boolean() }),
  mail: (order, voice) => {
    const reason = CANCEL_REASONS[order.reason];
    const back = say(voice, {
      en: "Your money goes back the way it came; we write to you when it is on its way.",
      id: "Dana Anda dikembalikan lewat cara yang sama; kami kabari saat diproses.",
    });
    return {
      subject: say(voice, CANCELLED),
      heading: say(voice, CANCELLED),
      blocks: [
        ...(reason ? [text(say(voice, reason))] : []),
        linesTable(voice, [order], order.currency),
        ...(order.wasPaid ? [text(back)] : []),
        seeOrder(voice, orderPath(order.orderId)),
        orderNumbers(voice, [order]),
      ],
    };
  },
  entry: ({ orderId, reason }, voice) => ({
    title: say(voice, CANCELLED),
    body: say(voice, CANCEL_REASONS[reason] ?? { en: shortOf(orderId), id: shortOf(orderId) }),
    path: orderPath(orderId),
  }),
});

export const ORDER_TEMPLATES: readonly Template[] = [placed, paid, cancelled];
