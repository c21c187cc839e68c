import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { giveTicket } from "#kernel/ticket";
import { onSaleShard } from "#objects/stubs";
import type { Claim } from "../domain/decide.ts";
import type { Hold } from "../domain/entry.ts";
import { fail } from "../errors.ts";
import type { ClaimUnits, Enter, HoldRef, SaleRef } from "../schemas.ts";
import {
  ensureOpen,
  forgetSoldOut,
  type Home,
  homeOf,
  isSoldOut,
  knownHome,
  learnSoldOut,
  openSale,
  termsOf,
} from "./known.ts";
import { checkTurn } from "./queue.ts";

/** One for all, since at the height of a rush to make an error costs more than to answer with it. */
const SOLD_OUT = fail("flash_sale.sold_out");

/**
 * When the sale is sold out nobody is woken and nothing is read: an isolate remembers that for less than a
 * second, and who is among those that hold something.
 */
export function turnAwayIfSoldOut(ctx: Ctx, { saleId }: { readonly saleId?: string }): void {
  const buyerId = requireUser(ctx);
  const home = knownHome(ctx, saleId as Id<"sale">, buyerId);
  if (home && isSoldOut(ctx, home, buyerId)) throw SOLD_OUT;
}

/** Loads, decides and records inside the buyer's home shard. */
export async function claimUnits(ctx: Ctx, input: ClaimUnits): Promise<Readonly<Hold>> {
  const buyerId = requireUser(ctx);
  const home = await homeOf(ctx, input.saleId, buyerId);
  await checkTurn(ctx, input.saleId, buyerId, input.headers["x-sale-turn"]);
  const claim = {
    holdId: ctx.ids.next("hold"),
    buyerId,
    key: input.headers["idempotency-key"],
    quantity: input.quantity,
  };
  const answer = await askShard(ctx, home, claim);
  if (answer.ok) forgetSoldOut(ctx, home);
  else if (answer.code === "flash_sale.sold_out") ctx.defer(learnSoldOut(ctx, home));
  return orThrow(answer, fail);
}

/** A shard that knows of no sale was not warmed: the sale is opened, and it is asked once more. */
async function askShard(ctx: Ctx, home: Home, claim: Claim) {
  const answer = await onSaleShard(ctx, home, (shard) => shard.claim(claim));
  if (answer.ok || answer.code !== "flash_sale.not_found") return answer;
  await openSale(ctx, home);
  return onSaleShard(ctx, home, (shard) => shard.claim(claim));
}

export async function listHolds(ctx: Ctx, { saleId }: SaleRef): Promise<readonly Readonly<Hold>[]> {
  const buyerId = requireUser(ctx);
  const home = await homeOf(ctx, saleId, buyerId);
  return onSaleShard(ctx, home, (shard) => shard.list(buyerId));
}

/** Gives units back that nobody has ordered yet; giving back twice is giving back once. */
export async function releaseHold(ctx: Ctx, { saleId, holdId }: HoldRef): Promise<Readonly<Hold>> {
  const buyerId = requireUser(ctx);
  const home = await homeOf(ctx, saleId, buyerId);
  const owned = { holdId, buyerId };
  return orThrow(await onSaleShard(ctx, home, (shard) => shard.move(owned, { move: "give_back" })), fail);
}

/** Stands in line for what comes back; the hold-to-be keeps its id. */
export async function standInLine(ctx: Ctx, { saleId, quantity, headers }: ClaimUnits) {
  const buyerId = requireUser(ctx);
  const home = await homeOf(ctx, saleId, buyerId);
  await checkTurn(ctx, saleId, buyerId, headers["x-sale-turn"]);
  const key = headers["idempotency-key"];
  const claim = { holdId: ctx.ids.next("hold"), buyerId, key, quantity };
  await ensureOpen(ctx, home);
  return orThrow(await onSaleShard(ctx, home, (shard) => shard.wait(claim)), fail);
}

/** A buyer enters his own shard; a service enters the one it names and speaks for the buyers there. */
export async function enterSale(ctx: Ctx, { saleId, shard = 0 }: Enter) {
  const { shards } = await termsOf(ctx, saleId);
  await ensureOpen(ctx, { saleId });
  if (ctx.actor.kind === "service") {
    if (shard >= shards) throw fail("flash_sale.not_found");
    const about = { noun: "sale-shard", id: `${saleId}.${shard}`, role: "service" };
    return giveTicket(ctx, { ...about, personId: ctx.ids.next("user") });
  }
  const buyerId = requireUser(ctx);
  const home = await homeOf(ctx, saleId, buyerId);
  const about = { noun: "sale-shard", id: `${saleId}.${home.shard}`, role: "buyer" };
  return giveTicket(ctx, { ...about, personId: buyerId });
}
