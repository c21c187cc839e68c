import * as z from "zod";
import { zId } from "#kernel/ids";
import { toMoneyDto, zMoney } from "#kernel/money";
import { zPage, zPageQuery } from "#kernel/page";
import type { Hold, Terms } from "./domain/entry.ts";
import type { Slot } from "./domain/slot.ts";

/** Above any limit per buyer that a sale may set. */
const UNITS_MAX = 10;
const QUOTA_MAX = 10_000_000;
const NAME_CHARS_MAX = 80;
const RATE_MAX = 1_000_000;
const SHARDS_MAX = 256;
const SALES_MAX = 10_000;
const TICKET_CHARS_MAX = 600;
const KEY = /^[\x21-\x7e]{1,64}$/;

const zQueue = z.enum(["none", "fifo", "lottery"]);
export const zSaleRef = z.object({ saleId: zId("sale") });
export const zHoldRef = zSaleRef.extend({ holdId: zId("hold") });

export const zNewSlot = z
  .object({
    name: z.string().trim().min(1).max(NAME_CHARS_MAX),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    enterBy: z.iso.datetime(),
    quotaMin: z.int().min(1).max(QUOTA_MAX).default(1),
    discountMinBasisPoints: z.int().min(1).max(9_999).default(1_000),
    perBuyerMax: z.int().min(1).max(UNITS_MAX).default(1),
    salesMax: z.int().min(1).max(SALES_MAX).default(100),
    queue: zQueue.default("none"),
    admitPerSecond: z.int().min(1).max(RATE_MAX).default(1_000),
    /** For a sale of an unusual size; usually the market knows better. */
    shards: z.int().min(1).max(SHARDS_MAX).nullable().default(null),
  })
  .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), {
    path: ["endsAt"],
    message: "It ends before it begins.",
  })
  .refine(({ enterBy, startsAt }) => Date.parse(enterBy) <= Date.parse(startsAt), {
    path: ["enterBy"],
    message: "Sellers come in before the start.",
  });
