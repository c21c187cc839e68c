import { expect, test } from "vitest";
import { seedUser } from "#services/social/auth/index";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { buy, openShop } from "./shopping.ts";
import { codeOf, make, redeem, tally } from "./voucher-desk.ts";

const userOf = ({ actor }: Client) => {
  if (actor.kind !== "user") throw new Error("a person has signed in");
  return actor.userId;
};
const guestOf = ({ actor }: Client) => {
  if (actor.kind !== "guest") throw new Error("this is a visitor");
  return actor.guestId;
};
const collectable = (h: Harness, maker: Client) =>
  make(h, maker, { mustCollect: true, isListed: true, code: codeOf(h, "TAKE") });

test("what a visitor collected is his account's after the sign-in, once, and nobody else's", async () => {
  const h = harness();
  const maker = await h.operator();
  const [first, second] = [await collectable(h, maker), await collectable(h, maker)];
  const guest = await h.guest();
  const buyer = await h.buyer();
  for (const { id } of [first, second]) await guest.post(`/v1/vouchers/${id}/collect`);
  await buyer.post(`/v1/vouchers/${second.id}/collect`);
  const mine = async (of: Client) =>
    (await of.get("/v1/vouchers/mine")).body.items.map(({ id }: { id: string }) => id).toSorted();
  const all = [first.id, second.id].toSorted();
  expect([await mine(guest), await mine(buyer)]).toEqual([all, [second.id]]);
  expect(await redeem(h, [first], { buyerId: userOf(buyer) })).toBe("voucher.not_collected");
  const cart = `/v1/carts/${userOf(buyer).replace("usr_", "crt_")}`;
  const signIn = (who: Client) => who.post(`${cart}/merge`, { guestToken: guest.token });
  const stranger = await h.buyer();
  expect((await signIn(stranger)).status).toBe(404);
  expect((await Promise.all([signIn(buyer), signIn(buyer)])).map(({ status }) => status)).toEqual([200, 200]);
  expect([await mine(guest), await mine(buyer)]).toEqual([[], all]);
  expect(await redeem(h, [first], { buyerId: userOf(buyer) })).toBe("ok");
});

test("what a visitor used counts for whoever claims the order by its address", async () => {
  const h = harness();
  const maker = await h.operator();
  const [once, welcome] = [await make(h, maker, { perBuyer: 1 }), await make(h, maker, { firstOrder: true })];
  const guest = await h.guest();
  const email = `${h.ids.next("email")}@example.com`;
  const shop = await openShop(h, 5);
  const bought = await buy(h, { buyer: guest, shops: [shop], method: "qris", email });
  const { orderGroupId } = bought;
  expect(await redeem(h, [once], { orderGroupId, buyerId: guestOf(guest), email })).toBe("ok");
  await h.drain();
  const userId = await seedUser(h.ctx(), { email, name: "Sari", verified: true });
  const owner = await h.buyer(userId);
  const elsewhere = { buyerId: userId, email: `other-${email}` };
  const claimed = await owner.post("/v1/orders/claim");
  expect(claimed.body).toEqual({ orderGroupIds: [orderGroupId] });
  expect(await redeem(h, [once], elsewhere)).toBe("voucher.exhausted");
  expect(await redeem(h, [welcome], elsewhere)).toBe("voucher.changed");
  // Somebody who has claimed nothing is nobody's second name.
  const others = [await redeem(h, [once]), await redeem(h, [welcome])];
  expect(tally(others)).toEqual({ ok: 2 });
});
