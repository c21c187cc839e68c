import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "#kernel/clock";
import { createIds, type Id } from "#kernel/ids";
import { notification } from "#schema/social/notification";
import { MemberJoined, MemberLeft, SellerActivated, SellerChanged } from "#services/catalog/seller/facts";
import { forget } from "#services/social/notification/repository";
import { OrderPaid } from "#services/transaction/order/facts";
import { type Harness, harness } from "../../support/harness.ts";
import { buying, hear, mailsTo, person, rowsOf, shipped, tell } from "./postbox.ts";
import { toldOrder } from "./told-orders.ts";

describe("inbox", () => {
  it("is read page by page, once, and by its owner only", async () => {
    const h = harness();
    const [me, other] = [await person(h), await person(h)];
    for (let i = 0; i < 5; i += 1) {
      h.clock.advance(10);
      await hear(h, shipped(h, buying(me)));
    }
    await h.drain();
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { body }: { body: { items: { id: string }[]; nextCursor: string | null } } = await me.get(
        `/v1/notifications?limit=2${cursor ? `&cursor=${cursor}` : ""}`,
      );
      seen.push(...body.items.map((item) => item.id));
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(5);
    expect(seen).toEqual(seen.toSorted().toReversed());

    const [newest = "", second = ""] = seen;
    expect((await other.post(`/v1/notifications/${newest}/read`)).status).toBe(404);
    expect((await other.get("/v1/notifications")).body.items).toEqual([]);
    expect((await me.post(`/v1/notifications/${newest}/read`)).status).toBe(204);
    const readAt = (await me.get("/v1/notifications?limit=1")).body.items[0].readAt;
    h.clock.advance(5_000);
    expect((await me.post(`/v1/notifications/${newest}/read`)).status).toBe(204);
    expect((await me.get("/v1/notifications?limit=1")).body.items[0].readAt).toBe(readAt);
    expect((await me.get("/v1/notifications/unread")).body).toEqual({ count: 4 });

    await tell(h, shipped(h, buying(me)));
    expect((await me.post("/v1/notifications/read-all", { upTo: second })).status).toBe(204);
    expect((await me.get("/v1/notifications/unread")).body).toEqual({ count: 1 });
    expect((await me.post("/v1/notifications/read-all")).status).toBe(204);
    expect((await me.get("/v1/notifications/unread")).body).toEqual({ count: 0 });
  });
});

describe("shops", () => {
  const shopOf = (h: Harness) => {
    const sellerId = h.ids.next("seller");
    const email = `${sellerId}@example.com`;
    return {
      sellerId,
      name: "Toko Kopi",
      slug: `toko-${sellerId}`,
      state: "active",
      city: "Bandung",
      email,
    } as const;
  };

  it("hear of a paid order at their address and in each member's inbox, late facts or not", async () => {
    const h = harness();
    const [owner, gone] = [await person(h), await person(h)];
    const shop = shopOf(h);
    const { sellerId } = shop;
    const old = { ...shop, email: "old@example.com" };
    const joined = (userId: Id<"user">) => ({ sellerId, userId, role: "staff" }) as const;
    const about = (version: number) => ({ id: sellerId, version });
    await hear(
      h,
      SellerChanged.make(h.ctx(), about(5), shop),
      MemberLeft.make(h.ctx(), about(4), joined(gone.userId)),
    );
    await hear(
      h,
      SellerChanged.make(h.ctx(), about(2), old),
      MemberJoined.make(h.ctx(), about(3), joined(gone.userId)),
      MemberJoined.make(h.ctx(), about(3), joined(owner.userId)),
    );
    const order = toldOrder(h.ids, { buyerId: h.ids.next("guest"), email: "guest@example.com", sellerId });
    await tell(h, OrderPaid.make(h.ctx(), { id: order.orderId, version: 2 }, order));
    const mails = await mailsTo(shop.email);
    expect(mails.map((mail) => mail.subject)).toEqual(["Pesanan baru: Rp 150.000"]);
    expect(mails[0]?.text).toContain("Barang: 3");
    expect((await owner.get("/v1/notifications")).body.items).toMatchObject([
      { title: "Pesanan baru", path: `/shop/orders/${order.orderId}` },
    ]);
    expect((await gone.get("/v1/notifications")).body.items).toEqual([]);
  });

  it("are told once that they are open", async () => {
    const h = harness();
    const shop = shopOf(h);
    const activated = (version: number) =>
      SellerActivated.make(h.ctx(), { id: shop.sellerId, version }, shop);
    await tell(h, activated(2));
    await tell(h, activated(7));
    expect((await mailsTo(shop.email)).map((mail) => mail.subject)).toEqual(["Toko Anda sudah buka"]);
  });
});

describe("what is old", () => {
  it("goes, and what is not stays", async () => {
    const h = harness();
    const me = await person(h);
    const then = harness({ at: h.clock.now() - 100 * DAY_MS });
    await tell(then, shipped(then, buying(me)));
    expect((await rowsOf(h, me.email)).length).toBe(1);
    // One mail in 32 takes old rows along by itself, so how many there are now is not known.
    await tell(h, shipped(h, buying(me)));
    const before = createIds({ now: () => h.clock.now() - 90 * DAY_MS }).next("email");
    await h.ctx().db.commit([forget("email_message", before)]);
    const left = await rowsOf(h, me.email);
    expect(left.map((row) => row.createdAt)).toEqual([h.clock.now()]);
  });
});

describe("erasure and export", () => {
  it("shows what is held, then takes the person out and says so in the proof", async () => {
    const h = harness();
    const me = await person(h);
    await tell(h, shipped(h, buying(me)));
    await hear(h, shipped(h, buying(me)));
    const held = (await me.get("/v1/users/me/export")).body.services.notification;
    expect(held.emails.length).toBe(2);
    expect(held.notifications.length).toBe(2);

    const { proofPath } = (await me.post("/v1/users/me/erasure")).body;
    await h.drain();
    expect(await rowsOf(h, me.email)).toEqual([]);
    expect((await mailsTo(me.email)).length).toBe(1);
    const { read } = h.ctx().db;
    expect(await read.select().from(notification).where(eq(notification.userId, me.userId))).toEqual([]);
    const { steps } = (await h.anonymous.get(proofPath)).body;
    const stores = steps.map((step: { store: string }) => step.store);
    expect(stores).toContain("notification.email_message");
    expect(stores).toContain("notification.notification");
  });
});
