import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { insertMany } from "#kernel/db";
import { seller } from "#schema/catalog/seller";
import { chatInbox } from "#schema/communication/chat";
import { ConversationUpdated } from "#services/communication/chat/facts";
import { createProfile } from "#services/social/user/index";
import { cid, openMarket, sellerRow } from "../../support/chat-market.ts";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { enter } from "../../support/room.ts";
import { buy, openShop } from "../transaction/shopping.ts";

const MINUTE_MS = 60_000;
const PNG = new Uint8Array(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
);

describe("opening", () => {
  test("a conversation with a shop exists once, however many open it at once", async () => {
    const { buyer, sellerId, id } = await openMarket();
    const opened = await Promise.all(Array.from({ length: 6 }, () => buyer.post("/v1/chats", { sellerId })));
    expect(new Set(opened.map(({ body }) => body.id))).toEqual(new Set([id]));
  });

  test("two first visits at once make one conversation with two sides", async () => {
    const { h, sellerId } = await openMarket();
    const newcomer = await h.buyer();
    const opened = await Promise.all(
      Array.from({ length: 4 }, () => newcomer.post("/v1/chats", { sellerId })),
    );
    const ids = new Set(opened.map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    const [id] = ids;
    const rows = await h.ctx().db.read.select().from(chatInbox).where(eq(chatInbox.conversationId, id));
    expect(rows.map(({ role }) => role).toSorted()).toEqual(["buyer", "seller"]);
  });

  test("another person, another shop and another market find nothing", async () => {
    const { h, path, id } = await openMarket();
    const [stranger, otherShop] = [await h.buyer(), await h.member(h.ids.next("seller"))];
    const abroad = await harness({ market: "sg" }).buyer();
    for (const client of [stranger, otherShop, abroad]) {
      for (const below of ["", "/messages", "/search?q=kopi"]) {
        expect((await client.get(path + below)).status).toBe(404);
      }
      expect((await client.post(`${path}/tickets`)).body.code).toBe("chat.not_found");
      expect((await client.post(`${path}/messages`, { cid: cid(), text: "hi" })).status).toBe(404);
    }
    expect((await h.anonymous.post(`/v1/chats/${id}/tickets`)).status).toBe(401);
  });

  test("one's own shop and a shop that does not sell cannot be written to", async () => {
    const { h, shop, sellerId, buyer } = await openMarket();
    expect((await shop.post("/v1/chats", { sellerId })).body.code).toBe("chat.with_yourself");
    const gone = await buyer.post("/v1/chats", { sellerId: h.ids.next("seller") });
    expect(gone.body.code).toBe("chat.shop_not_found");
  });

  test("each side is told whom it speaks with, and the buyer where the shop's page is", async () => {
    const { shop, buyer, sellerId, id, path, ring } = await openMarket();
    const toBuyer = { name: "Toko Kopi", slug: expect.stringMatching(/./) };
    const toShop = { name: "Ani Wijaya", slug: null };
    expect((await buyer.post(`${path}/messages`, { cid: cid(), text: "Is it there?" })).status).toBe(201);
    await ring();
    expect((await buyer.get(path)).body).toMatchObject({ ...toBuyer, sellerId });
    expect((await shop.get(path)).body).toMatchObject(toShop);
    expect((await buyer.get("/v1/chats")).body.items).toMatchObject([{ id, ...toBuyer }]);
    expect((await shop.get("/v1/chats?as=shop")).body.items).toMatchObject([{ id, ...toShop }]);
  });

  test("a group takes the people it is opened with, and its opener alone slows it down", async () => {
    const { h, buyer, buyerId } = await openMarket();
    const userId = h.ids.next("user");
    const profile = { name: "Budi", email: `${userId}@buyer.example`, locale: "en" as const, now: 0 };
    await h.ctx().db.commit([createProfile({ userId, ...profile })]);
    const friend = await h.buyer(userId);
    const { body } = await buyer.post("/v1/chats", { userIds: [userId], title: "Kopi bareng" });
    const path = `/v1/chats/${body.id}`;
    expect((await friend.get(path)).body).toMatchObject({ kind: "group", me: userId });
    expect((await friend.put(`${path}/slow-mode`, { seconds: 30 })).status).toBe(403);
    expect((await buyer.put(`${path}/slow-mode`, { seconds: 30 })).status).toBe(200);
    expect((await friend.post(`${path}/messages`, { cid: cid(), text: "hi" })).status).toBe(201);
    const again = await friend.post(`${path}/messages`, { cid: cid(), text: "hi" });
    expect([again.status, again.body.code]).toEqual([429, "chat.slow_mode"]);
    expect((await friend.put(`${path}/block`, { isBlocked: true })).body.code).toBe("chat.not_in_groups");
    const { body: ticket } = await friend.post(`${path}/tickets`);
    const socket = await enter(h, ticket);
    expect((await friend.post(`${path}/leave`)).status).toBe(204);
    expect((await socket.closed).code).toBe(4403);
    expect((await friend.get(path)).status).toBe(404);
    expect((await buyer.get(path)).body.parties).toHaveLength(1);
    const unknown = { userIds: [h.ids.next("user")], title: "x" };
    expect((await buyer.post("/v1/chats", unknown)).body.code).toBe("chat.person_not_found");
    expect((await buyer.post("/v1/chats", { userIds: [buyerId], title: "x" })).status).toBe(400);
  });
});

/** A shop that can be written to, and orders placed there. */
async function openOrderedShop(h: Harness) {
  const shop = await openShop(h);
  await h.ctx().db.commit([insertMany(seller, [sellerRow(h, shop.sellerId)])]);
  return async (buyer: Client) => {
    const { orderId, amount } = await buy(h, { buyer, shops: [shop], method: "cod" });
    return { orderId, totalMinor: amount.minor.toString(), sellerId: shop.sellerId };
  };
}

describe("saying", () => {
  test("over HTTP and socket it is one conversation, and a cid is one message", async () => {
    const { h, buyer, shop, path, sellerId } = await openMarket();
    const { body: ticket } = await shop.post(`${path}/tickets`);
    const socket = await enter(h, ticket);
    socket.send({ t: "hello" });
    expect((await socket.next("welcome")).me).toBe(sellerId);
    const message = { cid: cid(), text: "Masih ada?" };
    const answers = await Promise.all([1, 2, 3].map(() => buyer.post(`${path}/messages`, message)));
    expect(answers.map(({ status, body }) => [status, body.id])).toEqual(Array(3).fill([201, 1]));
    expect(await socket.next("message")).toMatchObject({ text: "Masih ada?", seq: 1 });
    await socket.ask({ t: "send", cid: cid(), text: "Masih." });
    const { items } = (await buyer.get(`${path}/messages`)).body;
    expect(items.map((one: { text: string; authorId: unknown }) => [one.text, one.authorId])).toEqual([
      ["Masih.", null],
      ["Masih ada?", expect.any(String)],
    ]);
  });

  test("a ticket of one person does not enter with another's token, nor another room", async () => {
    const { h, buyer, path } = await openMarket();
    const { body: ticket } = await buyer.post(`${path}/tickets`);
    const other = await openMarket();
    const elsewhere = { ...ticket, url: ticket.url.replace(/cnv_\w+/, other.id) };
    await expect(enter(h, elsewhere)).rejects.toThrow("403");
    h.clock.advance(MINUTE_MS);
    await expect(enter(h, ticket)).rejects.toThrow("room.ticket_expired");
  });

  test("a product card shows the shelf of now; what is no product is refused", async () => {
    const { h, buyer, path, productId } = await openMarket();
    const shown = await buyer.post(`${path}/messages`, { cid: cid(), productId });
    expect(shown.body.card).toMatchObject({ kind: "product", productId, priceMinor: "7500000" });
    const none = { cid: cid(), productId: h.ids.next("product") };
    expect((await buyer.post(`${path}/messages`, none)).body.code).toBe("chat.product_not_found");
    expect((await buyer.post(`${path}/messages`, { cid: cid() })).status).toBe(400);
  });

  test("an order card is of these two sides or of nobody", async () => {
    const { h, buyer, path } = await openMarket();
    const bought = await openOrderedShop(h);
    const { orderId, totalMinor, sellerId } = await bought(buyer);
    const { body: chat } = await buyer.post("/v1/chats", { sellerId });
    const shown = await buyer.post(`/v1/chats/${chat.id}/messages`, { cid: cid(), orderId });
    expect(shown.body.card).toMatchObject({ kind: "order", orderId, units: 2, totalMinor });
    const elsewhere = await buyer.post(`${path}/messages`, { cid: cid(), orderId });
    expect(elsewhere.body.code).toBe("chat.order_not_found");
    const stranger = (await bought(await h.buyer())).orderId;
    const others = await buyer.post(`/v1/chats/${chat.id}/messages`, { cid: cid(), orderId: stranger });
    expect(others.body.code).toBe("chat.order_not_found");
    const foreign = { cid: cid(), orderId: h.ids.next("order") };
    expect((await buyer.post(`${path}/messages`, foreign)).body.code).toBe("chat.order_not_found");
  });

  test("pages backwards without a gap", async () => {
    const { buyer, path } = await openMarket();
    for (let n = 1; n <= 7; n += 1) await buyer.post(`${path}/messages`, { cid: cid(), text: `n${n}` });
    const seen: number[] = [];
    let before: number | null = null;
    do {
      const at: string = before === null ? "" : `&before=${before}`;
      const { body } = await buyer.get(`${path}/messages?limit=3${at}`);
      seen.push(...body.items.map(({ id }: { id: number }) => id));
      before = body.nextBefore;
    } while (before !== null);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });
});

describe("files", () => {
  const start = (client: Client, path: string, type = "image/png") =>
    client.post(`${path}/attachments`, { type, bytes: PNG.byteLength });
  const put = (h: Harness, url: string, bytes: Uint8Array, type = "image/png") =>
    h.anonymous.put(url, bytes, { headers: { "content-type": type } });

  test("an uploaded picture is shown to both sides and to nobody else", async () => {
    const { h, buyer, shop, path } = await openMarket();
    const { attachmentId, url } = (await start(buyer, path)).body;
    expect((await put(h, url, PNG)).body).toMatchObject({ contentType: "image/png" });
    const another = new Uint8Array([...PNG, 0]);
    expect((await put(h, url, another)).body).toMatchObject({ bytes: PNG.byteLength });
    const shown = await buyer.post(`${path}/messages`, { cid: cid(), attachmentId });
    expect(shown.body.card).toMatchObject({ kind: "file", attachmentId, width: 1, height: 1 });
    const answer = await shop.get(`${path}/attachments/${attachmentId}`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/png"]);
    expect(Buffer.compare(answer.bytes, PNG)).toBe(0);
    expect(answer.headers.get("content-security-policy")).toContain("sandbox");
    expect((await (await h.buyer()).get(`${path}/attachments/${attachmentId}`)).status).toBe(404);
    const socket = await enter(h, (await buyer.post(`${path}/tickets`)).body);
    expect(await socket.ask({ t: "delete", cid: cid(), id: shown.body.id })).toMatchObject({ t: "ack" });
    await expect.poll(async () => (await shop.get(`${path}/attachments/${attachmentId}`)).status).toBe(404);
    await put(h, url, PNG);
    const stolen = await shop.post(`${path}/messages`, { cid: cid(), attachmentId });
    expect(stolen.body.code).toBe("chat.file_not_found");
  });

  test("a voice is shown to the other side as it was said", async () => {
    const { h, buyer, shop, path } = await openMarket();
    const { attachmentId, url } = (await start(buyer, path, "audio/ogg")).body;
    const ogg = new Uint8Array([...new TextEncoder().encode("OggS"), ...new Uint8Array(40)]);
    expect((await put(h, url, PNG, "audio/ogg")).body.code).toBe("chat.file_not_as_said");
    expect((await put(h, url, ogg, "audio/ogg")).body).toMatchObject({ contentType: "audio/ogg" });
    const said = await buyer.post(`${path}/messages`, { cid: cid(), attachmentId });
    expect(said.body.card).toMatchObject({ kind: "file", contentType: "audio/ogg", width: null });
    const heard = await shop.get(`${path}/attachments/${attachmentId}`);
    expect([heard.headers.get("content-type"), heard.bytes.byteLength]).toEqual(["audio/ogg", 44]);
  });

  test("an address takes only what it was given for, and not for long", async () => {
    const { h, buyer, path } = await openMarket();
    const { url } = (await start(buyer, path)).body;
    const script = new TextEncoder().encode("<script>alert(1)</script>");
    expect((await put(h, url, script)).body.code).toBe("chat.file_not_as_said");
    expect((await put(h, url, PNG, "image/jpeg")).body.code).toBe("chat.file_not_as_said");
    const other = url.replace(/att_\w+/, h.ids.next("attachment"));
    expect((await put(h, other, PNG)).status).toBe(401);
    expect((await put(h, url.replace("image%2Fpng", "application%2Fpdf"), PNG)).status).toBe(401);
    expect((await start(buyer, path, "text/html")).status).toBe(400);
    h.clock.advance(10 * MINUTE_MS);
    expect((await put(h, url, PNG)).body.code).toBe("chat.upload_refused");
  });
});

describe("lists", () => {
  test("both sides see how it stands; a late fact changes nothing", async () => {
    const { h, buyer, shop, path, id, ring, buyerId } = await openMarket();
    await buyer.post(`${path}/messages`, { cid: cid(), text: "Halo" });
    await ring();
    const mine = (await buyer.get("/v1/chats")).body;
    expect(mine).toMatchObject({ unread: { messages: 0 }, items: [{ id, preview: "Halo", unread: 0 }] });
    const theirs = async () => (await shop.get("/v1/chats?as=shop")).body;
    expect(await theirs()).toMatchObject({
      unread: { conversations: 1, messages: 1 },
      items: [{ id, lastPartyId: buyerId, unread: 1 }],
    });
    expect((await shop.get("/v1/chats")).body.items).toEqual([]);
    await shop.put(`${path}/read`, { upTo: 1 });
    await ring();
    expect((await theirs()).unread).toEqual({ conversations: 0, messages: 0 });
    const parties = [{ partyId: buyerId, unread: 99 }];
    const payload = { conversationId: id, lastSeq: 1, lastAt: 1, preview: "old", lastPartyId: null };
    const late = { ...payload, assigneeId: null, parties };
    await h.deliver([ConversationUpdated.make(h.ctx(), { id, version: 1 }, late)]);
    expect((await buyer.get("/v1/chats")).body.items[0]).toMatchObject({ preview: "Halo", unread: 0 });
  });

  test("a walk of many conversations sees each once, the newest first", async () => {
    const { h, buyer, buyerId } = await openMarket();
    for (let n = 0; n < 4; n += 1) {
      const sellerId = h.ids.next("seller");
      await h.ctx().db.commit([insertMany(seller, [sellerRow(h, sellerId)])]);
      h.clock.advance(1_000);
      await buyer.post("/v1/chats", { sellerId });
    }
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: string = cursor ? `&cursor=${cursor}` : "";
      const { body } = await buyer.get(`/v1/chats?limit=2${page}`);
      seen.push(...body.items.map((one: { lastAt: string }) => one.lastAt));
      cursor = body.nextCursor;
    }
    expect(seen).toHaveLength(5);
    expect(seen).toEqual(seen.toSorted().toReversed());
    expect(buyerId).toMatch(/^usr_/);
  });

  test("words are found in one conversation and over all of them", async () => {
    const { buyer, shop, path, id } = await openMarket();
    await buyer.post(`${path}/messages`, { cid: cid(), text: "Biji kopi robusta" });
    await shop.post(`${path}/messages`, { cid: cid(), text: "Ada robusta Lampung" });
    const texts = (answer: { body: { items: { text: string }[] } }) =>
      answer.body.items.map((one) => one.text);
    expect(texts(await buyer.get(`${path}/search?q=robus`))).toEqual([
      "Ada robusta Lampung",
      "Biji kopi robusta",
    ]);
    expect(texts(await buyer.get(`${path}/search?q=lampung%20"OR"%20robusta*`))).toEqual([]);
    const all = await shop.get("/v1/chats/search?q=kopi&as=shop");
    expect(all.body.items).toMatchObject([{ conversationId: id, message: { text: "Biji kopi robusta" } }]);
  });
});
