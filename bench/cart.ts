import { Connection, type Load, runLoad } from "./client.ts";
import { type Buyer, signInMany } from "./people.ts";
import { type Row, row } from "./row.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";
import { zipf } from "./zipf.ts";

const CONCURRENCY = 32;
/** Ours and the bare object take turns, so that what else the machine does falls on both. */
const ROUNDS = 3;
/** Carts that are being filled at the same time, so that their objects stay awake. */
const BUYERS = 100;
/** A cart holds at most a hundred lines; an offer that is added again counts up. */
const OFFERS = 60;
const SEED = 7;

export const cartOf = ({ userId }: Buyer): string => `crt_${userId.slice(4)}`;

type Work = (connection: Connection, turn: number) => Promise<boolean>;

async function onceEach(url: string, count: number, work: Work): Promise<void> {
  const turns = Array.from({ length: count }, (_, turn) => turn).values();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      const connection = new Connection(url);
      for (const turn of turns) {
        if (!(await work(connection, turn))) throw new Error("a first call failed");
      }
      connection.close();
    }),
  );
}

/** Adds lines to many carts, against calls of as many bare objects that each write one row. */
export async function benchCart(stage: Stage, world: World, seconds: number): Promise<readonly Row[]> {
  const buyers = await signInMany(stage, BUYERS);
  const draw = zipf(OFFERS, SEED);
  stage.say(`cart: ${BUYERS} carts, Zipf over ${OFFERS} offers, ${CONCURRENCY} connections`);
  const add = async (connection: Connection, turn: number) => {
    const buyer = buyers[turn % BUYERS];
    const product = world.products[draw()];
    if (!buyer || !product) return false;
    const line = { offerId: product.offerId, quantity: 1 };
    const path = `/v1/carts/${cartOf(buyer)}/lines`;
    const { status } = await connection.request("POST", path, buyer.headers, line);
    return status === 201;
  };
  const write = async (connection: Connection, turn: number) =>
    (await connection.request("GET", `/row?name=cart-${turn % BUYERS}`)).status === 200;
  // A new object makes its tables first, on either side; what is measured are carts that exist.
  await onceEach(stage.url, BUYERS, add);
  await onceEach(stage.bare.url, BUYERS, write);
  const rounds: { readonly ours: Load; readonly bare: Load }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const load = { concurrency: CONCURRENCY, seconds: seconds / ROUNDS };
    const ours = await runLoad({ ...load, url: stage.url }, add);
    if (ours.failed > 0) throw new Error(`${ours.failed} of ${ours.done} additions failed`);
    rounds.push({ ours, bare: await runLoad({ ...load, url: stage.bare.url }, write) });
  }
  const ratio = ({ ours, bare }: (typeof rounds)[number]) => ours.perSecond / bare.perSecond;
  const middle = rounds.toSorted((a, b) => ratio(a) - ratio(b))[Math.floor(ROUNDS / 2)];
  if (!middle) return [];
  return [
    row("add a line", middle.ours.perSecond, "req/s", middle.bare.perSecond),
    row("add a line, p50", middle.ours.p50Ms, "ms", middle.bare.p50Ms),
  ];
}
