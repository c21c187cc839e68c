import { COLOURS } from "../../drizzle/seed/colours.ts";
import { type Goods, PACK_WORDS, type Pair, type Shop } from "../../drizzle/seed/goods.ts";

/** What a thousand rupiah cost elsewhere, in minor units; prices end in 90 cents there. */
const CENTS_PER_THOUSAND = 9;

export const texts = ([en, id]: Pair) => ({ en, id });

type Currency = "IDR" | "SGD";
const CURRENCY: { readonly [market: string]: Currency } = { id: "IDR", sg: "SGD" };

function priceIn(market: string, thousands: number): { readonly minor: string; readonly currency: Currency } {
  const currency = CURRENCY[market] ?? "IDR";
  const whole = Math.round(thousands);
  if (currency === "IDR") return { minor: `${whole}00000`, currency };
  const dollars = Math.max(2, Math.ceil((whole * CENTS_PER_THOUSAND) / 100));
  return { minor: String(dollars * 100 - 10), currency };
}

const codeOf = (label: string): string =>
  label
    .toLowerCase()
    .replaceAll(",", "")
    .replace(/[^a-z0-9.]+/g, "-");
const labelled = (label: string) => ({
  code: codeOf(label),
  names: { en: label, id: PACK_WORDS[label] ?? label },
});

function optionsOf({ colours, sizes, packs }: Goods) {
  const colour = {
    code: "colour",
    names: { en: "Colour", id: "Warna" },
    values: colours.map((code) => ({ code, names: { en: COLOURS[code].en, id: COLOURS[code].id } })),
  };
  const size = { code: "size", names: { en: "Size", id: "Ukuran" }, values: (sizes ?? []).map(labelled) };
  const pack = {
    code: "pack",
    names: { en: "Pack", id: "Kemasan" },
    values: (packs ?? []).map(([label]) => labelled(label)),
  };
  // A choice of one is none.
  return [colour, size, pack].filter((option) => option.values.length > 1);
}

type Choice = { readonly values: { readonly [option: string]: string }; readonly times: number };

function choicesOf(goods: Goods): readonly Choice[] {
  const factors = new Map((goods.packs ?? []).map(([label, times]) => [codeOf(label), times]));
  return optionsOf(goods).reduce<readonly Choice[]>(
    (choices, option) =>
      choices.flatMap(({ values, times }) =>
        option.values.map(({ code }) => ({
          values: { ...values, [option.code]: code },
          times: option.code === "pack" ? times * (factors.get(code) ?? 1) : times,
        })),
      ),
    [{ values: {}, times: 1 }],
  );
}

/** A line of a product import. The reference and the SKUs are its natural keys. */
export function importRow(goods: Goods, market: string) {
  return {
    ref: goods.ref,
    slug: goods.ref,
    category: goods.category,
    titles: texts(goods.title),
    descriptions: texts(goods.about),
    brand: goods.brand,
    options: optionsOf(goods),
    variants: choicesOf(goods).map(({ values, times }) => ({
      values,
      weightGrams: Math.round(goods.grams * times),
      offer: {
        sku: [goods.ref, ...Object.values(values)].join("/").toUpperCase(),
        price: priceIn(market, goods.price * times),
      },
    })),
  };
}

export const importFile = ({ goods }: Shop, market: string): string =>
  goods.map((one) => JSON.stringify(importRow(one, market))).join("\n");

const STOCK_MIN = 8;
const STOCK_SPREAD = 37;

/** As many as a small shop has of a thing, always the same number for the same SKU and place (FNV-1a). */
export function stockOf(sku: string, place: number): number {
  let hash = 0x811c9dc5;
  for (const char of `${place} ${sku}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return STOCK_MIN + (hash % STOCK_SPREAD);
}
