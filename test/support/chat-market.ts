import { env, runInDurableObject } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { DAY_MS } from "#kernel/clock";
import { build, insertMany, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { outbox } from "#kernel/outbox";
import { signToken } from "#kernel/token";
import type { ChatRoomDO } from "#objects/chat-room";
import { seller, sellerMember } from "#schema/catalog/seller";
import { createProfile } from "#services/social/user/index";
import { type Client, type Harness, harness } from "./harness.ts";
import { openShop } from "./shop.ts";

const SHOP_NAME = "Toko Kopi";

/**
 * An open shop with an owner and a member of staff, and a buyer with a name. The clock is a day ahead, so
 * that an object's alarm rings when the test says so and not when the machine is slow.
 */
export async function openMarket() {
  const h = harness({ at: Date.now() + DAY_MS });
  const { sellerId, offers } = await openShop(h, [{ title: "Kopi Gayo", priceMinor: 7_500_000n }]);
  const [ownerId, staffId, buyerId] = [h.ids.next("user"), h.ids.next("user"), h.ids.next("user")];
  const now = h.clock.now();
  const member = (userId: Id<"user">, role: "owner" | "staff") => {
    const email = `${userId}@shop.example`;
    return { id: h.ids.next("member"), sellerId, userId, role, email, createdAt: now, version: 1 };
  };
  const person = { name: "Ani Wijaya", email: `${buyerId}@buyer.example`, locale: "en" as const };
  await h
    .ctx()
    .db.commit<string>([
      statement(
        build.update(seller).set({ name: SHOP_NAME, city: "Takengon" }).where(eq(seller.id, sellerId)),
      ),
      insertMany(sellerMember, [member(ownerId, "owner"), member(staffId, "staff")]),
      createProfile({ userId: buyerId, now, ...person }),
    ]);
  const buyer = await h.buyer(buyerId);
  const as = (userId: Id<"user">) =>
    memberOf(h, { userId, sellerId, role: userId === ownerId ? "owner" : "staff" });
  const shop = await as(ownerId);
  const { body } = await buyer.post("/v1/chats", { sellerId });
  const path = `/v1/chats/${body.id}`;
  const id = body.id as Id<"conversation">;
  const room = env.CHAT_ROOM.getByName(`${h.cell}:chat-room:${id}`);
  await runInDurableObject(room, (object: ChatRoomDO) => {
    object.clock = h.clock;
  });
  /** The object's alarm at the test's time, and its facts to their consumers. */
  const ring = async () => {
    await runInDurableObject(room, (object: ChatRoomDO) => object.alarm());
    const rows = await h.ctx().db.read.select().from(outbox).where(eq(outbox.cell, h.cell));
    await h.deliver(rows.filter(({ payload }) => JSON.stringify(payload).includes(id)) as never);
  };
  const productId = offers[0]?.productId;
  return { h, sellerId, productId, ownerId, staffId, buyerId, buyer, shop, as, path, id, room, ring };
}

export const sellerRow = (h: Harness, id: Id<"seller">): typeof seller.$inferInsert => ({
  id,
  state: "active",
  slug: `chat-${id}`,
  name: SHOP_NAME,
  descriptions: null,
  city: "Takengon",
  legalName: "CV Kopi",
  email: `${id}@shop.example`,
  phone: null,
  reason: null,
  vacationUntil: null,
  createdAt: h.clock.now(),
  activatedAt: h.clock.now(),
  version: 1,
});

type Staff = {
  readonly userId: Id<"user">;
  readonly sellerId: Id<"seller">;
  readonly role: "owner" | "staff";
};

/** A member by id: the harness makes members of its own. */
export async function memberOf(h: Harness, { userId, sellerId, role }: Staff): Promise<Client> {
  const claims = {
    use: "user" as const,
    sub: userId,
    sid: h.ids.next("session"),
    amr: ["pwd"],
    at: h.clock.now(),
    ep: 0,
    sh: [[sellerId, role] as [Id<"seller">, "owner" | "staff"]],
  };
  const issue = { env: h.env, cell: h.cell, config: h.config };
  return h.withToken(await signToken(issue, claims, { now: h.clock.now(), lifetimeMs: 3_600_000 }));
}

let said = 0;
export const cid = () => {
  said += 1;
  return `http-${String(said).padStart(8, "0")}`;
};
