import type { z } from "zod";
import type { Locale } from "#kernel/errors";
import type { zShippingTable } from "#kernel/market-sections";
import { textIn } from "#kernel/texts";
import { type Destination, onStep, type ShippingTerms } from "./rate.ts";
import { chargeableGrams, type ParcelLine } from "./weight.ts";

export type ShippingTable = z.output<ReturnType<typeof zShippingTable>>;
export type Zone = ShippingTable["zones"][number];

const normal = (text: string): string =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");

/** How much a zone says about a place: a longer postal prefix beats a region, a region a country. */
function fitOf(zone: Zone, { country, region, postalCode }: Destination): number | undefined {
  let fit = 0;
  if (zone.countries.length > 0) {
    if (!zone.countries.includes(country)) return undefined;
    fit += 1;
  }
  if (zone.regions.length > 0) {
    const own = normal(region ?? "");
    if (!zone.regions.some((one) => normal(one) === own)) return undefined;
    fit += 10;
  }
  if (zone.postalPrefixes.length > 0) {
    const code = normal(postalCode);
    const prefixes = zone.postalPrefixes.map(normal).filter((prefix) => code.startsWith(prefix));
    if (prefixes.length === 0) return undefined;
    fit += 100 + Math.max(...prefixes.map((prefix) => prefix.length));
  }
  return fit;
}

/** Of zones that fit equally well the first holds. */
export function zoneOf(zones: readonly Zone[], destination: Destination): Zone | undefined {
  let best: { readonly zone: Zone; readonly fit: number } | undefined;
  for (const zone of zones) {
    const fit = fitOf(zone, destination);
    if (fit !== undefined && (best === undefined || fit > best.fit)) best = { zone, fit };
  }
  return best?.zone;
}

/** Undefined where the zone takes no parcel of that weight. */
export function zonePrice(
  zone: Zone,
  { grams, goodsMinor }: { readonly grams: number; readonly goodsMinor: bigint },
): bigint | undefined {
  if (zone.gramsMax !== undefined && grams > zone.gramsMax) return undefined;
  if (zone.freeFromMinor !== undefined && goodsMinor >= zone.freeFromMinor) return 0n;
  const steps = Math.ceil(Math.max(0, grams - zone.baseGrams) / zone.stepGrams);
  return zone.baseMinor + BigInt(steps) * zone.stepMinor;
}

/** A rate of a table, before the fee for cash. */
export type TableRate = {
  readonly carrier: string;
  readonly service: string;
  readonly name: string;
  readonly priceMinor: bigint;
  readonly minDays: number;
  readonly maxDays: number;
  readonly cash: boolean;
  readonly chargeableGrams: number;
};

/** What a parcel without a table is called; `own` is no carrier that is asked where it is. */
export const FLAT = { carrier: "own", service: "flat", names: { en: "Standard delivery", id: "Reguler" } };

type Asked = {
  readonly destination: Destination;
  readonly goodsMinor: bigint;
  readonly lines: readonly ParcelLine[];
};
type Terms = {
  readonly shipping: ShippingTerms;
  readonly cashStepMinor: bigint;
  readonly tables: readonly ShippingTable[];
  readonly locale: Locale;
};

/** At least one, whatever the place and the weight: where no table has them it is the market's flat price. */
export function tableRates(asked: Asked, terms: Terms): readonly [TableRate, ...TableRate[]] {
  const rates = terms.tables.flatMap((table) => {
    const zone = zoneOf(table.zones, asked.destination);
    const grams = chargeableGrams(asked.lines, table.divisor);
    const price = zone && zonePrice(zone, { grams, goodsMinor: asked.goodsMinor });
    if (!zone || price === undefined) return [];
    return [
      {
        carrier: table.carrier,
        service: table.service,
        name: textIn(table.names, terms.locale),
        priceMinor: onStep(price, terms.cashStepMinor),
        minDays: zone.minDays,
        maxDays: Math.max(zone.minDays, zone.maxDays),
        cash: zone.cash,
        chargeableGrams: grams,
      },
    ];
  });
  const [first, ...rest] = rates;
  return first ? [first, ...rest] : [flatRate(asked, terms)];
}

function flatRate({ goodsMinor, lines }: Asked, { shipping, cashStepMinor, locale }: Terms): TableRate {
  const { flatMinor, freeFromMinor, minDays, maxDays } = shipping;
  const isFree = freeFromMinor !== undefined && goodsMinor >= freeFromMinor;
  return {
    carrier: FLAT.carrier,
    service: FLAT.service,
    name: textIn(FLAT.names, locale),
    priceMinor: isFree ? 0n : onStep(flatMinor, cashStepMinor),
    minDays,
    maxDays: Math.max(minDays, maxDays),
    cash: true,
    chargeableGrams: chargeableGrams(lines, shipping.divisor),
  };
}
