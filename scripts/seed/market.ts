import { SHOPS } from "../../drizzle/seed/catalogue/index.ts";
import { CATEGORIES, type CategoryBranch } from "../../drizzle/seed/categories.ts";
import type { Shop } from "../../drizzle/seed/goods.ts";
import { PLATFORM_VOUCHERS, SHOP_VOUCHER } from "../../drizzle/seed/vouchers.ts";
import { type Client, openClient } from "../client.ts";
import { planCalendar } from "./calendar.ts";
import { importFile, stockOf, texts } from "./goods.ts";
import { DEMO_PASSWORD, emailOf, OPERATOR, ownerOf, type Person } from "./people.ts";
import { type Painter, wishOf } from "./pictures.ts";
import { makeVouchers } from "./vouchers.ts";

/** Requests on their way at once: more only wait for each other on a small machine. */
const WIDTH = 6;
const LEVELS_MAX = 500;
const PLACES = ["Main store", "Warehouse"] as const;

/** Runs the work on every item, so many at a time, and keeps their order. */
async function inTurns<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const rest = items.entries();
  const worker = async () => {
    for (const [at, item] of rest) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

export type At = { readonly url: string; readonly market: string };
export type SignedIn = { readonly client: Client; readonly refreshToken: string };
type Tokens = {
  readonly status: string;
  readonly accessToken: string;
  readonly refreshToken: string;
};

export async function signIn({ url, market }: At, { email }: Pick<Person, "email">): Promise<SignedIn> {
  const nobody = await openClient({ url, market });
  const tokens = await nobody.post<Tokens>("/v1/auth/sign-in", { email, password: DEMO_PASSWORD });
  if (tokens.status !== "signed_in") throw new Error(`${email} is asked for a second factor`);
  const client = await openClient({ url, market, token: tokens.accessToken });
  return { client, refreshToken: tokens.refreshToken };
}

/** The shop that somebody has just been given is in their next token. */
async function refreshed({ url, market }: At, { client, refreshToken }: SignedIn): Promise<Client> {
  const { accessToken } = await client.post<Tokens>("/v1/auth/refresh", { refreshToken });
  return openClient({ url, market, token: accessToken });
}

type Category = { readonly id: string; readonly slug: string };

export async function makeCategories(operator: Client, branches: readonly CategoryBranch[]): Promise<void> {
  const { items } = await operator.get<{ readonly items: readonly Category[] }>("/v1/categories/all");
  const known = new Map(items.map(({ slug, id }) => [slug, id]));
  const make = async (branch: CategoryBranch, parentId: string | null, position: number): Promise<void> => {
    const { slug, names, children = [] } = branch;
    const body = { parentId, slug, names: texts(names), position };
    const id = known.get(slug) ?? (await operator.post<Category>("/v1/categories", body)).id;
    await Promise.all(children.map((child, at) => make(child, id, at)));
  };
  for (const [at, branch] of branches.entries()) await make(branch, null, at);
}

type Seller = { readonly id: string; readonly state: string };
type Mine = { readonly items: readonly { readonly seller: Seller }[] };
export type Application = Pick<Shop, "slug" | "name" | "legalName"> & {
  readonly city: string;
  readonly about: Shop["about"];
  readonly owner: Person;
};

/** Applies for the shop unless it is there, and lets an operator approve it. */
export async function openShop(
  at: At,
  operator: Client,
  { owner, about, ...shop }: Application,
): Promise<{ readonly sellerId: string; readonly client: Client }> {
  const session = await signIn(at, owner);
  const mine = await session.client.get<Mine>("/v1/sellers/mine");
  const body = { ...shop, email: owner.email, descriptions: texts(about) };
  const seller = mine.items[0]?.seller ?? (await session.client.post<Seller>("/v1/sellers", body));
  if (seller.state === "active") return { sellerId: seller.id, client: session.client };
  await operator.post(`/v1/sellers/${seller.id}/approve`, { reason: "Papers checked." });
  return { sellerId: seller.id, client: await refreshed(at, session) };
}

type Location = { readonly id: string; readonly name: string };

export async function makeLocations(owner: Client, names: readonly string[]): Promise<readonly Location[]> {
  const { items } = await owner.get<{ readonly items: readonly Location[] }>("/v1/inventory/locations");
  const locations: Location[] = [];
  for (const [priority, name] of names.entries()) {
    const known = items.find((location) => location.name === name);
    const key = `seed-location-${name.replaceAll(" ", "-")}`;
    const body = { name, priority };
    locations.push(known ?? (await owner.post<Location>("/v1/inventory/locations", body, { key })));
  }
  return locations;
}

export type Imported = {
  readonly failed: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rows: readonly {
    readonly ref: string;
    readonly status: "created" | "updated" | "unchanged" | "failed";
    readonly productId: string;
    readonly offers: readonly { readonly sku: string; readonly offerId: string }[];
    readonly errors: readonly { readonly path: string; readonly message: string }[];
  }[];
};

export async function importProducts(service: Client, sellerId: string, lines: string): Promise<Imported> {
  const path = `/v1/products/import?sellerId=${sellerId}`;
  const report = await service.upload<Imported>(path, lines, "application/x-ndjson");
  if (report.failed === 0) return report;
  const refusals = report.rows.flatMap(({ ref, errors }) =>
    errors.map(({ path: field, message }) => `${ref} ${field}: ${message}`),
  );
  throw new Error(`${report.failed} products were refused: ${refusals.slice(0, 5).join(" ")}`);
}

type Level = { readonly offerId: string; readonly locationId: string };
type LevelRow = Level & { readonly onHand: number };

/** Counts only what was never counted: what has been sold since the first run stays sold. */
async function stockShelf(
  { service, owner }: { readonly service: Client; readonly owner: Client },
  locations: readonly Location[],
  report: Imported,
): Promise<void> {
  const isNew = report.created === report.rows.length;
  const levels = isNew ? [] : await owner.all<Level>("/v1/inventory/levels");
  const counted = new Set(levels.map(({ offerId, locationId }) => `${offerId} ${locationId}`));
  const rows = report.rows.flatMap(({ offers }) =>
    offers.flatMap(({ offerId, sku }) =>
      locations.map(({ id }, place): LevelRow => {
        return { offerId, locationId: id, onHand: stockOf(sku, place) };
      }),
    ),
  );
  await setLevels(
    service,
    rows.filter(({ offerId, locationId }) => !counted.has(`${offerId} ${locationId}`)),
  );
}

export async function setLevels(service: Client, rows: readonly LevelRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += LEVELS_MAX) {
    const body = { rows: rows.slice(from, from + LEVELS_MAX) };
    await service.post("/v1/inventory/levels", body, { key: crypto.randomUUID() });
  }
}

