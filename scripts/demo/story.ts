import { type Client, openClient } from "../client.ts";
import { signIn } from "../seed/market.ts";
import { OPERATOR, type Person } from "../seed/people.ts";
import { type Mail, openMailbox } from "./mailbox.ts";
import type { Stage } from "./platform.ts";
import { check, eventually, type Story } from "./steps.ts";

export const MARKET = "id";
const DAY_MS = 86_400_000;
const PASSWORD = "hujan turun di bulan juni";
const LOW_STOCK = 20;
const DELIVERY = 50;
export const ADDRESS = {
  recipient: "Rani Puspita",
  phone: "+6281234567890",
  country: "ID",
  region: "DKI Jakarta",
  city: "Jakarta Selatan",
  district: "Kebayoran Baru",
  postalCode: "12190",
  line1: "Jalan Senopati 17",
};

export type Money = { readonly minor: string; readonly currency: string };
type Hit = { readonly slug: string; readonly title: string; readonly available: number };
type Results = { readonly items: readonly Hit[]; readonly fallback: boolean };
type Product = {
  readonly slug: string;
  readonly titles: { readonly en: string };
  readonly media: readonly { readonly url: string }[];
  readonly variants: readonly {
    readonly offers: readonly {
      readonly id: string;
      readonly price: Money;
      readonly seller: { readonly id: string; readonly name: string; readonly slug: string };
    }[];
  }[];
};
export type Wanted = {
  readonly offerId: string;
  readonly quantity: number;
  readonly price: Money;
  readonly sellerId: string;
  readonly shop: string;
};
type Completed = {
  readonly totals: { readonly goods: Money; readonly shipping: Money; readonly total: Money };
  readonly orders: readonly { readonly id: string; readonly total: Money }[];
  readonly payment: { readonly id: string; readonly action: { readonly kind: string } };
};
type Order = {
  readonly id: string;
  readonly state: string;
  readonly goods: Money;
  readonly tax: Money;
  readonly taxInclusive: boolean;
  readonly invoice: { readonly number: string; readonly isReady: boolean } | null;
};
type Sales = { readonly gmv: Money; readonly orders: number; readonly units: number };
type Levels = { readonly items: readonly { readonly available: number; readonly onHand: number }[] };

const sum = (amounts: readonly Money[]) => amounts.reduce((total, { minor }) => total + BigInt(minor), 0n);
export const rupiah = (minor: bigint) => `Rp ${(minor / 100n).toLocaleString("id-ID")}`;

/** A new buyer confirms the address with the mailed link and is signed in. */
export async function signUp({ url, mailUrl }: Stage): Promise<Person & { readonly client: Client }> {
  const email = `rani-${crypto.randomUUID().slice(0, 8)}@buyer.example`;
  const visitor = await openClient({ url, market: MARKET });
  await visitor.post("/v1/auth/sign-up", { email, password: PASSWORD, name: ADDRESS.recipient });
  const isLink = ({ text }: Mail) => text.includes("/verify-email#token=");
  const [mail] = await openMailbox(mailUrl).find(email, "the link to confirm the address", isLink);
  const token = /#token=([\w-]+)/.exec(mail?.text ?? "")?.[1];
  type Verified = { readonly status: string; readonly accessToken: string };
  const verified = await visitor.post<Verified>("/v1/auth/verify", { token, password: PASSWORD });
  check(verified.status === "signed_in", `the confirmation answered ${verified.status}`);
  const client = await openClient({ url, market: MARKET, token: verified.accessToken });
  return { email, name: ADDRESS.recipient, client };
}

/** Finds a product although its name is mistyped; a platform just seeded is still filling its index. */
async function search(client: Client, typed: string, slug: string): Promise<Hit> {
  return eventually(`${slug} among the results for "${typed}"`, async () => {
    const { items, fallback } = await client.get<Results>(`/v1/search?q=${encodeURIComponent(typed)}`);
    return fallback ? undefined : items.find((hit) => hit.slug === slug && hit.available > 0);
  });
}

export async function readProduct(client: Client, slug: string): Promise<Product> {
  const product = await client.get<Product>(`/v1/products/${slug}`);
  const [picture] = product.media;
  check(picture !== undefined, `${slug} has no picture`);
  const bytes = await client.bytes(picture.url);
  check(Buffer.from(bytes.subarray(1, 4)).toString() === "PNG", "the picture is no PNG");
  return product;
}

