import type { Id } from "../workers/kernel/ids.ts";
import { CELL, type Headers_, ids, signIn } from "./people.ts";
import type { Stage } from "./stage.ts";

const PRODUCTS = 1_000;
const SHOPS = 5;
const LEAVES = 12;
/** More than all benchmarks together sell of one product. */
const STOCK = 1_000_000;
const BATCH = 200;
/** Events have reached the search index by then, on a busy machine too. */
const INDEXED_WITHIN_MS = 120_000;
const POLL_MS = 250;

const MATERIALS = [
  "Teak",
  "Rattan",
  "Linen",
  "Cotton",
  "Brass",
  "Clay",
  "Bamboo",
  "Leather",
  "Glass",
  "Steel",
];
const STYLES = [
  "Modern",
  "Rustic",
  "Classic",
  "Woven",
  "Carved",
  "Painted",
  "Folding",
  "Round",
  "Tall",
  "Small",
];
const THINGS = ["Chair", "Lamp", "Basket", "Table", "Bowl", "Bag", "Shelf", "Vase", "Bench", "Tray"];

export type Product = {
  readonly productId: Id<"product">;
  readonly offerId: Id<"offer">;
  readonly sellerId: Id<"seller">;
  readonly title: string;
};
export type World = {
  readonly products: readonly Product[];
  /** Slugs of the categories that hold products. */
  readonly categories: readonly string[];
  /** For the seller of a product: counts its units anew, and says what is left of them. */
  setStock(product: Product, onHand: number): Promise<void>;
  readStock(product: Product): Promise<{ readonly available: number; readonly promised: number }>;
  readonly words: { readonly materials: readonly string[]; readonly things: readonly string[] };
};

/** A catalogue made through the public API: shops applied for and approved, imported products, stock. */
export async function makeWorld(stage: Stage): Promise<World> {
  stage.say(`making ${PRODUCTS} products in ${SHOPS} shops`);
  const operator = await signIn(stage, ids.next("user"), { operator: "admin" });
  const categories = await makeCategories(stage, operator);
  const products: Product[] = [];
  const members: Member[] = [];
  for (let shop = 0; shop < SHOPS; shop += 1) {
    const member = await openShop(stage, operator, shop);
    members.push(member);
    for (let from = shop; from < PRODUCTS; from += BATCH * SHOPS) {
      const numbers = Array.from({ length: BATCH }, (_, i) => from + i * SHOPS).filter((n) => n < PRODUCTS);
      products.push(...(await importProducts(stage, member, numbers, categories)));
    }
  }
  await untilIndexed(stage);
  return {
    products,
    categories,
    words: { materials: MATERIALS, things: THINGS },
    ...stockOf(stage, members),
  };
}

type Level = { readonly available: number; readonly reserved: number; readonly allocated: number };

function stockOf(stage: Stage, members: readonly Member[]): Pick<World, "setStock" | "readStock"> {
  const headersOf = (product: Product) =>
    members.find(({ sellerId }) => sellerId === product.sellerId)?.headers ?? {};
  return {
    async setStock(product, onHand) {
      await setLevels(stage, headersOf(product), [{ offerId: product.offerId, onHand }]);
    },
    async readStock(product) {
      const path = `${stage.url}/v1/inventory/levels/${product.offerId}`;
      const answer = await fetch(path, { headers: { ...headersOf(product), "x-market": CELL } });
      const { items } = (await expectOk(answer, path)) as { readonly items: readonly Level[] };
      const sum = (part: (level: Level) => number) => items.reduce((total, level) => total + part(level), 0);
      return {
        available: sum((level) => level.available),
        promised: sum((level) => level.reserved + level.allocated),
      };
    },
  };
}

type Count = { readonly offerId: Id<"offer">; readonly onHand: number };

async function setLevels(stage: Stage, headers: Headers_, rows: readonly Count[]): Promise<void> {
  const keyed = { ...headers, "idempotency-key": ids.next("event") };
  await post(stage, "/v1/inventory/levels", keyed, { rows });
}