type Shown = { readonly media: readonly unknown[] };

/** A product that was there before has its picture, unless the first run was cut short. */
async function showGoods(
  { service, painter }: { readonly service: Client; readonly painter: Painter },
  shop: Shop,
  report: Imported,
): Promise<void> {
  const goods = new Map(shop.goods.map((one) => [one.ref, one]));
  await inTurns(report.rows, WIDTH, async ({ ref, productId, status }) => {
    const one = goods.get(ref);
    if (!one) return;
    const isNew = status === "created";
    const isShown = !isNew && (await service.get<Shown>(`/v1/products/${productId}`)).media.length > 0;
    if (isShown) return;
    const picture = await painter.pictureOf(wishOf(one));
    await service.upload(`/v1/products/${productId}/media`, picture, "image/png");
  });
}

/** One demo market, through the API that everybody uses. Each step finds what an earlier run has made. */
export async function seedMarket(at: At, serviceKey: string, painter: Painter): Promise<void> {
  const service = await openClient({ ...at, serviceKey, scopes: ["catalogue:write", "inventory:write"] });
  const { client: operator } = await signIn(at, OPERATOR);
  await makeCategories(operator, CATEGORIES);
  await makeVouchers(operator, at.market, PLATFORM_VOUCHERS);
  const clients = await inTurns(SHOPS, 3, async (shop) => {
    const { slug, name, legalName, about } = shop;
    const city = at.market === "sg" ? shop.cities.sg : shop.cities.id;
    const application = { slug, name, legalName, about, city, owner: ownerOf(shop) };
    const { sellerId, client: owner } = await openShop(at, operator, application);
    const locations = await makeLocations(owner, PLACES);
    const report = await importProducts(service, sellerId, importFile(shop, at.market));
    await stockShelf({ service, owner }, locations, report);
    await showGoods({ service, painter }, shop, report);
    if (shop === SHOPS[0]) await makeVouchers(owner, at.market, [SHOP_VOUCHER]);
    return [slug, owner] as const;
  });
  const owners = new Map(clients);
  await planCalendar({ market: at.market, operator, shopOf: async (slug) => owners.get(slug) ?? operator });
}

/** Of a market that was filled before: what goes on in it today. */
export async function renewCalendar(at: At): Promise<void> {
  const { client: operator } = await signIn(at, OPERATOR);
  const owners = new Map<string, Promise<Client>>();
  const shopOf = (slug: string): Promise<Client> => {
    const owner = owners.get(slug) ?? signIn(at, { email: emailOf(slug) }).then(({ client }) => client);
    owners.set(slug, owner);
    return owner;
  };
  await planCalendar({ market: at.market, operator, shopOf });
}