export const zSlot = z.object({
  id: zId("saleSlot"),
  name: z.string(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  enterBy: z.iso.datetime(),
  quotaMin: z.int(),
  discountMinBasisPoints: z.int(),
  perBuyerMax: z.int(),
  salesMax: z.int(),
  queue: zQueue,
  admitPerSecond: z.int(),
  shards: z.int().nullable(),
});
export const zSlotPage = zPage(zSlot);
export const zSlotQuery = zPageQuery;

export const zEntryRef = z.object({ slotId: zId("saleSlot"), offerId: zId("offer") });
export const zEntry = zEntryRef.extend({
  listPrice: zMoney,
  /** The lowest price of the 30 days before the slot: what its discount is measured against. */
  lowestPrice: zMoney,
  /** The dearest price that the slot takes; null where no coin is small enough. */
  priceMax: zMoney.nullable(),
});

export const zNewSale = z.object({
  slotId: zId("saleSlot"),
  offerId: zId("offer"),
  price: zMoney,
  quota: z.int().min(1).max(QUOTA_MAX),
  perBuyer: z.int().min(1).max(UNITS_MAX).default(1),
});
export const zSale = z.object({
  id: zId("sale"),
  slotId: zId("saleSlot"),
  sellerId: zId("seller"),
  offerId: zId("offer"),
  productId: zId("product"),
  price: zMoney,
  /** The offer's own price when the sale was made. */
  listPrice: zMoney,
  /** The lowest price of the 30 days before the start: what the sale's is a reduction of, if it is one. */
  priorPrice: zMoney.nullable(),
  quota: z.int(),
  perBuyer: z.int(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  state: z.enum(["scheduled", "open", "ended", "closed"]),
  queue: zQueue,
  /** SHA-256 of the draw's seed, public from the beginning. */
  commitment: z.string().nullable(),
  /** From the start on, so that anyone can check the draw. */
  seed: z.string().nullable(),
  sold: z.int().nullable(),
  /** The server's clock, to count down by. */
  serverTime: z.iso.datetime(),
});
export const zSaleQuery = zPageQuery.extend({ slotId: zId("saleSlot").optional() });
export const zSalePage = zPage(zSale);

const zKeyHeader = { "idempotency-key": z.string().regex(KEY) };
/** The key makes a retry the same hold. The turn is what the waiting room gave. */
export const zClaimHeaders = z.object({
  ...zKeyHeader,
  "x-sale-turn": z.string().max(TICKET_CHARS_MAX).optional(),
});
export const zClaim = z.object({ quantity: z.int().min(1).max(UNITS_MAX).default(1) });
export const zHold = z.object({
  id: zId("hold"),
  saleId: zId("sale"),
  quantity: z.int(),
  state: z.enum(["held", "pledged", "sold", "released", "expired"]),
  expiresAt: z.iso.datetime(),
});
export const zHolds = z.object({ items: z.array(zHold) });
export const zWaiting = z.object({ holdId: zId("hold") });
export const zNothing = z.null();

/** A service names the shard whose buyers it speaks for. */
export const zEnter = z.object({ shard: z.int().min(0).max(255).optional() });
export const zTurn = z.object({
  /** Shown with each claim as X-Sale-Turn, from the time it is admitted. */
  turn: z.string(),
  ticketId: z.string(),
  place: z.int(),
  admittedAt: z.iso.datetime().nullable(),
});
export const zExport = z.unknown();
export const zClosing = z.object({ sold: z.int(), held: z.int(), isClosed: z.boolean() });

export type NewSlot = z.output<typeof zNewSlot>;
export type NewSale = z.output<typeof zNewSale>;
export type EntryRef = z.output<typeof zEntryRef>;
export type SaleRef = z.output<typeof zSaleRef>;
export type HoldRef = z.output<typeof zHoldRef>;
export type SaleList = z.output<typeof zSaleQuery>;
export type SlotList = z.output<typeof zSlotQuery>;
export type ClaimUnits = SaleRef &
  z.output<typeof zClaim> & { readonly headers: z.output<typeof zClaimHeaders> };
export type Enter = SaleRef & z.output<typeof zEnter>;

const iso = (ms: number) => new Date(ms).toISOString();

export const toSlotDto = ({ createdAt: _, startsAt, endsAt, enterBy, ...slot }: Slot) => ({
  ...slot,
  startsAt: iso(startsAt),
  endsAt: iso(endsAt),
  enterBy: iso(enterBy),
});

export const toHoldDto = (saleId: SaleRef["saleId"], hold: Readonly<Hold>) => ({
  id: hold.id,
  saleId,
  quantity: hold.quantity,
  state: hold.state,
  expiresAt: iso(hold.expiresAt),
});

/** A sale as its row has it. */
export type Sale = {
  readonly id: SaleRef["saleId"];
  readonly slotId: NewSale["slotId"];
  readonly sellerId: z.output<typeof zSale>["sellerId"];
  readonly offerId: NewSale["offerId"];
  readonly productId: z.output<typeof zSale>["productId"];
  readonly priceMinor: bigint;
  readonly listMinor: bigint;
  readonly currency: z.output<typeof zMoney>["currency"];
  readonly terms: Terms;
  readonly reservationId: string & z.core.$brand<"reservation">;
  readonly commitment: string | null;
  readonly sealedSeed: string | null;
  readonly seed: string | null;
  readonly state: "scheduled" | "closed";
  readonly sold: number | null;
  readonly version: number;
};

type Known = { readonly now: number; readonly priorMinor: bigint | undefined };

export function toSaleDto(sale: Sale, { now, priorMinor }: Known): z.input<typeof zSale> {
  const { id, slotId, sellerId, offerId, productId, currency, terms, commitment, seed, sold } = sale;
  const { quota, perBuyer, startsAt, endsAt, queue } = terms;
  const running = now < startsAt ? "scheduled" : now < endsAt ? "open" : "ended";
  return {
    ...{ id, slotId, sellerId, offerId, productId, quota, perBuyer, queue, commitment, seed, sold },
    price: toMoneyDto({ minor: sale.priceMinor, currency }),
    listPrice: toMoneyDto({ minor: sale.listMinor, currency }),
    priorPrice: priorMinor === undefined ? null : toMoneyDto({ minor: priorMinor, currency }),
    startsAt: iso(startsAt),
    endsAt: iso(endsAt),
    state: sale.state === "closed" ? "closed" : running,
    serverTime: iso(now),
  };
}
