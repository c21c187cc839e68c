import { cartOf } from "./cart.ts";
import { Connection, percentiles, runLoad, type Wire } from "./client.ts";
import { type Buyer, signInMany } from "./people.ts";
import { median, type Row, row } from "./row.ts";
import type { Stage } from "./stage.ts";
import type { Product, World } from "./world.ts";
import { zipf } from "./zipf.ts";

const CONCURRENCY = 32;
const WARM_UP_SECONDS = 3;
const BUYERS = 1_000;
const SEED = 11;
/** What a machine of two cores is asked for. */
const TARGET_PER_SECOND = 100;
const TRIPS_AIM = 3;

const ADDRESS = {
  recipient: "Ani Wijaya",
  phone: "+6281234567890",
  country: "ID",
  region: "Jawa Barat",
  city: "Bandung",
  district: "Coblong",
  postalCode: "40132",
  line1: "Jl. Dago 1",
};

/** A buyer's way from an empty cart to the order he looks at; every step must be answered as it should be. */
class Flow {
  readonly #connection: Connection;
  readonly #buyer: Buyer;
  constructor(connection: Connection, buyer: Buyer) {
    this.#connection = connection;
    this.#buyer = buyer;
  }

  async fill(products: readonly Product[]): Promise<void> {
    await this.#send("POST", "/v1/carts", 201, {});
    for (const { offerId } of products) {
      await this.#send("POST", `/v1/carts/${cartOf(this.#buyer)}/lines`, 201, { offerId, quantity: 1 });
    }
  }

  /** Answers the checkout's id, ready to be completed. */
  async start(): Promise<string> {
    const { id } = await this.#send<{ id: string }>("POST", "/v1/checkouts", 201, {});
    const known = { email: `${this.#buyer.userId}@example.com`, address: ADDRESS, paymentMethod: "cod" };
    await this.#send("PATCH", `/v1/checkouts/${id}`, 200, known);
    return id;
  }

  complete(checkoutId: string): Promise<Wire> {
    const headers = { ...this.#buyer.headers, "idempotency-key": checkoutId };
    return this.#connection.request("POST", `/v1/checkouts/${checkoutId}/complete`, headers, {});
  }

  async look(orderId: string): Promise<void> {
    await this.#send("GET", `/v1/orders/${orderId}`, 200);
  }

  async #send<T>(method: string, path: string, expected: number, body?: object): Promise<T> {
    const wire = await this.#connection.request(method, path, this.#buyer.headers, body);
    if (wire.status !== expected) throw new Error(`${method} ${path} answered ${describe(wire)}`);
    return JSON.parse(wire.body.toString()) as T;
  }
}

const describe = ({ status, body }: Wire) => `${status}: ${body.toString().slice(0, 300)}`;

type Completed = { readonly orders: readonly { readonly id: string }[] };

/** Round trips to Postgres before the answer, as the answer itself says. */
const tripsOf = ({ headers }: Wire) => Number(/dur=(\d+)/.exec(headers.get("server-timing") ?? "")?.[1]);

/** Whole flows a second, consumers, mail and invoices running beside them, against the same requests bare. */
export async function benchCheckout(stage: Stage, world: World, seconds: number): Promise<readonly Row[]> {
  const buyers = await signInMany(stage, BUYERS);
  const draw = zipf(world.products.length, SEED);
  const trips: number[] = [];
  const completes: number[] = [];
  await openCarts(stage, buyers);
  stage.say(`checkout: whole flows of 7 requests by ${BUYERS} buyers, ${CONCURRENCY} at once`);
  const flow = async (connection: Connection, turn: number) => {
    const buyer = buyers[turn % BUYERS];
    const [first, second] = [world.products[draw()], world.products[draw()]];
    if (!buyer || !first || !second) return false;
    const way = new Flow(connection, buyer);
    await way.fill([first, second]);
    const checkoutId = await way.start();
    const from = performance.now();
    const completed = await way.complete(checkoutId);
    completes.push(performance.now() - from);
    if (completed.status !== 200) throw new Error(`complete answered ${describe(completed)}`);
    trips.push(tripsOf(completed));
    const { orders } = JSON.parse(completed.body.toString()) as Completed;
    await way.look(orders[0]?.id ?? "");
    return true;
  };
  // The bare requests are measured before and after, so that what else the machine does falls on both.
  const load = { concurrency: CONCURRENCY, warmupSeconds: WARM_UP_SECONDS };
  const bareLoad = { ...load, seconds: seconds / 4, url: stage.bare.url };
  const before = await runLoad(bareLoad, bareFlow);
  const { perSecond } = await runLoad({ ...load, seconds, url: stage.url }, flow);
  const after = await runLoad(bareLoad, bareFlow);
  const bare = (before.perSecond + after.perSecond) / 2;
  const { p50Ms, p99Ms } = percentiles(completes);
  return [
    row("flows", perSecond, "flow/s", bare),
    row("flows, against the target", perSecond, "flow/s", TARGET_PER_SECOND),
    row("round trips per complete", median(trips), "", TRIPS_AIM),
    row("complete, p50", p50Ms, "ms"),
    row("complete, p99", p99Ms, "ms"),
  ];
}

