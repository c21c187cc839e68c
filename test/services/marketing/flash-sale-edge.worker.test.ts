import { expect, test } from "vitest";
import type { Client } from "../../support/harness.ts";
import { openSale } from "./sale-world.ts";

test("a retry is the same hold, also when the edge knows that all is sold out", async () => {
  const { claim, h, path } = await openSale({ quota: 1 });
  const [ani, budi] = [await h.buyer(), await h.buyer()];
  const first = await claim(ani, { key: "one-key-of-ani" });
  expect(first.status, JSON.stringify(first.body)).toBe(201);
  for (let i = 0; i < 3; i += 1) expect((await claim(budi)).body.code).toBe("flash_sale.sold_out");
  const again = await claim(ani, { key: "one-key-of-ani" });
  expect(again.body).toEqual(first.body);
  expect((await claim(ani, { key: "one-key-of-ani", quantity: 2 })).status).toBe(422);
  expect((await budi.get(`${path}/holds`)).body.items).toEqual([]);
  const released = await ani.post(`${path}/holds/${first.body.id}/release`);
  expect(released.body.state).toBe("released");
  // What the edge remembers is forgotten within a second of the stock's return.
  h.clock.advance(1_000);
  expect((await claim(budi)).status).toBe(201);
});

test("who comes too late is turned away unread, and nobody before his role is looked at", async () => {
  const { claim, h, path } = await openSale({ quota: 1 });
  const [ani, budi] = [await h.buyer(), await h.buyer()];
  const held = await claim(ani, { key: "the-only-one" });
  const unread = (client: Client) => client.post(`${path}/claims`, { quantity: "many" }, { key: "short" });
  expect((await unread(budi)).body.code).toBe("request.invalid");
  expect((await claim(budi)).body.code).toBe("flash_sale.sold_out");
  expect((await unread(budi)).body.code).toBe("flash_sale.sold_out");
  expect((await unread(h.anonymous)).body.code).toBe("actor.unauthenticated");
  // Who holds the unit is read as ever.
  expect((await unread(ani)).body.code).toBe("request.invalid");
  expect(held.status).toBe(201);
});
