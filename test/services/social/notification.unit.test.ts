import fc from "fast-check";
import { simpleParser } from "mailparser";
import { describe, expect, it } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import { groupedIntents, newOrder, shopIntents } from "#services/social/notification/domain/intents";
import { escapeHtml, toHtml, toText } from "#services/social/notification/domain/layout";
import { decideDelivery, messageIdOf, type TemplateData } from "#services/social/notification/domain/message";
import { TEMPLATES, templateOf } from "#services/social/notification/domain/templates";
import { moment, money, type Voice } from "#services/social/notification/domain/words";
import { encodeWords, type Mail, quotedPrintable, toMime } from "#services/social/notification/provider/mime";
import { parseServer } from "#services/social/notification/provider/smtp";
import { toldOrder } from "./told-orders.ts";

const NOW = Date.UTC(2026, 10, 22, 10, 30);
const ids = createIds({ now: () => NOW });
const EN: Voice = { locale: "en", language: "en-ID", timeZone: "Asia/Jakarta", origin: "https://titan.test" };
const SG: Voice = { ...EN, language: "en-SG" };
const GB: Voice = { ...EN, language: "en-GB" };
const ID: Voice = { ...EN, locale: "id", language: "id-ID" };

const buyer = { buyerId: ids.next("user"), email: "siti@example.com" };
const order = toldOrder(ids, buyer);
const place = { device: "Firefox on Linux", addressPrefix: "192.0.2.0/24" };
const link = { link: "https://titan.test/act?ticket=abc" };
const amount = { minor: "16500000", currency: "IDR" };
const shop = { sellerId: order.sellerId, name: "Toko <Kopi>" };
const { orderId, orderGroupId } = order;
const chat = { conversationId: ids.next("conversation") };
const ofCase = { refundId: ids.next("refundCase"), orderId };
const ofPayout = { bank: "bca", lastDigits: "7891", amount };
const livestreamId = ids.next("livestream");
const ofParcel = { orderId, carrier: "JNE <Kopi>", trackingNumber: "JNE0012" };
const SAMPLES: { readonly [template: string]: TemplateData } = {
  "auth.verify_email": link,
  "auth.reset_password": link,
  "auth.magic_link": link,
  "auth.confirm_new_email": link,
  "auth.email_changed": link,
  "auth.email_otp": { code: "493021" },
  "auth.already_signed_up": {},
  "auth.new_device": place,
  "auth.security_changed": { ...place, change: "password_changed" },
  "auth.acting_started": { reason: "Asked on the phone to cancel an order", until: NOW },
  "order.placed": { orders: [{ ...order, payBy: NOW }] },
  "order.paid": { orders: [order] },
  "order.cancelled": { ...order, reason: "unpaid", wasPaid: false },
  "order.shipped": { ...order, carrier: "JNE", trackingNumber: "JNE0012" },
  "order.delivered": { ...order },
  "invoice.ready": { number: "INV-2026-000001", orderId },
  "payment.asked": {
    ...{ orderGroupId, asked: amount, payBy: NOW },
    digits: { kind: "payment_code", store: "alfamart", code: "8830123456789012" },
  },
  "payment.failed": { orderGroupId, amount, reason: "expired", payBy: NOW },
  "payment.refunded": { orderGroupId, amount },
  "seller.approved": shop,
  "seller.rejected": { ...shop, reason: "The licence cannot be read." },
  "shop.new_order": { orderId, units: 3, goodsMinor: order.goodsMinor, currency: "IDR" },
  "shop.stock_low": {
    items: [
      { title: { en: "Coffee <Gayo>" }, sku: "K-1", available: 2 },
      { title: { en: "Cup" }, sku: null, available: 0 },
    ],
    more: 1,
  },
  "shop.product_change_decided": {
    ...{ decision: "rejected", reason: "It is another cup." },
    titles: { en: "Cup <Gayo>", id: "Cangkir <Gayo>" },
  },
  "livestream.auction_withdrawn": { livestreamId, title: "Ketel <Kopi>" },
  "shop.auction_withdrawn": { livestreamId, title: "Ketel <Kopi>" },
  "member.invited": { sellerName: shop.name, ...link },
  "chat.missed": { ...chat, fromName: "Toko <Kopi>", unread: 2, preview: "Kopi <Gayo> siap.", isShop: false },
  "chat.answer_late": { ...chat, askedAt: NOW },
  "flash_sale.starts_soon": { saleId: ids.next("sale"), startsAt: NOW },
  "webhook.disabled": { host: "hooks.example.com", disabledFor: "failing" },
  "operation.refund_stuck": {
    refundId: ids.next("refund"),
    paymentId: ids.next("payment"),
    refunded: amount,
    note: "provider <refused>",
  },
  "operation.case_stuck": { ...ofCase, note: "provider <Kopi> refused" },
  "operation.payment_disputed": {
    disputeId: ids.next("dispute"),
    paymentId: ids.next("payment"),
    amount,
    reason: "fraudulent",
    evidenceBy: NOW,
  },
  "refund.approved": { ...ofCase, isReturnless: false, resolution: "refund" },
  "refund.rejected": { ...ofCase, isFinal: false },
  "refund.paid": { ...ofCase, amount, tender: "original" },
  "refund.uncollected": { ...ofCase, less: amount, due: amount },
  "refund.stuck": ofCase,
  "shop.refund_requested": ofCase,
  "shop.refund_decided": { ...ofCase, isApproved: true },
  "shop.review_received": { reviewId: ids.next("review"), stars: 4 },
  "review.answered": { reviewId: ids.next("review"), orderId },
  "payout.user_completed": ofPayout,
  "payout.shop_completed": ofPayout,
  "payout.user_failed": { ...ofPayout, note: "012 <Kopi> blocked", isReturned: false },
  "payout.shop_failed": { ...ofPayout, note: "012 <Kopi> blocked", isReturned: true },
  "shop.payout_account_taken": { ...ofPayout, usableFrom: NOW },
  "shop.payout_account_refused": { ...ofPayout, reason: "unknown" },
  "wallet.topped_up": { amount },
  "shop.carried_forward": { owed: amount },
  "shop.penalised": { metric: "late_shipment", points: 2, reason: "Late <Kopi>", expiresAt: NOW },
  "shop.appeal_decided": { state: "granted", decision: "The carrier <Kopi> was late." },
  "livestream.started": { livestreamId, title: "Malam <Kopi>" },
  "livestream.giveaway_won": { livestreamId, title: "Mug <Kopi>" },
  "livestream.auction_won": { livestreamId, title: "Kettle <Kopi>", price: amount, payBy: NOW },
  "livestream.outbid": { livestreamId, title: "Kettle <Kopi>", price: amount },
  "parcel.out_for_delivery": ofParcel,
  "parcel.ready_for_pickup": ofParcel,
  "parcel.delivery_failed": ofParcel,
  "parcel.delivery_delayed": ofParcel,
  "parcel.on_hold": ofParcel,
  "flash_sale.turn_came": { saleId: ids.next("sale"), expiresAt: NOW },
};
const sampleOf = (name: string): TemplateData => SAMPLES[name] ?? {};
const frame = { locale: "en", brand: "Titan Commerce", unsubscribeUrl: undefined } as const;
const contentOf = (name: string, data: TemplateData = sampleOf(name), voice: Voice = EN) => {
  const content = templateOf(name).mail?.(data, voice);
  if (!content) throw new Error(`${name} is not for mail`);
  return content;
};

