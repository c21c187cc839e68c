/**
 * Places the first eligible baskets of the Online Retail file through the public API, at the file's prices,
 * sends back what the file's cancellations take back of them, and reconciles orders and refunds with it.
 *
 *   npm run replay -- FILE --baskets 200 [--market gb] [--url http://127.0.0.1:8787] [--json]
 *
 * SERVICE_KEY holds an API key with the scopes buy and catalogue:write; locally the seed made one. The shop's
 * owner and an operator of the demo market are who takes goods back and gives cash back.
 */
import { parseArgs } from "node:util";
import { zMarket } from "#kernel/market";
import { MARKETS } from "#kernel/markets";
import { type Client, openClient } from "./client.ts";
import {
  BASKET_REASONS,
  type Basket,
  type Plan,
  planBaskets,
  ROW_REASONS,
  type Row,
  readOnlineRetail,
  toRow,
  toRuns,
} from "./online-retail.ts";
import { planReturns, RETURN_REASONS, type ReturnPlan } from "./online-retail-returns.ts";
import { type Placed, type ReturnTally, replayReturns } from "./replay-returns.ts";
import { WHOLESALE_SHOP } from "./seed/wholesale.ts";

/** Baskets on their way at once. */
const WIDTH = 6;
const PRICES_MAX = 500;
const ADDRESS = {
  recipient: "The Gift Shop",
  phone: "+442079460018",
  country: "GB",
  city: "London",
  postalCode: "SW1A 1AA",
  line1: "1 High Street",
};

type Plans = { readonly sales: Plan; readonly back: ReturnPlan };

async function planOf(file: string, market: string, wanted: number): Promise<Plans> {
  const rows: Row[] = [];
  for await (const records of readOnlineRetail(file)) {
    for (const record of records) {
      const row = toRow(record);
      if (row) rows.push(row);
    }
  }
  const sales = planBaskets(rows, wanted, zMarket().parse(MARKETS[market]).cart.linesMax);
  return { sales, back: planReturns(rows, sales.baskets) };
}

type Money = { readonly minor: string; readonly currency: string };
type Shelf = Map<string, { readonly offerId: string; priceMinor: bigint }>;
type Offer = { readonly id: string; readonly sku: string; readonly price: Money };

async function readShelf(service: Client): Promise<Shelf> {
  const { id } = await service.get<{ readonly id: string }>(`/v1/sellers/${WHOLESALE_SHOP.slug}`);
  const offers = await service.all<Offer>(`/v1/offers?sellerId=${id}`);
  return new Map(
    offers.map(({ id: offerId, sku, price }) => [sku, { offerId, priceMinor: BigInt(price.minor) }]),
  );
}

/** As the seller changes them, so that the price log has every one. */
async function setPrices(service: Client, shelf: Shelf, baskets: readonly Basket[]): Promise<number> {
  const changes = new Map<string, bigint>();
  for (const { code, unitMinor } of baskets.flatMap(({ lines }) => lines)) {
    const offer = shelf.get(code);
    if (!offer) throw new Error(`${code} is not on the shelf: npm run import first`);
    if (offer.priceMinor === unitMinor) continue;
    offer.priceMinor = unitMinor;
    changes.set(offer.offerId, unitMinor);
  }
  const prices = [...changes].map(([offerId, minor]) => ({
    offerId,
    price: { minor: minor.toString(), currency: "GBP" },
  }));
  for (let from = 0; from < prices.length; from += PRICES_MAX) {
    await service.post("/v1/offers/prices", { prices: prices.slice(from, from + PRICES_MAX) });
  }
  return prices.length;
}

type OpenedCart = { readonly token: string; readonly cart: { readonly id: string } };
type Checkout = { readonly id: string };
type Completed = {
  readonly orders: readonly { readonly id: string }[];
  readonly payment: { readonly id: string };
};
type Order = {
  readonly id: string;
  readonly goods: Money;
  readonly shipping: Money;
  readonly total: Money;
  readonly lines: readonly {
    readonly id: string;
    readonly sku: string;
    readonly quantity: number;
    readonly unitPrice: Money;
  }[];
};
type Bought = { readonly orders: readonly Order[]; readonly paymentId: string; readonly guest: string };

/** A visitor of his own for each basket: cart, lines in bulk, checkout, cash on delivery. */
async function placeBasket(service: Client, shelf: Shelf, basket: Basket): Promise<Bought> {
  const opened = await service.post<OpenedCart>("/v1/carts");
  const ask = { guest: opened.token };
  const lines = basket.lines.map(({ code, quantity }) => ({ offerId: shelf.get(code)?.offerId, quantity }));
  await service.post(`/v1/carts/${opened.cart.id}/lines`, { lines }, { ...ask, key: "lines" });
  const email = `invoice-${basket.invoice}@customers.example`;
  const start = { email, address: ADDRESS, paymentMethod: "cod" };
  const { id } = await service.post<Checkout>("/v1/checkouts", start, ask);
  const path = `/v1/checkouts/${id}/complete`;
  const { orders, payment } = await service.post<Completed>(path, {}, { ...ask, key: `complete-${id}` });
  const read = orders.map((order) => service.get<Order>(`/v1/orders/${order.id}`, ask));
  return { orders: await Promise.all(read), paymentId: payment.id, guest: opened.token };
}

type Tally = {
  orders: number;
  units: number;
  goodsMinor: bigint;
  mismatches: number;
  /** By invoice: one shop sells all of it, so a basket is one order. */
  readonly placed: Map<string, Placed>;
};

