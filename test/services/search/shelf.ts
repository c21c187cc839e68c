import { expect } from "vitest";
import { forgetMemory, purge } from "#kernel/cache";
import { ProductPublished } from "#services/catalog/product/facts";
import { LISTING_TAG } from "#services/catalog/search/index";
import type { Harness } from "../../support/harness.ts";
import { openShop, type Ware } from "../../support/shop.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz";

/** A word of the test's own keeps its products apart from every other test's. */
export const ownWord = () =>
  `zq${[...crypto.getRandomValues(new Uint8Array(10))].map((byte) => ALPHABET[byte % 26]).join("")}`;

export async function stocked(h: Harness, wares: readonly Ware[]) {
  const shop = await openShop(h, wares);
  await publish(h, shop);
  return shop;
}

async function publish(h: Harness, { sellerId, offers }: Awaited<ReturnType<typeof openShop>>) {
  const facts = offers.map(({ productId }) =>
    ProductPublished.make(h.ctx(), { id: productId, version: 1 }, { productId, sellerId }),
  );
  await h.deliver(facts);
}

/** Past every copy. */
export async function find(h: Harness, query: string) {
  await purge(h.ctx(), [LISTING_TAG]);
  forgetMemory(h.env);
  const answer = await h.anonymous.get(`/v1/search?${query}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}
export const titles = (body: { items: { title: string }[] }) => body.items.map((item) => item.title);