/** Buyers who have been here before: making an object is no part of a flow. */
async function openCarts(stage: Stage, buyers: readonly Buyer[]): Promise<void> {
  const connections = Array.from({ length: CONCURRENCY }, () => new Connection(stage.url));
  await eachOn(connections, buyers, (connection, { headers }) =>
    connection.request("POST", "/v1/carts", headers, {}),
  );
  for (const connection of connections) connection.close();
  const bare = Array.from({ length: CONCURRENCY }, () => new Connection(stage.bare.url));
  await eachOn(bare, [...buyers.keys()], (connection, i) => connection.request("GET", `/row?name=flow-${i}`));
  for (const connection of bare) connection.close();
}

/** As many requests: six that write a row of a bare object and one that reads a constant. */
async function bareFlow(connection: Connection, turn: number): Promise<boolean> {
  for (let write = 0; write < 6; write += 1) {
    const { status } = await connection.request("GET", `/row?name=flow-${turn % BUYERS}`);
    if (status !== 200) return false;
  }
  return (await connection.request("GET", "/constant?bytes=2000")).status === 200;
}

const HOT_STOCK = 20;
const HOT_BUYERS = 60;
const HOT_AT_ONCE = 30;

/** Everybody has it in his cart; 30 at a time they press the button. */
export async function benchHot(stage: Stage, world: World): Promise<readonly Row[]> {
  const [product] = world.products;
  if (!product) return [];
  await world.setStock(product, HOT_STOCK);
  const buyers = await signInMany(stage, HOT_BUYERS);
  const connections = Array.from({ length: HOT_AT_ONCE }, () => new Connection(stage.url));
  stage.say(`checkout --hot: ${HOT_BUYERS} buyers, ${HOT_AT_ONCE} at once, stock ${HOT_STOCK}`);
  const ready = await eachOn(connections, buyers, async (connection, buyer) => {
    const way = new Flow(connection, buyer);
    await way.fill([product]);
    return { buyer, checkoutId: await way.start() };
  });
  const from = performance.now();
  const answers = await eachOn(connections, ready, (connection, { buyer, checkoutId }) =>
    new Flow(connection, buyer).complete(checkoutId),
  );
  const tookMs = performance.now() - from;
  for (const connection of connections) connection.close();
  const odd = answers.find(({ status }) => status !== 200 && status !== 409);
  if (odd) throw new Error(`complete answered ${describe(odd)}`);
  const sold = answers.filter(({ status }) => status === 200).length;
  const left = await world.readStock(product);
  if (sold !== HOT_STOCK || left.available !== 0 || left.promised !== HOT_STOCK) {
    throw new Error(`${sold} orders of ${HOT_STOCK}; the stock says ${JSON.stringify(left)}`);
  }
  return [
    row("orders placed", sold, "", HOT_STOCK),
    row("buyers refused", answers.length - sold, "", HOT_BUYERS - HOT_STOCK),
    row("all answered in", tookMs, "ms"),
  ];
}

/** Shares the items among the connections; each takes the next when it is done with one. */
async function eachOn<T, U>(
  connections: readonly Connection[],
  items: readonly T[],
  work: (connection: Connection, item: T) => Promise<U>,
): Promise<readonly U[]> {
  const queue = items.values();
  const done: U[] = [];
  await Promise.all(
    connections.map(async (connection) => {
      for (const item of queue) done.push(await work(connection, item));
    }),
  );
  return done;
}
