import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { onSaleCoordinator, onSaleShard } from "#objects/stubs";
import type { BuyerId, Terms } from "../domain/entry.ts";
import { hashOf, shardOf } from "../domain/sale.ts";
import { fail } from "../errors.ts";
import { loadSale } from "../queries.ts";
import type { SaleRef } from "../schemas.ts";

/** Sales whose terms an isolate remembers: they never change. The oldest leave first. */
const SALES_MAX = 1_000;
/** How long "sold out" is answered without asking. With what the objects remember it stays below a second. */
const SOLD_OUT_MS = 400;
/** After that one caller asks, and until he is answered the others hear the old word. */
const ASKING_MS = 200;
const SOLD_OUT_MAX = 4_096;

type SoldOut = { readonly until: number; readonly holders: ReadonlySet<number>; isAsked: boolean };
type Memory = {
  readonly terms: Map<string, Terms>;
  readonly soldOut: Map<string, SoldOut>;
  readonly opened: Map<string, true>;
};
const memories = new WeakMap<object, Memory>();

function memoryOf({ env }: Pick<Ctx, "env">): Memory {
  const known = memories.get(env) ?? { terms: new Map(), soldOut: new Map(), opened: new Map() };
  memories.set(env, known);
  return known;
}

function remember<T>(memory: Map<string, T>, name: string, value: T, max: number): void {
  memory.delete(name);
  memory.set(name, value);
  const [oldest] = memory.keys();
  if (memory.size > max && oldest !== undefined) memory.delete(oldest);
}

/** What a claim needs of its sale: read from Postgres once an isolate. */
export async function termsOf(ctx: Ctx, saleId: Id<"sale">): Promise<Terms> {
  const { terms } = memoryOf(ctx);
  const name = `${ctx.cell} ${saleId}`;
  const known = terms.get(name);
  if (known) return known;
  const sale = await loadSale(ctx, saleId);
  remember(terms, name, sale.terms, SALES_MAX);
  return sale.terms;
}

/** Idempotent: the coordinator takes the first terms that it hears, and wakes the shards. */
export async function openSale(ctx: Ctx, { saleId }: SaleRef): Promise<void> {
  const { terms, state } = await loadSale(ctx, saleId);
  if (state === "closed") throw fail("flash_sale.ended");
  await onSaleCoordinator(ctx, saleId, (sale) => sale.open(terms));
  remember(memoryOf(ctx).opened, `${ctx.cell} ${saleId}`, true, SALES_MAX);
}

/** For whoever comes before the sale is warmed. */
export async function ensureOpen(ctx: Ctx, ref: SaleRef): Promise<void> {
  if (!memoryOf(ctx).opened.has(`${ctx.cell} ${ref.saleId}`)) await openSale(ctx, ref);
}

export type Home = { readonly saleId: Id<"sale">; readonly shard: number };

/** The one shard that a buyer ever meets. */
export async function homeOf(ctx: Ctx, saleId: Id<"sale">, buyerId: BuyerId): Promise<Home> {
  return { saleId, shard: shardOf(buyerId, (await termsOf(ctx, saleId)).shards) };
}

/** The same, of a sale whose terms this isolate has. */
export function knownHome(ctx: Ctx, saleId: Id<"sale">, buyerId: BuyerId): Home | undefined {
  const terms = memoryOf(ctx).terms.get(`${ctx.cell} ${saleId}`);
  return terms && { saleId, shard: shardOf(buyerId, terms.shards) };
}

const nameOf = ({ cell }: Pick<Ctx, "cell">, { saleId, shard }: Home) => `${cell} ${saleId}.${shard}`;

/** Whether a buyer can be told "sold out" without waking his shard: one who holds something there cannot. */
export function isSoldOut(ctx: Ctx, home: Home, buyerId: BuyerId): boolean {
  const known = memoryOf(ctx).soldOut.get(nameOf(ctx, home));
  const now = ctx.clock.now();
  if (known === undefined || known.until + ASKING_MS <= now || known.holders.has(hashOf(buyerId))) {
    return false;
  }
  if (known.until <= now && !known.isAsked) {
    known.isAsked = true;
    ctx.defer(learnSoldOut(ctx, home).catch(() => undefined));
  }
  return true;
}

/** Asks the shard; what it says is what this isolate answers for a while. */
export async function learnSoldOut(ctx: Ctx, home: Home): Promise<void> {
  const holders = await onSaleShard(ctx, home, (shard) => shard.soldOut());
  if (holders === undefined) forgetSoldOut(ctx, home);
  else rememberSoldOut(ctx, home, holders);
}

function rememberSoldOut(ctx: Ctx, home: Home, holders: readonly number[]): void {
  const soldOut = { until: ctx.clock.now() + SOLD_OUT_MS, holders: new Set(holders), isAsked: false };
  remember(memoryOf(ctx).soldOut, nameOf(ctx, home), soldOut, SOLD_OUT_MAX);
}

/** A hold that this isolate has seen made: its buyer's retry is to find it. */
export function forgetSoldOut(ctx: Ctx, home: Home): void {
  memoryOf(ctx).soldOut.delete(nameOf(ctx, home));
}
