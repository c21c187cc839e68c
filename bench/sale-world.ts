import type { Id } from "../workers/kernel/ids.ts";
import type { BuyerId } from "../workers/services/marketing/flash-sale/domain/entry.ts";
import { CELL, type Headers_, ids, signIn, signService } from "./people.ts";
import type { Stage } from "./stage.ts";

/** The platform that a sale is made on. */
export type Ground = Pick<Stage, "url" | "bindings">;
export type SaleWanted = {
  readonly quota: number;
  readonly perBuyer: number;
  readonly shards: number;
  readonly minutes: number;
};
export type MadeSale = {
  readonly saleId: Id<"sale">;
  readonly offerId: Id<"offer">;
  readonly perBuyer: number;
  readonly shards: number;
  readonly quota: number;
  readonly operator: Headers_;
};

/** A sale begins at once, but sellers come in before the start. */
const ENTER_MS = 2_500;
const LIST_MINOR = 10_000_000;
const SALE_MINOR = 5_000_000;

/** A shop, a product and a sale of it, made through the public API; answers when the sale has begun. */
export async function makeSale(ground: Ground, wanted: SaleWanted): Promise<MadeSale> {
  const operator = await signIn(ground, ids.next("user"), { operator: "admin" });
  const { offerId, seller } = await makeOffer(ground, operator, wanted.quota);
  const startsAt = Date.now() + ENTER_MS;
  const iso = (ms: number) => new Date(ms).toISOString();
  const slot = await call<{ id: string }>(ground, "/v1/flash-sales/slots", keyed(operator), {
    name: "bench",
    startsAt: iso(startsAt),
    endsAt: iso(startsAt + wanted.minutes * 60_000),
    enterBy: iso(startsAt),
    perBuyerMax: wanted.perBuyer,
    shards: wanted.shards,
  });
  const price = { minor: String(SALE_MINOR), currency: "IDR" };
  const { quota, perBuyer } = wanted;
  const entrant = { slotId: slot.id, offerId, price, quota, perBuyer };
  const { id } = await call<{ id: Id<"sale"> }>(ground, "/v1/flash-sales", keyed(seller), entrant);
  await new Promise((resolve) => setTimeout(resolve, startsAt + 100 - Date.now()));
  return { saleId: id, offerId, perBuyer, shards: wanted.shards, quota, operator };
}

const keyed = (headers: Headers_): Headers_ => ({ ...headers, "idempotency-key": ids.next("event") });

export async function makeOffer(ground: Ground, operator: Headers_, onHand: number) {
  const names = { en: `Sale ${ids.next("event").slice(-6)}`, id: "Obral" };
  type Made = { readonly id: string; readonly slug: string };
  const leaf = await call<Made>(ground, "/v1/categories", operator, { parentId: null, names });
  const userId = ids.next("user");
  const person = await signIn(ground, userId);
  const shop = await call<{ id: Id<"seller"> }>(ground, "/v1/sellers", person, {
    name: `Toko ${userId.slice(-8)}`,
    city: "Bandung",
    legalName: "CV Toko",
    email: "toko@example.com",
  });
  await call(ground, `/v1/sellers/${shop.id}/approve`, operator, { reason: "Papers checked." });
  const seller = await signIn(ground, userId, { owns: [shop.id] });
  const row = {
    ref: "sale-1",
    category: leaf.slug,
    titles: { en: "Sale item", id: "Barang obral" },
    descriptions: { en: "One item that many want." },
    variants: [
      {
        weightGrams: 500,
        offer: { sku: "SALE-1", price: { minor: String(LIST_MINOR), currency: "IDR" } },
      },
    ],
  };
  const imported = await fetch(`${ground.url}/v1/products/import`, {
    method: "POST",
    headers: { ...seller, "content-type": "application/x-ndjson", "x-market": CELL },
    body: JSON.stringify(row),
  });
  const { rows } = (await imported.json()) as {
    readonly rows: readonly { readonly offers: readonly { readonly offerId: Id<"offer"> }[] }[];
  };
  const offerId = rows[0]?.offers[0]?.offerId;
  if (offerId === undefined) throw new Error(`the product was refused: ${JSON.stringify(rows)}`);
  await call(ground, "/v1/inventory/levels", keyed(seller), { rows: [{ offerId, onHand }] });
  return { offerId, seller };
}

export async function call<T>(ground: Ground, path: string, headers: Headers_, body: object): Promise<T> {
  const response = await fetch(`${ground.url}${path}`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", "x-market": CELL },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** Where the service's sockets of a shard enter. */
export async function ticketOf(ground: Ground, { saleId }: MadeSale, shard: number): Promise<string> {
  const service = await signService(ground);
  const path = `/v1/flash-sales/${saleId}/tickets`;
  const { url, ticket } = await call<{ url: string; ticket: string }>(ground, path, service, { shard });
  return `${ground.url.replace("http", "ws")}${url}&ticket=${ticket}`;
}

export const newBuyers = (count: number): readonly BuyerId[] =>
  Array.from({ length: count }, () => ids.next("user"));