async function makeCategories(stage: Stage, operator: Headers_): Promise<readonly string[]> {
  type Made = { readonly id: string; readonly slug: string };
  const names = { en: "Home", id: "Rumah" };
  const root = await post<Made>(stage, "/v1/categories", operator, { parentId: null, names });
  const leaves: string[] = [];
  for (let n = 1; n <= LEAVES; n += 1) {
    const leaf = { parentId: root.id, names: { en: `Department ${n}`, id: `Bagian ${n}` } };
    leaves.push((await post<Made>(stage, "/v1/categories", operator, leaf)).slug);
  }
  return leaves;
}

type Member = { readonly sellerId: Id<"seller">; readonly headers: Headers_ };

async function openShop(stage: Stage, operator: Headers_, n: number): Promise<Member> {
  const userId = ids.next("user");
  const person = await signIn(stage, userId);
  const profile = {
    name: `Toko ${n + 1}`,
    city: "Bandung",
    legalName: `CV Toko ${n + 1}`,
    email: `shop${n + 1}@example.com`,
  };
  const { id } = await post<{ id: Id<"seller"> }>(stage, "/v1/sellers", person, profile);
  await post(stage, `/v1/sellers/${id}/approve`, operator, { reason: "Papers checked." });
  return { sellerId: id, headers: await signIn(stage, userId, { owns: [id] }) };
}

const titleOf = (n: number) =>
  `${STYLES[n % 10]} ${MATERIALS[Math.floor(n / 10) % 10]} ${THINGS[Math.floor(n / 100) % 10]} ${n + 1}`;

const productRow = (n: number, categories: readonly string[]) => ({
  ref: `bench-${n}`,
  category: categories[n % categories.length],
  titles: { en: titleOf(n), id: `${titleOf(n)} Nusantara` },
  descriptions: { en: `${titleOf(n)}, made by hand in West Java. `.repeat(10) },
  variants: [
    {
      weightGrams: 500,
      offer: { sku: `SKU-${n}`, price: { minor: `${(n + 10) * 10_000}`, currency: "IDR" } },
    },
  ],
});

type Report = {
  readonly failed: number;
  readonly rows: readonly {
    readonly ref: string;
    readonly productId: Id<"product">;
    readonly offers: readonly { readonly offerId: Id<"offer"> }[];
    readonly errors: readonly object[];
  }[];
};

async function importProducts(
  stage: Stage,
  { sellerId, headers }: Member,
  numbers: readonly number[],
  categories: readonly string[],
): Promise<readonly Product[]> {
  const lines = numbers.map((n) => JSON.stringify(productRow(n, categories)));
  const response = await fetch(`${stage.url}/v1/products/import`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/x-ndjson", "x-market": CELL },
    body: lines.join("\n"),
  });
  const report = (await expectOk(response, "import")) as Report;
  if (report.failed > 0) throw new Error(`import: ${JSON.stringify(report.rows[0]?.errors)}`);
  const products = report.rows.flatMap(({ productId, offers: [offer] }, i) =>
    offer ? [{ productId, offerId: offer.offerId, sellerId, title: titleOf(numbers[i] ?? 0) }] : [],
  );
  const counts = products.map(({ offerId }) => ({ offerId, onHand: STOCK }));
  await setLevels(stage, headers, counts);
  return products;
}

async function untilIndexed(stage: Stage): Promise<void> {
  const until = performance.now() + INDEXED_WITHIN_MS;
  for (;;) {
    const found = await fetch(`${stage.url}/v1/search?inStock=true&limit=1`, {
      headers: { "x-market": CELL },
    });
    const { total } = (await expectOk(found, "search")) as { readonly total: number };
    if (total === PRODUCTS) return;
    if (performance.now() > until) throw new Error(`only ${total} of ${PRODUCTS} products were indexed`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Until every event is handled: what is indexed purges copies, and would be taken for misses. */
export async function untilHandled(stage: Stage): Promise<void> {
  const until = performance.now() + INDEXED_WITHIN_MS;
  for (;;) {
    const text = await (await fetch(`${stage.url}/metrics`)).text();
    if (text.includes(`outbox_open_events{cell="${CELL}"} 0`)) return;
    if (performance.now() > until) throw new Error("the events of the catalogue were not handled in time");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function post<T>(stage: Stage, path: string, headers: Headers_, body: object): Promise<T> {
  const response = await fetch(`${stage.url}${path}`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", "x-market": CELL },
    body: JSON.stringify(body),
  });
  return (await expectOk(response, path)) as T;
}

async function expectOk(response: Response, what: string): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${what} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}
