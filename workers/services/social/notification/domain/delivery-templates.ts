import * as z from "zod";
import { zId } from "#kernel/ids";
import { zCurrency } from "#kernel/money";
import { button, table, text } from "./content.ts";
import { defineTemplate, type Template } from "./template.ts";
import { moment, money, say, type Voice } from "./words.ts";

const orderPath = (orderId: string) => `/account/orders/${orderId}`;
const zPaid = z.object({
  orderGroupId: zId("orderGroup"),
  amount: z.object({ minor: z.string(), currency: zCurrency }),
});
const groupPath = (orderGroupId: string) => `/account/orders?group=${orderGroupId}`;
const toOrder = (voice: Voice, path: string) =>
  button(say(voice, { en: "See my order", id: "Lihat pesanan saya" }), `${voice.origin}${path}`);

const invoice = defineTemplate({
  name: "invoice.ready",
  version: 1,
  category: "purchase",
  data: z.object({ number: z.string(), orderId: zId("order") }),
  mail: ({ number, orderId }, voice) => {
    const subject = say(voice, { en: `Your invoice ${number}`, id: `Faktur Anda ${number}` });
    const body = say(voice, {
      en: "The invoice for your order is attached as a PDF.",
      id: "Faktur untuk pesanan Anda terlampir sebagai PDF.",
    });
    return { subject, heading: subject, blocks: [text(body), toOrder(voice, orderPath(orderId))] };
  },
});

const SHIPPED = { en: "Your order is on its way", id: "Pesanan Anda sedang dikirim" };
const shipped = defineTemplate({
  name: "order.shipped",
  version: 1,
  category: "order_update",
  data: z.object({
    orderId: zId("order"),
    trackingNumber: z.string().nullish(),
    carrier: z.string().nullish(),
  }),
  mail: ({ orderId, trackingNumber, carrier }, voice) => {
    const rows: (readonly [string, string])[] = [];
    if (carrier) rows.push([say(voice, { en: "Carrier", id: "Kurir" }), carrier]);
    if (trackingNumber) rows.push([say(voice, { en: "Tracking number", id: "Nomor resi" }), trackingNumber]);
    rows.push([say(voice, { en: "Order", id: "Pesanan" }), orderId]);
    const subject = say(voice, SHIPPED);
    return { subject, heading: subject, blocks: [table(rows), toOrder(voice, orderPath(orderId))] };
  },
  entry: ({ orderId, trackingNumber }, voice) => ({
    title: say(voice, SHIPPED),
    body: trackingNumber ?? "",
    path: orderPath(orderId),
  }),
});

const DELIVERED = { en: "Your order has arrived", id: "Pesanan Anda telah sampai" };
const delivered = defineTemplate({
  name: "order.delivered",
  version: 1,
  category: "order_update",
  data: z.object({ orderId: zId("order") }),
  mail: ({ orderId }, voice) => {
    const subject = say(voice, DELIVERED);
    const body = say(voice, {
      en: "If something is missing or broken, tell the seller from your order.",
      id: "Jika ada yang kurang atau rusak, beri tahu penjual dari halaman pesanan Anda.",
    });
    return { subject, heading: subject, blocks: [text(body), toOrder(voice, orderPath(orderId))] };
  },
  entry: ({ orderId }, voice) => ({ title: say(voice, DELIVERED), body: "", path: orderPath(orderId) }),
});

const NOT_PAID = { en: "Your payment did not go through", id: "Pembayaran Anda tidak berhasil" };
const FAILED: { readonly [reason: string]: typeof NOT_PAID } = {
  expired: { en: "Your payment has expired", id: "Pembayaran Anda sudah kedaluwarsa" },
  cancelled: { en: "Your payment was cancelled", id: "Pembayaran Anda dibatalkan" },
};
const failureOf = (voice: Voice, reason: string) => say(voice, FAILED[reason] ?? NOT_PAID);

const paymentFailed = defineTemplate({
  name: "payment.failed",
  version: 1,
  category: "purchase",
  data: zPaid.extend({ reason: z.string(), payBy: z.int() }),
  mail: ({ orderGroupId, amount, reason, payBy }, voice) => {
    const subject = failureOf(voice, reason);
    const total = money(voice, amount.minor, amount.currency);
    const until = moment(voice, payBy);
    const body = say(voice, {
      en: `Nothing was charged. You can pay ${total} again until ${until}, also in another way.`,
      id: `Dana Anda tidak ditarik. Silakan bayar ${total} lagi sampai ${until}, juga dengan cara lain.`,
    });
    const label = say(voice, { en: "Pay again", id: "Bayar lagi" });
    const pay = button(label, `${voice.origin}${groupPath(orderGroupId)}`);
    return { subject, heading: subject, blocks: [text(body), pay] };
  },
  entry: ({ orderGroupId, amount, reason }, voice) => ({
    title: failureOf(voice, reason),
    body: money(voice, amount.minor, amount.currency),
    path: groupPath(orderGroupId),
  }),
});

const refunded = defineTemplate({
  name: "payment.refunded",
  version: 1,
  category: "purchase",
  data: zPaid,
  mail: ({ orderGroupId, amount }, voice) => {
    const total = money(voice, amount.minor, amount.currency);
    const subject = say(voice, { en: `Refund of ${total}`, id: `Pengembalian dana ${total}` });
    const body = say(voice, {
      en: `We have sent ${total} back the way you paid. How soon you see it depends on your bank.`,
      id: `Kami telah mengembalikan ${total} lewat cara Anda membayar. Kapan terlihat tergantung bank Anda.`,
    });
    return { subject, heading: subject, blocks: [text(body), toOrder(voice, groupPath(orderGroupId))] };
  },
  entry: ({ orderGroupId, amount }, voice) => ({
    title: say(voice, { en: "Refund sent", id: "Dana dikembalikan" }),
    body: money(voice, amount.minor, amount.currency),
    path: groupPath(orderGroupId),
  }),
});

export const DELIVERY_TEMPLATES: readonly Template[] = [invoice, shipped, delivered, paymentFailed, refunded];