/** Every line by code, quantity and price, and the sums: goods as in the file, nothing for carriage. */
function matches(basket: Basket, orders: readonly Order[]): boolean {
  const wanted = basket.lines.map((line) => `${line.code} ${line.quantity} ${line.unitMinor}`);
  const found = orders
    .flatMap((order) => order.lines)
    .map((line) => `${line.sku} ${line.quantity} ${line.unitPrice.minor}`);
  const sum = (amounts: readonly Money[]) => amounts.reduce((total, { minor }) => total + BigInt(minor), 0n);
  return (
    wanted.sort().join("\n") === found.sort().join("\n") &&
    sum(orders.map((order) => order.goods)) === basket.goodsMinor &&
    sum(orders.map((order) => order.total)) === basket.goodsMinor
  );
}

function count(tally: Tally, basket: Basket, { orders, paymentId, guest }: Bought): void {
  tally.orders += orders.length;
  for (const { id: orderId, goods, lines } of orders) {
    tally.placed.set(basket.invoice, { orderId, paymentId, guest, lines });
    tally.goodsMinor += BigInt(goods.minor);
    tally.units += lines.reduce((sum, { quantity }) => sum + quantity, 0);
  }
  if (matches(basket, orders)) return;
  tally.mismatches += 1;
  console.error(`invoice ${basket.invoice}: the orders are not what the file says`);
}

async function replay(service: Client, { baskets }: Plan, say: (line: string) => void): Promise<Tally> {
  const tally: Tally = { orders: 0, units: 0, goodsMinor: 0n, mismatches: 0, placed: new Map() };
  const shelf = await readShelf(service);
  let changed = 0;
  let placed = 0;
  for (const run of toRuns(baskets, WIDTH)) {
    changed += await setPrices(service, shelf, run);
    const place = async (basket: Basket) => ({ basket, bought: await placeBasket(service, shelf, basket) });
    for (const { basket, bought } of await Promise.all(run.map(place))) count(tally, basket, bought);
    placed += run.length;
    if (Math.floor(placed / 50) !== Math.floor((placed - run.length) / 50)) say(`${placed} baskets placed`);
  }
  say(`${changed} prices changed on the way`);
  return tally;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      baskets: { type: "string" },
      market: { type: "string", default: "gb" },
      url: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [file] = positionals;
  const wanted = Number(values.baskets);
  if (file === undefined || !Number.isInteger(wanted) || wanted < 1) {
    throw new Error("usage: npm run replay -- FILE --baskets 200 [--market gb] [--json]");
  }
  const say = (line: string) => (values.json ? undefined : console.log(line));
  const startedAt = performance.now();
  const plans = await planOf(file, values.market, wanted);
  const scopes = ["buy", "catalogue:write"];
  const service = await openClient({ url: values.url, market: values.market, scopes });
  const sold = await replay(service, plans.sales, say);
  const back = await replayReturns(service, sold.placed, plans.back.returns, say);
  const report = reportOf(plans, sold, back);
  if (values.json) console.log(JSON.stringify(report));
  else describe(report, (performance.now() - startedAt) / 1_000).forEach(say);
  const agrees =
    report.goodsMinor === report.expectedMinor && report.refundedMinor === report.expectedRefundMinor;
  if (report.mismatches > 0 || !agrees) process.exitCode = 1;
}

function reportOf({ sales, back: planned }: Plans, sold: Tally, back: ReturnTally) {
  const expectedMinor = sales.baskets.reduce((sum, basket) => sum + basket.goodsMinor, 0n);
  const expectedRefundMinor = planned.returns.reduce((sum, { refundMinor }) => sum + refundMinor, 0n);
  return {
    baskets: sales.baskets.length,
    orders: sold.orders,
    units: sold.units,
    goodsMinor: Number(sold.goodsMinor),
    expectedMinor: Number(expectedMinor),
    mismatches: sold.mismatches + back.mismatches,
    skipped: sales.skipped,
    returns: back.returns,
    returnedUnits: back.returnedUnits,
    refundedMinor: Number(back.refundedMinor),
    expectedRefundMinor: Number(expectedRefundMinor),
    returnsSkipped: planned.skipped,
  };
}

type Report = ReturnType<typeof reportOf>;

function describe(report: Report, seconds: number): readonly string[] {
  const pounds = (minor: number) => `£${(minor / 100).toFixed(2)}`;
  const reasons: { readonly [reason: string]: string } = { ...ROW_REASONS, ...BASKET_REASONS };
  const list = (
    skipped: { readonly [reason: string]: number },
    words: { readonly [reason: string]: string },
  ) => Object.entries(skipped).map(([reason, n]) => `  ${String(n).padStart(5)}  ${words[reason]}`);
  return [
    `${report.baskets} baskets, ${report.orders} orders, ${report.units} units in ${seconds.toFixed(1)} s`,
    `goods ${pounds(report.goodsMinor)}, in the file ${pounds(report.expectedMinor)}`,
    `${report.returns} returns of ${report.returnedUnits} units`,
    `refunded ${pounds(report.refundedMinor)}, in the file ${pounds(report.expectedRefundMinor)}`,
    `${report.mismatches} mismatches`,
    "left out on the way:",
    ...list(report.skipped, reasons),
    "rows of cancellations that bring nothing of these baskets back, or not all of it:",
    ...list(report.returnsSkipped, RETURN_REASONS),
  ];
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
