import * as z from "zod";
import { zMoney } from "#kernel/money";

/** A beacon is one small request; a storefront sends another when it has more. */
const EVENTS_MAX = 50;
const ID = /^[\w-]{8,64}$/;

const zClientEvent = z.object({
  id: z.string().regex(ID),
  type: z.string().max(80),
  at: z.iso.datetime().transform((text) => Date.parse(text)),
  sessionId: z.string().regex(ID),
  properties: z.unknown(),
});
/** `consent` is the person's word that visits may be tied together; without it no visitor id is kept. */
export const zCollect = z.object({
  consent: z.boolean().default(false),
  events: z.array(zClientEvent).min(1).max(EVENTS_MAX),
});
export const zCollectHeaders = z.object({ "user-agent": z.string().max(1_000).default("") });
export const zCollected = z.object({
  accepted: z.int(),
  rejected: z.array(z.object({ index: z.int(), type: z.string(), code: z.string(), path: z.string() })),
});

const zDay = z.iso.date();
export const zRange = z.object({ from: zDay, to: zDay });
export const zTopRange = zRange.extend({ limit: z.coerce.number().int().min(1).max(100).default(10) });

export const zSales = z.object({
  gmv: zMoney,
  orders: z.int(),
  units: z.int(),
  averageOrder: zMoney,
  days: z.array(z.object({ day: zDay, gmv: zMoney, orders: z.int(), units: z.int() })),
});
export const zFunnel = z.object({ steps: z.array(z.object({ type: z.string(), visitors: z.int() })) });
export const zTopProducts = z.object({
  items: z.array(
    z.object({ productId: z.string(), title: z.string(), units: z.int(), gmv: zMoney, orders: z.int() }),
  ),
});

export type Collect = z.output<typeof zCollect> & { readonly headers: z.output<typeof zCollectHeaders> };
export type Range = z.output<typeof zRange>;
export type TopRange = z.output<typeof zTopRange>;