export function wantedOf({ slug, variants }: Product, quantity: number): Wanted {
  const offer = variants.flatMap(({ offers }) => offers)[0];
  check(offer !== undefined, `nobody offers ${slug}`);
  const { id: offerId, price, seller } = offer;
  return { offerId, quantity, price, sellerId: seller.id, shop: seller.slug };
}

export async function fillCart(client: Client, wanted: readonly Wanted[]): Promise<void> {
  type Cart = { readonly groups: readonly unknown[]; readonly totals: { readonly goods: Money } };
  const { cart } = await client.post<{ readonly cart: { readonly id: string } }>("/v1/carts");
  for (const { offerId, quantity } of wanted) {
    await client.post(`/v1/carts/${cart.id}/lines`, { offerId, quantity });
  }
  const read = await client.get<Cart>(`/v1/carts/${cart.id}`);
  const goods = wanted.reduce(
    (total, { price, quantity }) => total + BigInt(price.minor) * BigInt(quantity),
    0n,
  );
  check(read.groups.length === 2, `the cart has ${read.groups.length} shops`);
  check(BigInt(read.totals.goods.minor) === goods, `the cart says ${read.totals.goods.minor}, not ${goods}`);
}

async function checkOut(client: Client): Promise<Completed> {
  const start = { address: ADDRESS, paymentMethod: "qris" };
  const { id } = await client.post<{ readonly id: string }>("/v1/checkouts", start);
  const completed = await client.post<Completed>(`/v1/checkouts/${id}/complete`, {}, { key: `demo-${id}` });
  const { orders, payment, totals } = completed;
  check(orders.length === 2, `${orders.length} orders were placed`);
  check(payment.action.kind === "qr", `the payment asks for ${payment.action.kind}`);
  check(sum(orders.map(({ total }) => total)) === BigInt(totals.total.minor), "the orders are not the total");
  return completed;
}

/** The customer's bank pays; the sandbox tells the platform by its signed notification. */
export async function pay({ midtransUrl }: Stage, paymentId: string): Promise<void> {
  const path = `${midtransUrl}/sandbox/transactions/${MARKET}-${paymentId}/pay`;
  const response = await fetch(path, { method: "POST" });
  check(response.ok, `the sandbox answered ${response.status}: ${await response.text()}`);
}

const readOrders = (client: Client, { orders }: Completed): Promise<readonly Order[]> =>
  Promise.all(orders.map(({ id }) => client.get<Order>(`/v1/orders/${id}`)));

const untilPaid = (client: Client, completed: Completed): Promise<readonly Order[]> =>
  eventually("the payment of both orders", async () => {
    const orders = await readOrders(client, completed);
    return orders.every(({ state }) => state !== "awaiting_payment") ? orders : undefined;
  });

async function downloadInvoices(client: Client, completed: Completed): Promise<readonly Buffer[]> {
  const orders = await eventually("both invoices", async () => {
    const read = await readOrders(client, completed);
    return read.every(({ invoice }) => invoice?.isReady) ? read : undefined;
  });
  const files = orders.map(async ({ id }) => Buffer.from(await client.bytes(`/v1/orders/${id}/invoice`)));
  const invoices = await Promise.all(files);
  check(
    invoices.every((file) => file.subarray(0, 5).toString() === "%PDF-"),
    "an invoice is no PDF",
  );
  return invoices;
}

async function findInvoices({ mailUrl }: Stage, email: string, invoices: readonly Buffer[]): Promise<void> {
  const mailbox = openMailbox(mailUrl);
  const isInvoice = ({ attachments }: Mail) => attachments.length > 0;
  const mails = await mailbox.find(email, "the invoices", isInvoice, invoices.length);
  const files = await Promise.all(mails.map(async (mail) => Buffer.from(await mailbox.attachment(mail, 0))));
  const isThere = (invoice: Buffer) => files.some((file) => file.equals(invoice));
  check(invoices.every(isThere), "the mailed invoices are not the downloaded ones");
}

type Shelf = Wanted & { readonly owner: Client };

export const visitShops = ({ url }: Stage, wanted: readonly Wanted[]): Promise<readonly Shelf[]> =>
  Promise.all(
    wanted.map(async (one) => {
      const email = `${one.shop}@titan.example`;
      return { ...one, owner: (await signIn({ url, market: MARKET }, { email })).client };
    }),
  );

