import { sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";

type Timed = Pick<Ctx, "clock">;
export type StockLine = { readonly offerId: Id<"offer">; readonly quantity: number };
export type Reserve = {
  readonly reservationId: Id<"reservation">;
  /** Who holds it: the id of the checkout or order. */
  readonly owner: string;
  /** When the hold dies (epoch ms); null allocates at once, for an order that waits for no payment. */
  readonly expiresAt: number | null;
  readonly lines: readonly StockLine[];
};
type Part = {
  readonly reservationId: Id<"reservation">;
  /** All that is left of the reservation when absent. */
  readonly lines?: readonly StockLine[];
};

const at = (ms: number) => new Date(ms).toISOString();
const nowOf = ({ clock }: Timed) => sql`${at(clock.now())}::timestamptz`;
export const linesOf = (lines: readonly StockLine[]) =>
  lines.map(({ offerId, quantity }) => ({ offer_id: offerId, quantity }));

/**
 * Takes stock for one or several reservations, all or nothing, locking levels in id order: give all of a
 * commit to one call, so that two commits cannot wait for each other. A reservation that lives already is
 * left as it is, so a repeat takes nothing; one that died is refused.
 */
export function reserve(
  ctx: Timed & Pick<Ctx, "ids">,
  ...reservations: readonly Reserve[]
): Statement<"inventory.insufficient" | "inventory.hold_dead"> {
  const rows = reservations.map(({ reservationId, owner, expiresAt, lines }) => ({
    id: reservationId,
    owner,
    expires_at: expiresAt === null ? null : at(expiresAt),
    due_id: ctx.ids.next("due"),
    lines: linesOf(lines),
  }));
  return { sql: sql`SELECT inventory_reserve(${JSON.stringify(rows)}::jsonb, ${nowOf(ctx)})` };
}

/** Moves the end of live holds, so that a buyer who went to pay keeps the stock that long. */
export const extendHold = (
  ctx: Timed,
  reservationIds: Id<"reservation"> | readonly Id<"reservation">[],
  expiresAt: number,
): Statement<"inventory.hold_dead"> => ({
  sql: sql`SELECT inventory_extend(${idsOf(reservationIds)}, ${at(expiresAt)}::timestamptz, ${nowOf(ctx)})`,
});

/** Reserved becomes allocated: the order stands. Done already: nothing happens. */
export const commitHold = (
  ctx: Timed,
  reservationIds: Id<"reservation"> | readonly Id<"reservation">[],
): Statement<"inventory.hold_dead"> => ({
  sql: sql`SELECT inventory_commit(${idsOf(reservationIds)}, ${nowOf(ctx)})`,
});

/** Gives back what is held. Dead, unknown or committed reservations stay as they are. */
export const releaseHold = (
  ctx: Timed,
  reservationIds: Id<"reservation"> | readonly Id<"reservation">[],
): Statement => ({
  sql: sql`SELECT inventory_release(${idsOf(reservationIds)}, false, ${nowOf(ctx)})`,
});

/** As `releaseHold`, for holds whose time is over and for no others. */
export const expireHold = (ctx: Timed, reservationIds: readonly Id<"reservation">[]): Statement => ({
  sql: sql`SELECT inventory_release(${idsOf(reservationIds)}, true, ${nowOf(ctx)})`,
});

/** Takes the stock of a dead hold once more, for money that came late. A live one is extended. */
export const reacquire = (
  ctx: Timed & Pick<Ctx, "ids">,
  reservationId: Id<"reservation">,
  expiresAt: number | null,
): Statement<"inventory.insufficient" | "inventory.hold_dead"> => ({
  sql: sql`SELECT inventory_reacquire(${reservationId},
    ${expiresAt === null ? null : at(expiresAt)}::timestamptz, ${ctx.ids.next("due")}, ${nowOf(ctx)})`,
});

/** Allocated units leave the house. Guard it with the order's own version: a repeat would ship more. */
export const shipAllocated = (ctx: Timed, part: Part): Statement<"inventory.not_allocated"> => ({
  sql: sql`SELECT inventory_settle(${part.reservationId}, 'ship', ${partOf(part)}, ${nowOf(ctx)})`,
});

/** Allocated units go back on sale: a paid order was cancelled, wholly or in part. Guard it as shipping. */
export const releaseAllocated = (ctx: Timed, part: Part): Statement<"inventory.not_allocated"> => ({
  sql: sql`SELECT inventory_settle(${part.reservationId}, 'deallocate', ${partOf(part)}, ${nowOf(ctx)})`,
});

/**
 * Takes the stock of a reservation out of what another one has allocated, where it goes back to when it is
 * given up. Refused when the lender has not so many, or has ended.
 */
export const lend = (
  ctx: Timed & Pick<Ctx, "ids">,
  lenderId: Id<"reservation">,
  { reservationId, owner, expiresAt, lines }: Reserve,
): Statement<"inventory.not_allocated" | "inventory.hold_dead"> => {
  const wanted = {
    id: reservationId,
    owner,
    expires_at: expiresAt === null ? null : at(expiresAt),
    due_id: ctx.ids.next("due"),
    lines: linesOf(lines),
  };
  const json = JSON.stringify(wanted);
  return { sql: sql`SELECT inventory_lend(${lenderId}, ${json}::jsonb, ${nowOf(ctx)})` };
};

/** The lender's time is over: what it still has is ordinary stock. Again: nothing happens. */
export const endLending = (ctx: Timed, lenderId: Id<"reservation">): Statement => ({
  sql: sql`SELECT inventory_end_lending(${lenderId}, ${nowOf(ctx)})`,
});

const idsOf = (ids: string | readonly string[]) =>
  sql`${JSON.stringify(typeof ids === "string" ? [ids] : ids)}::jsonb`;
const partOf = ({ lines }: Part) => sql`${lines ? JSON.stringify(linesOf(lines)) : null}::jsonb`;
