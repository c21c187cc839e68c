import { requireOperator, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { openSealed } from "#kernel/seal";
import { onSaleCoordinator, onSaleShard } from "#objects/stubs";
import { InventoryChanged } from "#services/logistics/inventory/facts";
import { endLending } from "#services/logistics/inventory/index";
import type { Head } from "../domain/audit.ts";
import { CLOSE_SALE, REMIND_SALE, SaleClosed, SaleStartsSoon } from "../facts.ts";
import { loadSale } from "../queries.ts";
import * as sales from "../repository.ts";
import type { Sale, SaleRef } from "../schemas.ts";
import { openSale } from "./known.ts";
import { idsOf, windowOf } from "./slots.ts";

/** Between two looks at a sale that is over and still has live holds. */
const CLOSING_MS = 30_000;
/** Rows of a shard's log that one call brings. */
const EXPORT_ROWS = 500;

/** Wakes the objects, so that the first buyer does not. */
export async function warmSale(ctx: Ctx, ref: SaleRef): Promise<void> {
  const sale = await loadSale(ctx, ref.saleId);
  if (sale.state === "scheduled") await openSale(ctx, ref);
}

/** The draw: from now on the seed is public, and each ticket's place follows from it. */
export async function drawSale(ctx: Ctx, ref: SaleRef): Promise<readonly Statement<"flash_sale.stale">[]> {
  const sale = await loadSale(ctx, ref.saleId);
  if (sale.sealedSeed === null) return [];
  const seed = String(await openSealed(ctx, sale.sealedSeed, { about: sale.id }));
  await openSale(ctx, ref);
  await onSaleCoordinator(ctx, sale.id, (coordinator) => coordinator.draw(seed));
  return sale.seed === null ? [sales.saveSale(sale, { seed })] : [];
}

export async function remindBuyers(ctx: Ctx, { saleId }: SaleRef): Promise<readonly Statement[]> {
  const [userIds] = await ctx.db.load(sales.remindersQuery(saleId));
  if (userIds.length === 0) return [];
  const { startsAt } = (await loadSale(ctx, saleId)).terms;
  const facts = userIds.map((userId) =>
    SaleStartsSoon.make(ctx, { id: `${saleId} ${userId}`, version: 1 }, { saleId, userId, startsAt }),
  );
  const again = { subject: saleId, payload: { saleId } };
  return [append(...facts), sales.dropReminders(saleId, userIds), schedule(ctx, REMIND_SALE, again)];
}

/** Nothing is held anew; once no hold is live, what was not sold is ordinary stock again. */
export async function closeSale(
  ctx: Ctx,
  { saleId }: SaleRef,
): Promise<readonly Statement<"flash_sale.stale">[]> {
  const sale = await loadSale(ctx, saleId);
  if (sale.state === "closed") return [];
  await onSaleCoordinator(ctx, saleId, (coordinator) => coordinator.open(sale.terms));
  const state = await onSaleCoordinator(ctx, saleId, (coordinator) => coordinator.close());
  if (state.held > 0) {
    const dueAt = ctx.clock.now() + CLOSING_MS;
    return [schedule(ctx, CLOSE_SALE, { subject: saleId, payload: { saleId }, dueAt })];
  }
  const { sold } = state;
  const { sellerId, offerId } = sale;
  const next = { id: saleId, version: sale.version + 1 };
  return [
    sales.saveSale(sale, { state: "closed", sold }),
    endLending(ctx, sale.reservationId),
    append(
      SaleClosed.make(ctx, next, { ...idsOf(sale), ...windowOf(sale), sold }),
      InventoryChanged.make(ctx, next, { sellerId, offerIds: [offerId] }),
    ),
  ];
}

export async function remindMe(ctx: Ctx, { saleId }: SaleRef): Promise<null> {
  const userId = requireUser(ctx);
  await loadSale(ctx, saleId);
  await ctx.db.commit([sales.addReminder(ctx, { saleId, userId })]);
  return null;
}

export async function forgetReminder(ctx: Ctx, { saleId }: SaleRef): Promise<null> {
  await ctx.db.commit([sales.dropReminders(saleId, [requireUser(ctx)])]);
  return null;
}

/** Every shard's log as lines of JSON, as `npm run flash-sale:verify` reads them. */
export async function exportSale(ctx: Ctx, { saleId }: SaleRef): Promise<ReadableStream<Uint8Array>> {
  requireOperator(ctx, "marketing:write");
  const sale = await loadSale(ctx, saleId);
  const lines = exportLines(ctx, sale);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
}

async function* exportLines(ctx: Ctx, sale: Sale): AsyncGenerator<string> {
  const { terms, commitment, seed, state } = sale;
  yield `${JSON.stringify({ sale: { terms, commitment, seed, state } })}\n`;
  const end: Head[] = [];
  for (let shard = 0; shard < terms.shards; shard += 1) {
    let after = 0;
    for (;;) {
      const at = { saleId: sale.id as Id<"sale">, shard };
      const groups = await onSaleShard(ctx, at, (stub) => stub.export(after, EXPORT_ROWS));
      if (groups.length === 0) break;
      yield groups.map((group) => `${JSON.stringify({ shard, ...group })}\n`).join("");
      const last = groups.at(-1);
      after = last?.seq ?? after;
      if (last) end[shard] = { shard, seq: last.seq, hash: last.hash };
    }
  }
  // What was cut off on its way is noticed by this line or by its lack.
  yield `${JSON.stringify({ end: end.filter((head) => head !== undefined) })}\n`;
}