/** What each shop could still sell of what was bought, as its owner sees it. */
const stockOf = (shelves: readonly Shelf[]): Promise<readonly number[]> =>
  Promise.all(
    shelves.map(async ({ owner, offerId }) => {
      const { items } = await owner.get<Levels>(`/v1/inventory/levels/${offerId}`);
      return items.reduce((total, { available }) => total + available, 0);
    }),
  );

/** The story may be told a hundred times on the same data: what runs low is received anew. */
export async function restock(shelves: readonly Shelf[]): Promise<void> {
  const stock = await stockOf(shelves);
  for (const [i, { owner, offerId }] of shelves.entries()) {
    if ((stock[i] ?? 0) >= LOW_STOCK) continue;
    const body = { kind: "receive", reason: "Delivery", rows: [{ offerId, quantity: DELIVERY }] };
    await owner.post("/v1/inventory/adjustments", body, { key: crypto.randomUUID() });
  }
}

/** A day more on either side: midnight in the market may fall between two looks. */
export function salesOf(operator: Client): Promise<Sales> {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const now = Date.now();
  return operator.get<Sales>(`/v1/analytics/sales?from=${day(now - DAY_MS)}&to=${day(now + DAY_MS)}`);
}

/** Goods without the tax within their prices: what GMV counts. */
const netOf = ({ goods, tax, taxInclusive }: Order): bigint =>
  BigInt(goods.minor) - (taxInclusive ? BigInt(tax.minor) : 0n);

const untilCounted = (operator: Client, before: Sales, orders: readonly Order[]): Promise<Sales> => {
  const net = orders.reduce((total, order) => total + netOf(order), 0n);
  return eventually(`a GMV that is ${rupiah(net)} higher`, async () => {
    const after = await salesOf(operator);
    const isGrown = BigInt(after.gmv.minor) - BigInt(before.gmv.minor) === net;
    return isGrown && after.orders - before.orders === orders.length ? after : undefined;
  });
};

/** From a stranger to a paid order with its invoice, with stock and sales that agree. */
export async function tellStory({ step }: Story, stage: Stage): Promise<void> {
  const at = { url: stage.url, market: MARKET };
  const operator = await step("the operator reads the sales so far", async () => {
    const { client } = await signIn(at, OPERATOR);
    return { client, before: await salesOf(client) };
  });
  const { email, client } = await step("a new buyer signs up and confirms the mailed link", () =>
    signUp(stage),
  );
  const coffee = await step('the buyer searches "kpoi gayo" and finds the coffee', () =>
    search(client, "kpoi gayo", "gayo-highland-coffee"),
  );
  const mug = await step('the buyer searches "cangkr keramik" and finds the mug', () =>
    search(client, "cangkr keramik", "dipped-stoneware-mug"),
  );
  const wanted = await step("the buyer reads both products and sees their pictures", async () => [
    wantedOf(await readProduct(client, coffee.slug), 2),
    wantedOf(await readProduct(client, mug.slug), 3),
  ]);
  const { shelves, stock } = await step("the shops count what they have of them", async () => {
    const visited = await visitShops(stage, wanted);
    await restock(visited);
    return { shelves: visited, stock: await stockOf(visited) };
  });
  await step("the buyer fills a cart from two shops", () => fillCart(client, wanted));
  const completed = await step("the buyer checks out and is shown a QRIS code", () => checkOut(client));
  const orders = await step("the buyer pays; the sandbox's signed notification settles it", async () => {
    await pay(stage, completed.payment.id);
    return untilPaid(client, completed);
  });
  const invoices = await step("the buyer downloads the invoice of each shop", () =>
    downloadInvoices(client, completed),
  );
  await step("the same invoices are in the buyer's mailbox", () => findInvoices(stage, email, invoices));
  await step("stock fell by what was bought", async () => {
    const now = await stockOf(shelves);
    const fell = stock.map((before, i) => before - (now[i] ?? 0));
    check(
      wanted.every(({ quantity }, i) => fell[i] === quantity),
      `stock fell by ${fell.join(" and ")}`,
    );
  });
  await step("ClickHouse's GMV grew by exactly these orders", () =>
    untilCounted(operator.client, operator.before, orders),
  );
}
