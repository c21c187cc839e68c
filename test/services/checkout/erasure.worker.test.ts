import { expect, test } from "vitest";
import { UserErased } from "#services/social/user/facts";
import { exportQuery } from "#services/transaction/checkout/index";
import { harness } from "../../support/harness.ts";
import { ADDRESS, openShop } from "../../support/shop.ts";

test("an erased person's checkouts lose address and e-mail, once and again", async () => {
  const h = harness();
  const { offers } = await openShop(h, [{ title: "Madu", priceMinor: 1_000_000n, stock: 3 }]);
  const userId = h.ids.next("user");
  const client = await h.buyer(userId);
  const { body: opened } = await client.post("/v1/carts");
  await client.post(`/v1/carts/${opened.cart.id}/lines`, { offerId: offers[0]?.offerId, quantity: 1 });
  const details = { email: "ani@example.com", address: ADDRESS, paymentMethod: "cod" };
  const { body } = await client.post("/v1/checkouts", details);
  expect(body.address.recipient).toBe(ADDRESS.recipient);
  const erased = UserErased.make(h.ctx(), { id: userId, version: 2 }, { userId, addressHash: "none" });
  await h.deliver([erased]);
  await h.deliver([erased]);
  expect((await client.get(`/v1/checkouts/${body.id}`)).status).toBe(401);
  const [kept] = await h.ctx().db.load(exportQuery(userId));
  expect(kept).toMatchObject([{ id: body.id, email: null, address: null }]);
});
