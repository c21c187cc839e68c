import { describe, expect, it } from "vitest";
import { seal } from "#kernel/seal";
import { MailRequested, SecurityChanged } from "#services/social/auth/facts";
import { InvoiceIssued, OrderPaid, OrderPlaced, OrderRefunded } from "#services/transaction/order/facts";
import { type Harness, harness } from "../../support/harness.ts";
import { buying, fault, hear, mailsTo, person, rowsOf, shipped, tell } from "./postbox.ts";
import { toldOrder } from "./told-orders.ts";

describe("mail about the account", () => {
  it("carries the code, which is stored sealed before and not at all after", async () => {
    const h = harness();
    const me = await person(h);
    const sealed = await seal(h.ctx(), { code: "493021" });
    const about = { userId: me.userId, email: me.email, locale: "en" } as const;
    const expiresAt = h.clock.now() + 600_000;
    const payload = { ...about, template: "email_otp", sealed, expiresAt } as const;
    await hear(h, MailRequested.make(h.ctx(), { id: me.userId, version: 1 }, payload));
    expect(JSON.stringify(await rowsOf(h, me.email))).not.toContain("493021");
    await h.drain();
    const [mail] = await mailsTo(me.email);
    expect(mail?.subject).toBe("Your sign-in code");
    expect(mail?.text).toContain("493021");
    expect(mail?.headers["auto-submitted"]).toBe("auto-generated");
    expect(mail?.headers["list-unsubscribe"]).toBeUndefined();
    expect(await rowsOf(h, me.email)).toMatchObject([{ state: "sent", data: null, category: "security" }]);
  });

  it("is not sent once its secret has run out", async () => {
    const h = harness();
    const me = await person(h);
    const sealed = await seal(h.ctx(), { link: "https://titan.test/reset?ticket=x" });
    const about = { userId: me.userId, email: me.email, locale: "en" } as const;
    const payload = {
      ...about,
      template: "reset_password",
      sealed,
      expiresAt: h.clock.now() + 1_000,
    } as const;
    await hear(h, MailRequested.make(h.ctx(), { id: me.userId, version: 1 }, payload));
    h.clock.advance(1_000);
    await h.drain();
    expect(await mailsTo(me.email)).toEqual([]);
    expect(await rowsOf(h, me.email)).toMatchObject([{ state: "failed", reason: "expired", data: null }]);
  });

  it("tells of a change by mail and in the inbox", async () => {
    const h = harness();
    const me = await person(h);
    const place = { device: "Firefox", addressPrefix: "192.0.2.0/24" };
    const payload = {
      userId: me.userId,
      email: me.email,
      locale: "id",
      change: "password_changed",
      ...place,
    } as const;
    await tell(h, SecurityChanged.make(h.ctx(), { id: me.userId, version: 2 }, payload));
    expect((await mailsTo(me.email)).map((mail) => mail.subject)).toEqual(["Kata sandi Anda telah diubah"]);
    const { items } = (await me.get("/v1/notifications")).body;
    expect(items).toMatchObject([{ title: "Kata sandi Anda telah diubah", readAt: null }]);
  });
});