describe("every template in every language", () => {
  const cases = TEMPLATES.flatMap((template) =>
    [EN, ID].map((voice) => [template.name, voice.locale, template, voice] as const),
  );
  it.each(cases)("%s in %s", (_name, _locale, template, voice) => {
    const data = sampleOf(template.name);
    const content = template.mail?.(data, voice);
    const teaser = template.entry?.(data, voice);
    expect(content ?? teaser).toBeDefined();
    if (content) {
      const html = toHtml(content, { ...frame, locale: voice.locale });
      const text = toText(content, { ...frame, locale: voice.locale });
      expect(content.subject).not.toBe("");
      expect(`${html}${text}`).not.toMatch(/undefined|null|NaN|\[object/);
      expect(html).not.toMatch(/<Gayo>|<Kopi>/);
    }
    if (teaser) expect(teaser.path).toMatch(/^\/[a-z]/);
  });

  it("says something else in each language", () => {
    for (const { name, mail } of TEMPLATES) {
      if (!mail) continue;
      expect(mail(sampleOf(name), EN).heading, name).not.toBe(mail(sampleOf(name), ID).heading);
    }
  });

  it("has a name and version once", () => {
    const keys = TEMPLATES.map(({ name, version }) => `${name} ${version}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(() => templateOf("order.paid", 99)).toThrow("no template");
    expect(() => templateOf("order.lost")).toThrow("no template");
  });
});

describe("what a mail says", () => {
  it("tells how to pay, until when, and adds up the orders of a group", () => {
    const other = toldOrder(ids, { ...buyer, orderGroupId, totalMinor: "3500000", shippingMinor: "1500000" });
    const orders = [order, other].map((one) => ({ ...one, payBy: NOW }));
    const content = contentOf("order.placed", { orders }, ID);
    const text = toText(content, { ...frame, locale: "id" });
    expect(content.subject).toBe("Silakan bayar Rp 200.000 untuk pesanan Anda");
    expect(text).toContain("pindai kode QR");
    expect(text).toContain("22 November 2026 pukul 17.30 WIB");
    expect(text).toContain("Ongkos kirim: Rp 30.000");
    expect(text).toContain("2 × Kopi <Gayo> 250 g: Rp 100.000");
    expect(text).toContain(order.orderId);
    expect(text).toContain(other.orderId);
  });

  it.each([
    ["shopeepay", "konfirmasi di aplikasi Shopee", "confirm in your Shopee app"],
    ["convenience_store", "di kasir gerai", "at the till of the shop"],
  ])("tells how to pay by %s, in both languages", (method, indonesian, english) => {
    const content = (voice?: typeof ID) =>
      contentOf("order.placed", { orders: [{ ...order, method, payBy: NOW }] }, voice);
    expect(toText(content(ID), { ...frame, locale: "id" })).toContain(indonesian);
    expect(toText(content(), frame)).toContain(english);
  });

  it.each([
    [{ kind: "payment_code", store: "indomaret", code: "8830123" }, ["8830123", "kasir Indomaret"]],
    [{ kind: "virtual_account", bank: "cimb", number: "90210" }, ["90210", "rekening CIMB Niaga"]],
    [{ kind: "bill", billerCode: "70012", billKey: "6677" }, ["70012", "6677", "Multipayment"]],
  ])("tells with which digits to pay, how much and until when: $kind", (digits, expected) => {
    const content = contentOf("payment.asked", { orderGroupId, digits, asked: amount, payBy: NOW }, ID);
    const text = toText(content, { ...frame, locale: "id" });
    expect(content.subject).toBe("Cara membayar Rp 165.000");
    for (const words of [...expected, "Bayar sampai: 22 November 2026 pukul 17.30 WIB", orderGroupId]) {
      expect(text).toContain(words);
    }
    const topUp = contentOf("payment.asked", { digits, asked: amount, payBy: NOW }, ID);
    expect(toText(topUp, { ...frame, locale: "id" })).toContain("/account/wallet");
  });

  it("asks for no payment when it is paid at the door", () => {
    const content = contentOf("order.placed", { orders: [{ ...order, method: "cod", payBy: NOW }] });
    const text = toText(content, frame);
    expect(text).toContain("when it is delivered");
    expect(text).not.toContain("payment page");
  });

  it("shows twenty lines and counts the rest", () => {
    const [line] = order.lines;
    const lines = Array.from({ length: 25 }, () => line);
    expect(toText(contentOf("order.paid", { orders: [{ ...order, lines }] }), frame)).toContain("and 5 more");
  });

  it("keeps a code out of the subject", () => {
    const content = contentOf("auth.email_otp");
    expect(content.subject).not.toContain("493021");
    expect(toText(content, frame)).toContain("493021");
  });

  it("offers to stop only what may be stopped", () => {
    const unsubscribeUrl = "https://titan.test/stop?a=1&b=2";
    const content = contentOf("order.shipped");
    expect(toHtml(content, { ...frame, unsubscribeUrl })).toContain("stop?a=1&amp;b=2");
    expect(toText(content, { ...frame, unsubscribeUrl })).toContain(unsubscribeUrl);
    expect(toHtml(content, frame)).not.toContain("Stop mails");
  });

  it("escapes what people typed", () => {
    const name = `<img src=x onerror="alert('1')">&`;
    const html = toHtml(contentOf("seller.approved", { ...shop, name }), frame);
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;");
    expect(escapeHtml("plain")).toBe("plain");
  });

  it("links to the web only", () => {
    const content = contentOf("member.invited", { sellerName: "x", link: "javascript:alert(1)" });
    expect(() => toHtml(content, frame)).toThrow("http(s)");
  });

  it.each([
    ["1500000", "IDR", EN, "Rp 15.000"],
    ["1500050", "IDR", ID, "Rp 15.000,50"],
    ["1999", "SGD", SG, "$19.99"],
    ["1200", "SGD", SG, "$12.00"],
    ["1999", "GBP", GB, "£19.99"],
    ["5", "GBP", GB, "£0.05"],
    ["-1999", "GBP", GB, "-£19.99"],
    ["900719925474099312", "GBP", GB, "£9,007,199,254,740,993.12"],
  ] as const)("writes %s %s exactly", (minor, currency, voice, written) => {
    expect(money(voice, minor, currency)).toBe(written);
  });

  it("tells the time where the market is", () => {
    expect(moment(EN, NOW)).toContain("17:30");
  });
});

describe("who is told where", () => {
  const userId = ids.next("user");
  const profile = { email: "now@example.com", locale: "id", notifications: {} } as const;
  const off = { ...profile, notifications: { order_update: { email: false }, shop: { inbox: false } } };
  const cases = [
    ["an account by its profile", "purchase", { userId }, profile, ["now@example.com", true, "id"]],
    ["a guest by the order", "purchase", { email: "g@x.co" }, undefined, ["g@x.co", false, "en"]],
    [
      "by the event's own address",
      "security",
      { userId, email: "old@x.co" },
      profile,
      ["old@x.co", true, "id"],
    ],
    ["not by mail that was switched off", "order_update", { userId }, off, [undefined, true, "id"]],
    ["always, when it is mandatory", "purchase", { userId }, off, ["now@example.com", true, "id"]],
    ["not in an inbox that was switched off", "shop", { userId }, off, ["now@example.com", false, "id"]],
    [
      "in the event's language",
      "purchase",
      { userId, locale: "en" },
      profile,
      ["now@example.com", true, "en"],
    ],
    ["nowhere, when nothing is known", "purchase", {}, undefined, [undefined, false, "en"]],
  ] as const;
  it.each(cases)("%s", (_, category, to, known, [address, inbox, locale]) => {
    expect(decideDelivery(category, to, known, "en")).toEqual({ address, inbox, locale });
  });

  it("puts each order of a batch into exactly one message of its group", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 30 }), (groups) => {
        const groupIds = [0, 1, 2, 3].map(() => ids.next("orderGroup"));
        const orders = groups.map((group) =>
          toldOrder(ids, { ...buyer, orderGroupId: groupIds[group] as Id<"orderGroup"> }),
        );
        const intents = groupedIntents("order.paid", orders);
        const told = intents.flatMap(({ data }) => data.orders as typeof orders);
        expect(told.map((one) => one.orderId).sort()).toEqual(orders.map((one) => one.orderId).sort());
        expect(intents.length).toBe(new Set(groups).size);
        expect(new Set(intents.map((one) => one.transactionId)).size).toBe(intents.length);
      }),
    );
  });

  it("tells a shop at its address once and each member in the inbox", () => {
    const [one, two] = [ids.next("user"), ids.next("user")];
    const members = [
      { userId: one, email: "own@shop.co" },
      { userId: two, email: undefined },
    ];
    const intents = shopIntents(newOrder(order), { address: "own@shop.co", members });
    expect(intents.map(({ to, only }) => [to.userId, to.email, only])).toEqual([
      [one, "own@shop.co", "email"],
      [one, undefined, "inbox"],
      [two, undefined, "inbox"],
    ]);
    expect(shopIntents(newOrder(order), { address: undefined, members: [] })).toEqual([]);
  });
});

describe("the message on the wire", () => {
  const mail: Mail = {
    messageId: messageIdOf("order.paid/ord_1", "titan.test"),
    at: NOW,
    from: { name: "Titan Commerce", email: "orders@titan.test" },
    to: "siti@example.com",
    subject: "Hi",
    text: "text",
    html: "<p>html</p>",
    headers: { "Auto-Submitted": "auto-generated" },
    attachments: [],
  };

  it("is the same for the same mail", () => {
    expect(toMime(mail)).toBe(toMime(mail));
    expect(mail.messageId).toBe("<order.paid/ord_1@titan.test>");
    expect(messageIdOf("a b\r\n<c>", "titan.test")).toBe("<a-b---c-@titan.test>");
  });

  it("is read back as it was written, whatever it says", async () => {
    const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(words, words, fc.uint8Array({ maxLength: 300 }), async (subject, body, bytes) => {
        const line = subject.replace(/[\p{Cc}\u2028\u2029\s]+/gu, " ").trim();
        const text = body.replace(/[\r\n]+/g, "\n");
        const attachments = [{ filename: "INV 1.pdf", contentType: "application/pdf", bytes }];
        const raw = toMime({ ...mail, subject: line, text, attachments });
        for (const one of raw.split("\r\n")) expect(one.length).toBeLessThanOrEqual(998);
        expect(raw).not.toMatch(/\r\n\./);
        expect(raw.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
        const parsed = await simpleParser(raw);
        expect(parsed.subject ?? "").toBe(line);
        expect(parsed.text?.replace(/\n$/, "")).toBe(text.replace(/\n$/, ""));
        expect([...(parsed.attachments[0]?.content ?? [])]).toEqual([...bytes]);
        expect(parsed.attachments[0]?.filename).toBe("INV-1.pdf");
      }),
      { numRuns: 200 },
    );
  });

  it("refuses what would begin a header of its own", () => {
    expect(() => toMime({ ...mail, to: "a@x.co>\r\nBcc: b@x.co" })).toThrow("To");
    expect(() => toMime({ ...mail, headers: { "X-One": "1\nX-Two: 2" } })).toThrow("X-One");
    expect(encodeWords("a\r\nBcc: b@x.co")).toMatch(/^=\?UTF-8\?B\?[\w+/=]+\?=$/);
  });

  it("keeps encoded lines and words within their limits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (value) => {
        for (const line of quotedPrintable(value).split("\r\n")) expect(line.length).toBeLessThanOrEqual(76);
        if (/[^\x20-\x7e]/.test(value)) {
          for (const word of encodeWords(value).split(" "))
            expect(word.trim().length).toBeLessThanOrEqual(75);
        }
      }),
    );
  });

  it("reads the server's address", () => {
    expect(parseServer("smtp://u%40x:p%2Fw@mail.test")).toEqual({
      host: "mail.test",
      port: 587,
      isSecure: false,
      credentials: { user: "u@x", password: "p/w" },
    });
    expect(parseServer("smtps://mail.test")).toMatchObject({
      port: 465,
      isSecure: true,
      credentials: undefined,
    });
    expect(() => parseServer("http://mail.test")).toThrow("smtp");
  });
});
