import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { flashSale, flashSaleOrder, flashSaleReminder, flashSaleSlot } from "#schema/marketing/flash-sale";
import type { BuyerId } from "./domain/entry.ts";
import type { Slot } from "./domain/slot.ts";
import type { Sale } from "./schemas.ts";

/** One notice is one fact; more who asked are told by the next run of the job. */
const REMINDED_MAX = 500;

export const insertSlot = (slot: Slot): Statement => insertMany(flashSaleSlot, [slot]);

export const slotQuery = (slotId: Id<"saleSlot">): Query<Slot | undefined> =>
  query(
    (read) => read.select().from(flashSaleSlot).where(eq(flashSaleSlot.id, slotId)),
    ([row]) => row,
  );

type After = string | number | undefined;

export const slotsQuery = (now: number, limit: number, after: After): Query<readonly Slot[]> =>
  query(
    (read) =>
      read
        .select()
        .from(flashSaleSlot)
        .where(
          and(
            gt(flashSaleSlot.endsAt, now),
            after === undefined ? undefined : gt(flashSaleSlot.id, after as Id<"saleSlot">),
          ),
        )
        .orderBy(asc(flashSaleSlot.id))
        .limit(limit),
    (rows) => rows,
  );

export const saleQuery = (saleId: Id<"sale">): Query<Sale | undefined> =>
  query(
    (read) => read.select().from(flashSale).where(eq(flashSale.id, saleId)),
    ([row]) => row,
  );

type Sales = { readonly slotId: Id<"saleSlot"> | undefined; readonly now: number };

/** What is to come and what runs, of one slot or of all. */
export const salesQuery = ({ slotId, now }: Sales, limit: number, after: After): Query<readonly Sale[]> =>
  query(
    (read) =>
      read
        .select()
        .from(flashSale)
        .where(
          and(
            gt(flashSale.endsAt, now),
            slotId && eq(flashSale.slotId, slotId),
            after === undefined ? undefined : gt(flashSale.id, after as Id<"sale">),
          ),
        )
        .orderBy(asc(flashSale.id))
        .limit(limit),
    (rows) => rows,
  );

export const insertSale = (
  row: Omit<typeof flashSale.$inferInsert, "seed" | "sold">,
): Statement<"flash_sale.offer_taken"> => ({
  ...insertMany(flashSale, [row]),
  constraints: { flash_sale_offer_once: "flash_sale.offer_taken" },
});

/** Counted after the insert, behind a lock of the slot, so that two who come last do not both come in. */
export const assertRoom = (slotId: Id<"saleSlot">): readonly Statement<"flash_sale.slot_full">[] => [
  { sql: sql`SELECT 1 FROM ${flashSaleSlot} WHERE id = ${slotId} FOR NO KEY UPDATE` },
  {
    sql: sql`SELECT assert_that((SELECT count(*) FROM ${flashSale} WHERE slot_id = ${slotId})
      <= (SELECT sales_max FROM ${flashSaleSlot} WHERE id = ${slotId}), 'flash_sale.slot_full')`,
  },
];

type Change = Partial<Pick<Sale, "seed" | "state" | "sold">>;

export const saveSale = ({ id, version }: Sale, change: Change): Statement<"flash_sale.stale"> =>
  guarded(
    build
      .update(flashSale)
      .set({ ...change, version: version + 1 })
      .where(and(eq(flashSale.id, id), eq(flashSale.version, version))),
    1,
    "flash_sale.stale",
  );

type Reminder = { readonly saleId: Id<"sale">; readonly userId: BuyerId };

export const addReminder = ({ clock }: Pick<Ctx, "clock">, reminder: Reminder): Statement =>
  statement(
    build
      .insert(flashSaleReminder)
      .values({ ...reminder, createdAt: clock.now() })
      .onConflictDoNothing(),
  );

export const dropReminders = (saleId: Id<"sale">, userIds: readonly BuyerId[]): Statement =>
  statement(
    build
      .delete(flashSaleReminder)
      .where(and(eq(flashSaleReminder.saleId, saleId), inArray(flashSaleReminder.userId, [...userIds]))),
  );

export const remindersQuery = (saleId: Id<"sale">): Query<readonly BuyerId[]> =>
  query(
    (read) =>
      read
        .select({ userId: flashSaleReminder.userId })
        .from(flashSaleReminder)
        .where(eq(flashSaleReminder.saleId, saleId))
        .orderBy(asc(flashSaleReminder.userId))
        .limit(REMINDED_MAX),
    (rows) => rows.map((row) => row.userId),
  );

export type SaleOrder = Omit<typeof flashSaleOrder.$inferSelect, "createdAt">;

/** A hold is bought once: a second order of it is refused. */
export const insertOrder = (
  { clock }: Pick<Ctx, "clock">,
  order: SaleOrder,
): Statement<"flash_sale.hold_bought"> => ({
  ...insertMany(flashSaleOrder, [{ ...order, createdAt: clock.now() }]),
  constraints: { flash_sale_order_hold: "flash_sale.hold_bought" },
});

/** Which of these order groups bought a hold. */
export const saleOrdersQuery = (orderGroupIds: readonly Id<"orderGroup">[]): Query<readonly SaleOrder[]> =>
  query(
    (read) =>
      read
        .select()
        .from(flashSaleOrder)
        .where(inArray(flashSaleOrder.orderGroupId, [...orderGroupIds])),
    (rows) => rows,
  );