describe("mail about orders", () => {
  it("is one for a group, in the buyer's language, however often the events come", async () => {
    const h = harness();
    const me = await person(h);
    const orderGroupId = h.ids.next("orderGroup");
    const facts = [1, 2].map(() => {
      const order = toldOrder(h.ids, { ...buying(me), orderGroupId });
      const payload = { ...order, payBy: h.clock.now() + 900_000 };
      return OrderPlaced.make(h.ctx(), { id: order.orderId, version: 1 }, payload);
    });
    await tell(h, ...facts);
    await tell(h, ...facts.toReversed());
    const mails = await mailsTo(me.email);
    expect(mails.map((mail) => mail.subject)).toEqual(["Silakan bayar Rp 330.000 untuk pesanan Anda"]);
    expect(mails[0]?.html).toContain("Kopi &lt;Gayo&gt; 250 g");
    expect((await me.get("/v1/notifications/unread")).body).toEqual({ count: 1 });
  });

  it("reaches a guest by the address of the order", async () => {
    const h = harness();
    const email = `${h.ids.next("guest")}@example.com`;
    const order = toldOrder(h.ids, { buyerId: h.ids.next("guest"), email, locale: "en" });
    await tell(h, OrderPaid.make(h.ctx(), { id: order.orderId, version: 2 }, order));
    expect((await mailsTo(email)).map((mail) => mail.subject)).toEqual(["Payment of Rp 165.000 received"]);
  });

  it("tells of money that went back", async () => {
    const h = harness();
    const me = await person(h);
    const { orderGroupId, orderId, method } = toldOrder(h.ids, buying(me));
    const refunded = { minor: "16500000", currency: "IDR" } as const;
    const about = {
      orderGroupId,
      orderId,
      method,
      paymentId: h.ids.next("payment"),
      reason: "cancelled",
    } as const;
    const payload = { ...buying(me), locale: "en", ...about, refunded } as const;
    await tell(h, OrderRefunded.make(h.ctx(), { id: orderGroupId, version: 3 }, payload));
    expect((await mailsTo(me.email)).map((mail) => mail.subject)).toEqual(["Refund of Rp 165.000"]);
  });

  it("attaches the invoice, and waits for a document that is not there yet", async () => {
    const h = harness();
    const me = await person(h);
    const { orderId, orderGroupId } = toldOrder(h.ids, buying(me));
    const documentKey = `${h.cell}/invoices/${orderId}.pdf`;
    const invoiceId = h.ids.next("invoice");
    const about = { invoiceId, orderId, orderGroupId, number: "INV-2026-000042", documentKey };
    const payload = { ...buying(me), locale: "en", ...about } as const;
    await tell(h, InvoiceIssued.make(h.ctx(), { id: invoiceId, version: 1 }, payload));
    expect(await mailsTo(me.email)).toEqual([]);

    const pdf = new TextEncoder().encode("%PDF-1.7 an invoice");
    await h.env.DOCUMENTS.put(documentKey, pdf);
    const [row] = await rowsOf(h, me.email);
    h.clock.advance(60_000);
    expect(await h.runDue(row?.id ?? "")).toBe(1);
    const digest = await crypto.subtle.digest("SHA-256", pdf);
    const [mail] = await mailsTo(me.email);
    expect(mail?.attachments).toEqual([
      {
        filename: "INV-2026-000042.pdf",
        contentType: "application/pdf",
        size: pdf.length,
        sha256: Buffer.from(digest).toString("hex"),
      },
    ]);
  });
});

describe("a mail server that fails", () => {
  it.each(["rejectNext", "dropNext"])("is asked again later (%s)", async (kind) => {
    const h = harness();
    const me = await person(h);
    await fault({ [kind]: 1 });
    await tell(h, shipped(h, buying(me)));
    expect(await mailsTo(me.email)).toEqual([]);
    const [row] = await rowsOf(h, me.email);
    expect(row?.state).toBe("queued");
    h.clock.advance(60_000);
    expect(await h.runDue(row?.id ?? "")).toBe(1);
    expect((await mailsTo(me.email)).length).toBe(1);
    expect(await rowsOf(h, me.email)).toMatchObject([{ state: "sent" }]);
    expect(await h.runDue(row?.id ?? "")).toBe(0);
  });

  it("gets the same Message-ID again when its answer was lost", async () => {
    const h = harness();
    const me = await person(h);
    await fault({ loseAnswerNext: 1 });
    const fact = shipped(h, buying(me));
    await tell(h, fact);
    const [row] = await rowsOf(h, me.email);
    h.clock.advance(60_000);
    await h.runDue(row?.id ?? "");
    const mails = await mailsTo(me.email);
    expect(mails.map((mail) => mail.copy)).toEqual([2, 1]);
    expect(new Set(mails.map((mail) => mail.messageId))).toEqual(
      new Set([`<order.shipped/${fact.payload.orderId}@id.titan.example>`]),
    );
  });

  it("says that an address is dead, and is not asked for it again until it is lifted", async () => {
    const h = harness();
    const email = `${h.ids.next("guest")}@nowhere.example`;
    const guest = { buyerId: h.ids.next("guest"), email };
    await tell(h, shipped(h, guest));
    await tell(h, shipped(h, guest));
    const states = (await rowsOf(h, email)).map(({ state, reason }) => [state, reason]);
    expect(states.sort()).toEqual([
      ["failed", "recipient refused with 550 5.1.1"],
      ["suppressed", "bounce"],
    ]);
    const operator = await h.operator();
    expect((await operator.post("/v1/notifications/suppressions/lift", { email })).status).toBe(204);
    await tell(h, shipped(h, guest));
    expect((await rowsOf(h, email)).filter(({ state }) => state === "failed").length).toBe(2);
  });

  it("never sees an address that would be a command of its own", async () => {
    const h = harness();
    const email = `x>\r\nRCPT TO:<${h.ids.next("guest")}@example.com`;
    await tell(h, shipped(h, { buyerId: h.ids.next("guest"), email }));
    expect(await rowsOf(h, email)).toMatchObject([{ state: "failed", reason: "malformed address" }]);
  });

  it("is left alone about an address that an operator has reported", async () => {
    const h = harness();
    const me = await person(h);
    const operator = await h.operator();
    const report = { email: me.email.toUpperCase(), reason: "complaint" };
    expect((await me.post("/v1/notifications/suppressions", report)).status).toBe(403);
    expect((await operator.post("/v1/notifications/suppressions", report)).status).toBe(204);
    await tell(h, shipped(h, buying(me)));
    expect(await rowsOf(h, me.email)).toMatchObject([{ state: "suppressed", reason: "complaint" }]);
    expect(await mailsTo(me.email)).toEqual([]);
  });
});

