import { DAY_MS, HOUR_MS } from "#kernel/clock";
import { DEMO_SHOWS, type DemoSale, type DemoShow, SALE_DAYS } from "../../drizzle/seed/calendar.ts";
import { type Client, RefusedError } from "../client.ts";

/** The first day's sale begins as soon as its shops have come in. */
const SOON_MS = 8_000;
/** The name of a day of sale, by which the next run knows it. */
const NAME = "Demo day";
const DISCOUNT_PERCENT = 30n;
/** Goods come again within 30 days, and must be cheaper than they were then: by a little is enough here. */
const DISCOUNT_MIN_BASIS_POINTS = 100;
/** Hours that a market's day is ahead of UTC's. */
const AHEAD_OF_UTC: { readonly [market: string]: number } = { id: 7, sg: 8 };

export type Slot = { readonly startsAt: number; readonly endsAt: number };

/** The days of sale that are missing for one to run and another to be next. */
export function missingSlots(planned: readonly Slot[], now: number): readonly Slot[] {
  const missing: Slot[] = [];
  let from = Math.max(now + SOON_MS, ...planned.map(({ endsAt }) => endsAt));
  while (from <= now + SOON_MS + DAY_MS) {
    missing.push({ startsAt: from, endsAt: from + DAY_MS });
    from += DAY_MS;
  }
  return missing;
}

/** Days of sale follow each other, and so do the goods that they sell. */
export const goodsOf = ({ startsAt }: Slot): readonly DemoSale[] =>
  SALE_DAYS[Math.floor(startsAt / DAY_MS) % SALE_DAYS.length] ?? [];

type Money = { readonly minor: string; readonly currency: string };

/** Prices of a sale end as ordinary ones do: in thousands of rupiah, or ninety cents. */
export function salePrice({ minor, currency }: Money, most?: Money): Money {
  const reduced = (BigInt(minor) * (100n - DISCOUNT_PERCENT)) / 100n;
  const price = currency === "IDR" ? reduced - (reduced % 100_000n) : reduced - (reduced % 100n) - 10n;
  return most && BigInt(most.minor) < price ? most : { minor: price.toString(), currency };
}

/** The shows are on one day after the other, the first of them tomorrow by the market's calendar. */
export function nextShow({ hour }: DemoShow, at: number, { market, now }: Day): number {
  const offset = (AHEAD_OF_UTC[market] ?? 0) * HOUR_MS;
  const today = Math.floor((now + offset) / DAY_MS) * DAY_MS - offset;
  return today + (1 + at) * DAY_MS + hour * HOUR_MS;
}
type Day = { readonly market: string; readonly now: number };

type ShopClient = (slug: string) => Promise<Client>;
type Of = { readonly market: string; readonly operator: Client; readonly shopOf: ShopClient };
type Product = {
  readonly variants: readonly {
    readonly offers: readonly { readonly id: string; readonly price: Money }[];
  }[];
};
type Listed = {
  readonly id: string;
  readonly name: string;
  readonly startsAt: string;
  readonly endsAt: string;
};
/** A shop that has sold out, or comes too late on a slow machine, sits the day out. */
const SITS_OUT: readonly (string | undefined)[] = ["inventory.insufficient", "flash_sale.slot_closed"];

/** A flash sale that runs, one to come and some shows: what has passed since the last run is planned anew. */
export async function planCalendar(of: Of): Promise<void> {
  await Promise.all([planSales(of), planShows(of)]);
}

async function planSales({ operator, shopOf }: Of): Promise<void> {
  const listed = await operator.all<Listed>("/v1/flash-sales/slots");
  const planned = listed
    .filter(({ name }) => name.startsWith(NAME))
    .map((one) => ({ startsAt: Date.parse(one.startsAt), endsAt: Date.parse(one.endsAt) }));
  // One day after the other, as sales are listed in the order in which they were made.
  for (const slot of missingSlots(planned, Date.now())) {
    const startsAt = new Date(slot.startsAt).toISOString();
    const endsAt = new Date(slot.endsAt).toISOString();
    const body = {
      name: `${NAME} ${startsAt.slice(0, 10)}`,
      startsAt,
      endsAt,
      enterBy: startsAt,
      perBuyerMax: 2,
      discountMinBasisPoints: DISCOUNT_MIN_BASIS_POINTS,
    };
    const { id: slotId } = await operator.post<Listed>("/v1/flash-sales/slots", body, {
      key: crypto.randomUUID(),
    });
    await Promise.all(goodsOf(slot).map((one) => enter(slotId, one, shopOf)));
  }
}

async function enter(slotId: string, { shop, ref, quota }: DemoSale, shopOf: ShopClient): Promise<void> {
  const client = await shopOf(shop);
  const { variants } = await client.get<Product>(`/v1/products/${ref}`);
  const offer = variants.flatMap(({ offers }) => offers)[0];
  if (!offer) return;
  const { priceMax } = await client.get<{ readonly priceMax: Money | null }>(
    `/v1/flash-sales/slots/${slotId}/offers/${offer.id}`,
  );
  if (!priceMax) return;
  const body = { slotId, offerId: offer.id, price: salePrice(offer.price, priceMax), quota, perBuyer: 2 };
  try {
    await client.post("/v1/flash-sales", body, { key: crypto.randomUUID() });
  } catch (error) {
    if (!(error instanceof RefusedError && SITS_OUT.includes(error.code))) throw error;
  }
}

type Show = {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly startsAt: string;
};

async function planShows({ market, operator, shopOf }: Of): Promise<void> {
  const now = Date.now();
  const listed = await operator.all<Show>("/v1/livestreams?state=scheduled");
  // Shows are listed the newest first, so the next one is made last.
  for (const [at, show] of [...DEMO_SHOWS.entries()].reverse()) {
    const title = market === "id" ? show.title[1] : show.title[0];
    const known = listed.find((one) => one.title === title);
    const startsAt = new Date(nextShow(show, at, { market, now })).toISOString();
    if (known && Date.parse(known.startsAt) > now) continue;
    const shop = await shopOf(show.shop);
    // A show that nobody gave is put off, and who asked to be told is told then.
    if (known) await shop.patch(`/v1/livestreams/${known.id}`, { startsAt });
    else await shop.post("/v1/livestreams", { title, startsAt }, { key: crypto.randomUUID() });
  }
}
