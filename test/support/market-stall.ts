import { type Body, type Client, clientOf, ids, signedClient, until, userClaims } from "./http-client.ts";
import type { RunningPlatform } from "./running-platform.ts";

export type Ware = { readonly title: string; readonly priceMinor: bigint; readonly stock: number };
export type Stall = {
  readonly sellerId: string;
  /** Who runs the shop, and who runs the market. */
  readonly shop: Client;
  readonly operator: Client;
  readonly offers: readonly Stocked[];
  /** What can still be sold of an offer, and what lies there. */
  stockOf(offerId: string): Promise<{ available: number; onHand: number; allocated: number; held: number }>;
};
export type Stocked = { readonly offerId: string; readonly productId: string };

const CURRENCY: { readonly [market: string]: string } = { id: "IDR", sg: "SGD", gb: "GBP" };

/** A shop that applied, was approved, imported its goods and counted its stock, all as shops do it. */
export async function openStall(
  platform: RunningPlatform,
  wares: readonly Ware[],
  market = "id",
): Promise<Stall> {
  const operator = await signedClient(platform, userClaims({ op: "admin" }), market);
  const ownerId = ids.next("user");
  const applicant = await signedClient(platform, userClaims({ sub: ownerId }), market);
  const names = { en: `Coffee ${ownerId.slice(-6)}`, id: `Kopi ${ownerId.slice(-6)}` };
  const category = await operator.do("/v1/categories", { parentId: null, names });
  const { id: sellerId } = await applicant.do("/v1/sellers", {
    name: `Kopi ${ownerId.slice(-6)}`,
    city: "Takengon",
    legalName: "CV Kopi Gayo",
    email: `${ownerId.slice(-8)}@seller.example`,
  });
  await operator.do(`/v1/sellers/${sellerId}/approve`, { reason: "The papers are in order." });
  const shop = await signedClient(platform, userClaims({ sub: ownerId, sh: [[sellerId, "owner"]] }), market);
  const offers = await importWares(shop, { wares, categoryId: category.id });
  // A page shows what is listed, and the list follows the events.
  await until("the wares in the list", async () => {
    const { total } = await shop.read(`/v1/search?seller=${sellerId}&limit=1`);
    return total >= wares.length;
  });
  return {
    sellerId,
    shop,
    operator,
    offers,
    async stockOf(offerId) {
      const { items } = await shop.read(`/v1/inventory/levels/${offerId}`);
      const sum = (field: string) => items.reduce((total: number, level: Body) => total + level[field], 0);
      const [available, onHand] = [sum("available"), sum("onHand")];
      return { available, onHand, allocated: sum("allocated"), held: sum("reserved") };
    },
  };
}

type Delivered = { readonly wares: readonly Ware[]; readonly categoryId: string };

async function importWares(shop: Client, { wares, categoryId }: Delivered): Promise<readonly Stocked[]> {
  const currency = CURRENCY[shop.market];
  const rows = wares.map(({ title, priceMinor }, i) =>
    JSON.stringify({
      ref: `ware-${i}`,
      category: categoryId,
      titles: { en: title, id: title },
      variants: [{ offer: { sku: `SKU-${i}`, price: { minor: priceMinor.toString(), currency } } }],
    }),
  );
  const headers = { "content-type": "application/x-ndjson" };
  const imported = await shop.do("/v1/products/import", rows.join("\n"), { headers });
  const offers: Stocked[] = imported.rows.map((row: Body) => ({
    offerId: row.offers[0].offerId,
    productId: row.productId,
  }));
  const levels = offers.map(({ offerId }, i) => ({ offerId, onHand: wares[i]?.stock ?? 0, safety: 0 }));
  await shop.do("/v1/inventory/levels", { rows: levels });
  return offers;
}

const ADDRESS: { readonly [market: string]: object } = {
  id: {
    recipient: "Ani Wijaya",
    phone: "+6281234567890",
    country: "ID",
    region: "DKI Jakarta",
    city: "Jakarta Pusat",
    district: "Gambir",
    postalCode: "10110",
    line1: "Jl. Merdeka 1",
  },
  sg: {
    recipient: "Tan Wei Ling",
    phone: "+6581234567",
    country: "SG",
    city: "Singapore",
    postalCode: "238801",
    line1: "2 Orchard Turn",
  },
  gb: {
    recipient: "Alice Hartley",
    phone: "+447700900123",
    country: "GB",
    city: "Leeds",
    postalCode: "LS1 4DY",
    line1: "1 Park Row",
  },
};

let people = 0;
/** An address of its own for everybody, so that nobody reads another's mail. */
export function newEmail(name: string): string {
  people += 1;
  return `${name}-${people}-${ids.next("user").slice(-6)}@buyer.example`;
}

/** A visitor with a cart and nothing else. */
export async function guestOf(platform: Pick<RunningPlatform, "url">, market = "id"): Promise<Client> {
  const { token } = await clientOf(platform, { market }).do("/v1/carts");
  return clientOf(platform, { market, token });
}

export type Basket = {
  readonly lines: readonly { readonly offerId: string; readonly quantity: number }[];
  readonly method: "qris" | "virtual_account" | "gopay" | "card" | "cod";
  readonly email: string;
  readonly complete?: { readonly cardToken?: string; readonly bank?: string };
};
export type Bought = {
  readonly orderGroupId: string;
  readonly orders: readonly { readonly id: string; readonly sellerId: string }[];
  readonly payment: { readonly id: string; readonly action: Body };
  readonly totalMinor: bigint;
};

/** Cart, checkout and completion, as a storefront does them. */
export async function buy(buyer: Client, basket: Basket): Promise<Bought> {
  const checkout = await startCheckout(buyer, basket);
  const done = await buyer.do(`/v1/checkouts/${checkout.id}/complete`, basket.complete ?? {});
  const { orderGroupId, orders, payment, totals } = done;
  return { orderGroupId, orders, payment, totalMinor: BigInt(totals.total.minor) };
}

export async function startCheckout(buyer: Client, { lines, method, email }: Basket): Promise<Body> {
  const { cart } = await buyer.do("/v1/carts");
  await buyer.do(`/v1/carts/${cart.id}/lines`, { lines });
  return buyer.do("/v1/checkouts", startOf({ email, method, market: buyer.market }));
}

type Start = Pick<Basket, "email" | "method"> & { readonly market: string };
/** What begins a checkout of all that is in the cart. */
export const startOf = ({ email, method, market }: Start) => ({
  email,
  paymentMethod: method,
  address: ADDRESS[market],
});

/** The order once it is in one of these states. */
export function reach(buyer: Client, orderId: string, ...states: readonly string[]): Promise<Body> {
  let seen = "nothing";
  const look = async () => {
    const order = await buyer.read(`/v1/orders/${orderId}`);
    seen = order.state;
    return states.includes(order.state) ? order : undefined;
  };
  return until(`order ${orderId} to be ${states.join(" or ")}`, look, { seen: () => seen });
}