describe("what somebody does not want", () => {
  const stopLink = async (email: string) => {
    const [mail] = await mailsTo(email);
    expect(mail?.headers["list-unsubscribe-post"]).toBe("List-Unsubscribe=One-Click");
    const url = new URL(String(mail?.headers["list-unsubscribe"]).slice(1, -1));
    expect(url.hostname).toBe("id.localhost");
    return `${url.pathname}${url.search}`;
  };
  const oneClick = (h: Harness, path: string) =>
    h.anonymous.post(path, "List-Unsubscribe=One-Click", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });

  it("stops by one click and without signing in, for that category only", async () => {
    const h = harness();
    const me = await person(h);
    await tell(h, shipped(h, buying(me)));
    const path = await stopLink(me.email);
    const page = await h.anonymous.get(path);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect((await me.get("/v1/users/me")).body.notifications.order_update.email).toBe(true);

    expect((await oneClick(h, path)).status).toBe(200);
    expect((await oneClick(h, path)).status).toBe(200);
    expect((await me.get("/v1/users/me")).body.notifications.order_update).toEqual({
      email: false,
      inbox: true,
    });
    await tell(h, shipped(h, buying(me)));
    expect((await mailsTo(me.email)).length).toBe(1);
    expect((await me.get("/v1/notifications/unread")).body).toEqual({ count: 2 });

    const order = toldOrder(h.ids, buying(me));
    await tell(h, OrderPaid.make(h.ctx(), { id: order.orderId, version: 2 }, order));
    expect((await mailsTo(me.email)).length).toBe(2);
  });

  it("stops for a guest by address", async () => {
    const h = harness();
    const guest = { buyerId: h.ids.next("guest"), email: `${h.ids.next("guest")}@example.com` };
    await tell(h, shipped(h, guest));
    expect((await oneClick(h, await stopLink(guest.email))).status).toBe(200);
    await tell(h, shipped(h, guest));
    expect((await mailsTo(guest.email)).length).toBe(1);
    const states = (await rowsOf(h, guest.email)).map(({ state, reason }) => [state, reason]);
    expect(states.sort()).toEqual([
      ["sent", null],
      ["suppressed", "unsubscribe"],
    ]);
  });

  it("does not stop by a link that was changed", async () => {
    const h = harness();
    const me = await person(h);
    await tell(h, shipped(h, buying(me)));
    const path = await stopLink(me.email);
    const forged = path.replace("order_update", "shop");
    expect((await oneClick(h, forged)).status).toBe(404);
    expect((await h.anonymous.get(forged)).status).toBe(404);
    expect(
      (
        await oneClick(
          h,
          path.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
        )
      ).status,
    ).toBe(404);
    expect((await h.anonymous.post(path, {})).status).toBe(415);
    expect((await me.get("/v1/users/me")).body.notifications.order_update.email).toBe(true);
  });
});
