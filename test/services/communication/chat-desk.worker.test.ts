import { runInDurableObject } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { chatInbox } from "#schema/communication/chat";
import { emailMessage, notification } from "#schema/social/notification";
import { EMOJI } from "#services/communication/chat/domain/limits";
import { CallEnded } from "#services/communication/videocall/facts";
import { UserErased } from "#services/social/user/facts";
import { cid, memberOf, openMarket } from "../../support/chat-market.ts";
import type { Client, Harness } from "../../support/harness.ts";

const MINUTE_MS = 60_000;

describe("a shop's desk", () => {
  test("quick replies and the shop's own words are kept by version, and said when it is away", async () => {
    const { shop, buyer, path } = await openMarket();
    const settings = { quickReplies: [{ title: "Siap", text: "Siap kirim." }], autoReply: "Buka jam 9." };
    const put = (version: number) =>
      shop.put("/v1/chats/shop-settings", settings, { headers: { "if-match": `"${version}"` } });
    expect((await put(0)).body).toMatchObject({ ...settings, version: 1 });
    expect((await put(0)).status).toBe(412);
    expect((await shop.get("/v1/chats/shop-settings")).body).toMatchObject(settings);
    await buyer.post(`${path}/messages`, { cid: cid(), text: "Halo?" });
    const { items } = (await buyer.get(`${path}/messages`)).body;
    expect(items[0]).toMatchObject({ isAuto: true, text: "Buka jam 9.", replyTo: 1 });
  });

  test("what it says by itself is read like anybody's words: masked, or not said", async () => {
    const { shop, buyer, path } = await openMarket();
    const settle = (autoReply: string, version: number) =>
      shop.put(
        "/v1/chats/shop-settings",
        { quickReplies: [], autoReply },
        { headers: { "if-match": `"${version}"` } },
      );
    const said = async () => {
      await buyer.post(`${path}/messages`, { cid: cid(), text: "Halo?" });
      const { items } = (await buyer.get(`${path}/messages`)).body;
      return items
        .filter(({ isAuto }: { isAuto: boolean }) => isAuto)
        .map(({ text }: { text: string }) => text);
    };
    await settle("Rekening BCA 1234567890", 0);
    expect(await said()).toEqual([]);
    await settle("WA saja 0812 3456 7890", 1);
    expect(await said()).toEqual(["WA saja •••"]);
  });

  test("a conversation is given to who works there, and the buyer does not see to whom", async () => {
    const { h, shop, buyer, path, staffId, ring, id } = await openMarket();
    expect((await shop.put(`${path}/assignee`, { userId: h.ids.next("user") })).body.code).toBe(
      "chat.not_a_member",
    );
    expect((await buyer.put(`${path}/assignee`, { userId: staffId })).status).toBe(403);
    expect((await shop.put(`${path}/assignee`, { userId: staffId })).status).toBe(200);
    expect((await shop.get(path)).body.assigneeId).toBe(staffId);
    expect((await buyer.get(path)).body.assigneeId).toBeNull();
    await ring();
    const desk = await (await openDesk(h, staffId, shop, id)).get("/v1/chats?as=shop&assignee=me");
    expect(desk.body.items).toMatchObject([{ id, assigneeId: staffId }]);
  });

  async function openDesk(h: Harness, userId: Id<"user">, shop: Client, id: string): Promise<Client> {
    const { body } = await shop.get(`/v1/chats/${id}`);
    return memberOf(h, { userId, sellerId: body.me, role: "staff" });
  }

  test("how soon it answers is measured, late ones too, whichever fact comes first", async () => {
    const { h, shop, buyer, path, ring } = await openMarket();
    await buyer.post(`${path}/messages`, { cid: cid(), text: "Halo?" });
    h.clock.advance(4 * 60 * MINUTE_MS + 1);
    const late = await shopAgain(h, shop);
    await ring();
    expect((await late.get("/v1/chats/answer-times")).body).toMatchObject({
      questions: 1,
      answered: 0,
      late: 1,
    });
    await late.post(`${path}/messages`, { cid: cid(), text: "Maaf, ada." });
    await ring();
    const { body } = await late.get("/v1/chats/answer-times");
    expect(body).toMatchObject({ questions: 1, answered: 1, late: 1, medianMs: 4 * 60 * MINUTE_MS + 1 });
  });

  /** A token for later: the first one has run out. */
  async function shopAgain(h: Harness, shop: Client): Promise<Client> {
    const claims = JSON.parse(Buffer.from((shop.token ?? "").split(".")[1] ?? "", "base64url").toString());
    return memberOf(h, { userId: claims.sub, sellerId: claims.sh[0][0], role: "owner" });
  }
});

