import type { Ctx } from "#kernel/ctx";
import {
  allowsCash,
  cashFee,
  type Destination,
  inOrder,
  insuranceOf,
  type LiveRate,
  onStep,
  type ParcelQuote,
  type ParcelToQuote,
  type Provider,
  type Rate,
  rateIdOf,
} from "../domain/rate.ts";
import { type ShippingTable, tableRates } from "../domain/table.ts";
import { chargeableGrams } from "../domain/weight.ts";
import { type Calendar, deliveryWindow } from "../domain/window.ts";
import { portsOf } from "../providers/choose.ts";
import { type Origin, originsQuery } from "../repository/origins.ts";
import { type Answered, askCarriers, type Question } from "./carriers.ts";
import { activeTables } from "./tables.ts";

/** More parcels than this in one checkout have the table alone: carriers would answer none in time. */
const LIVE_PARCELS_MAX = 12;

type Asked = { readonly destination: Destination; readonly parcels: readonly ParcelToQuote[] };

/**
 * The rates of each parcel, in the order of the parcels. Those of the table are always there and come first,
 * so that nobody's checkout waits for a carrier; carriers are asked together, and not longer than a second.
 */
export async function quoteParcels(ctx: Ctx, { destination, parcels }: Asked): Promise<ParcelQuote[]> {
  const [origins, tables] = await Promise.all([
    ctx.db.load(originsQuery([...new Set(parcels.map(({ sellerId }) => sellerId))])),
    activeTables(ctx),
  ]);
  const originOf = new Map(origins[0].map((origin) => [origin.sellerId, origin]));
  const asked = questionsOf(ctx, { destination, parcels }, originOf);
  const answers = await askCarriers(
    ctx,
    asked.map(({ question }) => question),
  );
  return parcels.map((parcel) => {
    const live = asked.flatMap((one, i) => {
      const answered = answers[i];
      return one.parcel === parcel && answered ? [{ ...answered, provider: one.question.port.name }] : [];
    });
    const quoting = { destination, parcel, tables, origin: originOf.get(parcel.sellerId) };
    return { sellerId: parcel.sellerId, rates: [...inOrder(ratesOf(ctx, quoting, live))] };
  });
}

/** A shop that has not said where its parcels leave has the table's rates only. */
function questionsOf(
  ctx: Ctx,
  { destination, parcels }: Asked,
  originOf: ReadonlyMap<string, Origin>,
): readonly { readonly parcel: ParcelToQuote; readonly question: Question }[] {
  const ports = portsOf(ctx);
  return parcels.slice(0, LIVE_PARCELS_MAX).flatMap((parcel) => {
    const origin = originOf.get(parcel.sellerId);
    if (!origin) return [];
    const { lines, goodsMinor } = parcel;
    const ask = {
      origin: origin.address,
      destination,
      grams: chargeableGrams(lines, ctx.market.shipping.divisor),
      goodsMinor,
      couriers: origin.couriers ?? ctx.market.shipping.couriers,
    };
    return ports.map((port) => ({ parcel, question: { port, ask } }));
  });
}

type Quoting = {
  readonly destination: Destination;
  readonly parcel: ParcelToQuote;
  readonly tables: readonly ShippingTable[];
  readonly origin: Origin | undefined;
};

function ratesOf(
  ctx: Ctx,
  { destination, parcel, tables, origin }: Quoting,
  live: readonly (Answered & { readonly provider: Provider })[],
): readonly Rate[] {
  const { shipping, cashStepMinor } = ctx.market;
  const { goodsMinor, lines } = parcel;
  const calendar = calendarOf(ctx, origin);
  const mayCash = allowsCash(goodsMinor, shipping);
  const fee = parcel.cash ? cashFee(goodsMinor, shipping) : 0n;
  const insuranceMinor = onStep(insuranceOf(goodsMinor, shipping), cashStepMinor);
  const finish = (rate: Omit<Rate, "rateId" | "arrivesFrom" | "arrivesUntil">): Rate => {
    const leaves = Math.max(ctx.clock.now(), parcel.readyAt ?? 0);
    const { from, until } = deliveryWindow(leaves, rate, calendar);
    const priceMinor = onStep(rate.priceMinor + fee, cashStepMinor);
    return { ...rate, priceMinor, rateId: rateIdOf(rate), arrivesFrom: from, arrivesUntil: until };
  };
  const terms = { shipping, cashStepMinor, tables, locale: ctx.locale };
  const fromTables = tableRates({ destination, goodsMinor, lines }, terms).map((rate) =>
    finish({ ...rate, provider: "table", cash: rate.cash && mayCash, insuranceMinor: null, source: "table" }),
  );
  const chargeable = chargeableGrams(lines, shipping.divisor);
  const fromCarriers = live.flatMap(({ provider, rates, source }) =>
    rates.map(({ insurable, ...rate }: LiveRate) =>
      finish({
        ...rate,
        provider,
        cash: rate.cash && mayCash,
        insuranceMinor: insurable ? insuranceMinor : null,
        chargeableGrams: chargeable,
        source,
      }),
    ),
  );
  // What cannot be paid at the door is no choice for who pays there; the table's rate stays and says so.
  return [...fromTables, ...fromCarriers.filter(({ cash }) => cash || !parcel.cash)];
}

/** The market's calendar with what the shop has said of its own. */
function calendarOf({ market }: Pick<Ctx, "market">, origin: Origin | undefined): Calendar {
  const { shipping, timeZone } = market;
  return {
    timeZone,
    cutOffHour: origin?.cutOffHour ?? shipping.cutOffHour,
    closedWeekdays: origin ? origin.closedWeekdays : shipping.closedWeekdays,
    holidays: [...shipping.holidays, ...(origin?.holidays ?? [])],
  };
}
