import { expect, test } from "vitest";
import { HOUR_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { offersQuery } from "#services/catalog/product/index";
import { availabilityQuery, oversoldUnits, reservationDrift } from "#services/logistics/inventory/index";
import { planLiveSale } from "#services/marketing/flash-sale/index";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { ADDRESS, openShop } from "../../support/shop.ts";

const STOCK = 20;
const key = () => ({ key: crypto.randomUUID() as string });
const idr = (minor: string) => ({ minor, currency: "IDR" });
type Answer = { readonly status: number; readonly body: { readonly code?: string } };
/** Units of the one item that somebody wants, and what he heard. */
type Path = { readonly units: number; readonly go: () => Promise<string> };

const outcome = ({ status, body }: Answer): string => (status < 300 ? "ok" : (body.code ?? `${status}`));

/** A buyer who has only to complete his checkout. */
async function readyBuyer(
  h: Harness,
  offerId: Id<"offer">,
  quantity: number,
): Promise<() => Promise<string>> {
  const client: Client = await h.buyer();
  const { body } = await client.post("/v1/carts");
  await client.post(`/v1/carts/${body.cart.id}/lines`, { lines: [{ offerId, quantity }] });
  const asked = { email: "ani@example.com", address: ADDRESS, paymentMethod: "cod" };
  const made = await client.post("/v1/checkouts", asked);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return async () => outcome(await client.post(`/v1/checkouts/${made.body.id}/complete`, {}, key()));
}

/** Beans alone, beans in a pack of two with a cup, and a second place to send them to. */
async function setUp(h: Harness) {
  const wares = [{ title: "Beans", priceMinor: 5_000_000n, stock: STOCK }, { stock: 50 }, { stock: null }];
  const { sellerId, offers } = await openShop(h, wares);
  const [beans, cup, pack] = offers.map(({ offerId }) => offerId) as Id<"offer">[];
  if (!beans || !cup || !pack) throw new Error("the shop sells three things");
  const owner = await h.member(sellerId);
  const components = [
    { offerId: beans, quantity: 2 },
    { offerId: cup, quantity: 1 },
  ];
  expect((await owner.put(`/v1/inventory/bundles/${pack}`, { components })).status).toBe(200);
  const [from] = (await owner.get("/v1/inventory/locations")).body.items;
  const { body: to } = await owner.post("/v1/inventory/locations", { name: "West" }, key());
  const iso = (after: number) => new Date(h.clock.now() + after).toISOString();
  const slot = { name: "12.12", startsAt: iso(2 * HOUR_MS), endsAt: iso(3 * HOUR_MS), enterBy: iso(HOUR_MS) };
  const { body: made } = await (await h.operator()).post("/v1/flash-sales/slots", slot, key());
  return { owner, beans, pack, fromLocationId: from.id, toLocationId: to.id, slotId: made.id };
}

test("every path at once on one item: promised, lent, sent and lost is no more than there was", async () => {
  const h = harness();
  const { owner, beans, pack, slotId, ...locations } = await setUp(h);
  const alone = await Promise.all(Array.from({ length: 8 }, () => readyBuyer(h, beans, 1)));
  const packs = await Promise.all(Array.from({ length: 3 }, () => readyBuyer(h, pack, 1)));
  const [quote] = (await h.ctx().db.load(offersQuery([beans])))[0];
  if (!quote) throw new Error("the beans are on sale");
  const paths: readonly Path[] = [
    ...alone.map((go) => ({ units: 1, go })),
    ...packs.map((go) => ({ units: 2, go })),
    {
      units: 6,
      go: async () => {
        const entry = { slotId, offerId: beans, price: idr("3000000"), quota: 6 };
        return outcome(await owner.post("/v1/flash-sales", entry, key()));
      },
    },
    {
      units: 4,
      go: async () => {
        const ctx = h.ctx();
        const deal = { saleId: ctx.ids.next("sale"), priceMinor: 3_000_000n, quota: 4, perBuyer: 1 };
        const endsAt = h.clock.now() + HOUR_MS;
        const done = await ctx.db.commit(planLiveSale(ctx, { ...deal, offer: quote, endsAt }));
        return done.ok ? "ok" : done.code;
      },
    },
    {
      units: 5,
      go: async () => {
        const sent = { ...locations, lines: [{ offerId: beans, quantity: 5 }] };
        return outcome(await owner.post("/v1/inventory/transfers", sent, key()));
      },
    },
    {
      units: 4,
      go: async () => {
        const lost = { kind: "adjust", reason: "rain", rows: [{ offerId: beans, quantity: -4 }] };
        return outcome(await owner.post("/v1/inventory/adjustments", lost, key()));
      },
    },
  ];
  const heard = await Promise.all(paths.map(async ({ units, go }) => ({ units, said: await go() })));
  const refusals = new Set(heard.map(({ said }) => said).filter((said) => said !== "ok"));
  const known = ["inventory.insufficient", "inventory.below_promised", "flash_sale.out_of_stock"];
  expect([...refusals].filter((said) => !known.includes(said))).toEqual([]);
  const taken = heard.reduce((sum, { units, said }) => sum + (said === "ok" ? units : 0), 0);
  const ctx = h.ctx();
  const [free] = await ctx.db.load(availabilityQuery(ctx, [beans]));
  expect(free.get(beans)).toBe(STOCK - taken);
  // Nothing came back meanwhile, so whoever was refused would be refused now.
  for (const { units, said } of heard) if (said !== "ok") expect(units).toBeGreaterThan(STOCK - taken);
  expect([await oversoldUnits(ctx), await reservationDrift(ctx)]).toEqual([0, 0]);
});