describe("order", () => {
  test("a blocked conversation refuses both, over HTTP too", async () => {
    const { shop, buyer, path } = await openMarket();
    await buyer.put(`${path}/block`, { isBlocked: true });
    const refused = await shop.post(`${path}/messages`, { cid: cid(), text: "Promo!" });
    expect([refused.status, refused.body.code]).toEqual([409, "chat.blocked"]);
    expect((await shop.get(path)).body.isBlocked).toBe(true);
  });

  test("no new words come in an old message of a blocked conversation, which may be taken back", async () => {
    const { shop, buyer, path, room, ownerId, buyerId, sellerId } = await openMarket();
    const id = (await shop.post(`${path}/messages`, { cid: cid(), text: "Halo" })).body.id as number;
    await buyer.put(`${path}/block`, { isBlocked: true });
    const byShop = { authorId: ownerId, partyId: sellerId };
    const edit = await room.act({ ...byShop, cid: cid(), op: "edit", id, text: "Promo!" });
    const emoji = EMOJI[0];
    const byBuyer = { authorId: buyerId, partyId: buyerId };
    const reaction = await room.act({ ...byBuyer, cid: cid(), op: "react", id, emoji, isOn: true });
    expect([edit, reaction]).toEqual([
      { ok: false, code: "chat.blocked" },
      { ok: false, code: "chat.blocked" },
    ]);
    const taken = await room.act({ ...byShop, cid: cid(), op: "delete", id });
    expect(taken).toMatchObject({ ok: true });
  });

  test("a report keeps the words; an operator removes the message, once", async () => {
    const { h, shop, buyer, path, id } = await openMarket();
    const { body } = await shop.post(`${path}/messages`, { cid: cid(), text: "Bayar di luar saja" });
    const report = { messageId: body.id, reason: "off_platform" };
    expect((await shop.post(`${path}/reports`, report)).status).toBe(404);
    for (let n = 0; n < 2; n += 1) expect((await buyer.post(`${path}/reports`, report)).status).toBe(204);
    const support = await h.operator("support");
    const open: { id: string; conversationId: string; text: string }[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { body: page }: { body: { items: typeof open; nextCursor: string | null } } = await support.get(
        `/v1/chats/reports?limit=100${cursor ? `&cursor=${cursor}` : ""}`,
      );
      open.push(...page.items.filter((one) => one.conversationId === id));
      cursor = page.nextCursor;
    }
    expect(open.map(({ text }) => text)).toEqual(["Bayar di luar saja"]);
    const decide = () => support.post(`/v1/chats/reports/${open[0]?.id}/decide`, { decision: "removed" });
    expect((await decide()).status).toBe(204);
    expect((await decide()).status).toBe(404);
    const { items } = (await buyer.get(`${path}/messages`)).body;
    expect(items[0]).toMatchObject({ text: null, deletedAt: expect.any(String) });
  });
});

describe("being away", () => {
  test("is told by mail and in the inbox, once", async () => {
    const { h, shop, path, buyerId, ring } = await openMarket();
    await shop.post(`${path}/messages`, { cid: cid(), text: "Pesanan Anda siap." });
    h.clock.advance(6 * MINUTE_MS);
    await ring();
    await ring();
    const { read } = h.ctx().db;
    const notes = await read.select().from(notification).where(eq(notification.userId, buyerId));
    expect(notes).toMatchObject([{ template: "chat.missed", body: "Pesanan Anda siap." }]);
    const mails = await read.select().from(emailMessage).where(eq(emailMessage.userId, buyerId));
    expect(mails).toMatchObject([{ template: "chat.missed", category: "chat" }]);
    await h.drain();
  });
});

describe("calls", () => {
  test("a call is in the conversation of the two, once, and starts no clock", async () => {
    const { h, buyer, shop, path, buyerId, ownerId, sellerId, ring } = await openMarket();
    await buyer.get(path);
    const callId = h.ids.next("call");
    const endedAt = h.clock.now();
    const ended = CallEnded.make(
      h.ctx(),
      { id: callId, version: 1 },
      {
        callId,
        callerId: ownerId,
        calleeId: buyerId,
        subject: { kind: "order", id: h.ids.next("order"), sellerId },
        outcome: "completed",
        startedAt: endedAt - 70_000,
        answeredAt: endedAt - 65_000,
        connectedAt: endedAt - 61_000,
        endedAt,
        quality: null,
      },
    );
    await h.deliver([ended]);
    await h.deliver([ended, { ...ended, id: h.ids.next("event") }]);
    const { items } = (await buyer.get(`${path}/messages`)).body;
    const card = { kind: "call", callId, outcome: "completed", seconds: 61 };
    expect(items).toMatchObject([{ card, text: null, isAuto: true, partyId: sellerId }]);
    h.clock.advance(MINUTE_MS);
    await ring();
    expect((await shop.get("/v1/chats/answer-times")).body.questions).toBe(0);
  });
});

describe("erasure", () => {
  test("takes the person's words and list away and says so", async () => {
    const { h, shop, buyer, path, buyerId, ring, room, id } = await openMarket();
    await buyer.post(`${path}/messages`, { cid: cid(), text: "alamat saya rahasia" });
    await ring();
    const erased = UserErased.make(
      h.ctx(),
      { id: buyerId, version: 1 },
      { userId: buyerId, addressHash: "x" },
    );
    await h.deliver([erased]);
    await h.deliver([erased]);
    const { read } = h.ctx().db;
    expect(await read.select().from(chatInbox).where(eq(chatInbox.partyId, buyerId))).toEqual([]);
    const { items } = (await shop.get(`${path}/messages`)).body;
    expect(items).toMatchObject([{ text: null }]);
    const held = await runInDurableObject(room, (_, { storage }) =>
      JSON.stringify(storage.sql.exec("SELECT * FROM message").toArray()),
    );
    expect(held).not.toContain("rahasia");
    const rows = await read.select().from(chatInbox).where(eq(chatInbox.conversationId, id));
    expect(JSON.stringify(rows)).not.toContain("rahasia");
  });
});
