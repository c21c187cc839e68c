import * as z from "zod";
import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { type Id, zId } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { onSaleShard } from "#objects/stubs";
import type { BuyerId, Ticket } from "../domain/entry.ts";
import { fail } from "../errors.ts";
import type { SaleRef } from "../schemas.ts";
import { ensureOpen, homeOf, termsOf } from "./known.ts";

/** Bytes of a ticket's name: nobody can look for one with a good lot, since the seed is not known yet. */
const TICKET_BYTES = 16;

const zTurnClaims = z.object({
  saleId: zId("sale"),
  buyerId: zId("user"),
  /** Null until the draw. */
  admittedAt: z.int().nullable(),
});
type Placed = Ticket & { readonly admittedAt: number | null };

/** Signed, so that the edge knows whose turn it is without waking a shard. */
function toTurn(ctx: Pick<Ctx, "keys">, saleId: Id<"sale">, ticket: Placed) {
  const { id, buyerId, place, admittedAt } = ticket;
  const claims = { saleId, buyerId, admittedAt } satisfies z.output<typeof zTurnClaims>;
  const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return {
    turn: `${body}.${ctx.keys.sign("queue", body)}`,
    ticketId: id,
    place,
    admittedAt: admittedAt === null ? null : new Date(admittedAt).toISOString(),
  };
}

/** Takes a place in the waiting room; taking it again is the same place. */
export async function joinQueue(ctx: Ctx, { saleId }: SaleRef) {
  const buyerId = requireUser(ctx);
  const home = await homeOf(ctx, saleId, buyerId);
  await ensureOpen(ctx, home);
  const ticketId = Buffer.from(crypto.getRandomValues(new Uint8Array(TICKET_BYTES))).toString("base64url");
  const joined = await onSaleShard(ctx, home, (shard) => shard.join(buyerId, ticketId));
  return toTurn(ctx, saleId, orThrow(joined, fail));
}

/** After a draw the place is known, and so is the time. */
export async function showTurn(ctx: Ctx, { saleId }: SaleRef) {
  const buyerId = requireUser(ctx);
  const home = await homeOf(ctx, saleId, buyerId);
  const ticket = await onSaleShard(ctx, home, (shard) => shard.ticket(buyerId));
  if (!ticket) throw fail("flash_sale.no_queue");
  return toTurn(ctx, saleId, ticket);
}

/** The shard checks again; here a crowd before its turn costs a signature and not a shard's time. */
export async function checkTurn(
  ctx: Ctx,
  saleId: Id<"sale">,
  buyerId: BuyerId,
  turn: string | undefined,
): Promise<void> {
  if ((await termsOf(ctx, saleId)).queue === "none") return;
  const [body = "", signature = ""] = (turn ?? "").split(".", 2);
  if (!ctx.keys.verify("queue", body, signature)) throw fail("flash_sale.not_admitted");
  const claims = zTurnClaims.parse(JSON.parse(Buffer.from(body, "base64url").toString()));
  const isHis = claims.saleId === saleId && claims.buyerId === buyerId;
  if (!isHis || claims.admittedAt === null || ctx.clock.now() < claims.admittedAt) {
    throw fail("flash_sale.not_admitted");
  }
}
