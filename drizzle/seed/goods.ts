import type { Colour } from "./colours.ts";
import type { Kind } from "./pictures.ts";

/** English, then Indonesian. */
export type Pair = readonly [string, string];

/** One product as the tables of the catalogue have it. */
export type Goods = {
  /** The shop's own name for it, and its address on the storefront. */
  readonly ref: string;
  readonly kind: Kind;
  readonly category: string;
  readonly brand: string;
  readonly title: Pair;
  readonly about: Pair;
  /** In thousands of rupiah; other markets' prices follow from it. */
  readonly price: number;
  readonly grams: number;
  readonly colours: readonly [Colour, ...Colour[]];
  readonly sizes?: readonly string[];
  /** What it is packed as, and how many times the price and weight of the first. */
  readonly packs?: readonly (readonly [string, number])[];
};

export type Shop = {
  readonly slug: string;
  readonly name: string;
  readonly legalName: string;
  readonly owner: string;
  readonly cities: { readonly id: string; readonly sg: string };
  readonly about: Pair;
  readonly goods: readonly Goods[];
};

export const CLOTHES = ["S", "M", "L", "XL"] as const;
export const SHOES = ["38", "39", "40", "41", "42", "43"] as const;

/** Words of packs that are not the same in both languages. */
export const PACK_WORDS: { readonly [label: string]: string } = {
  "1 piece": "1 buah",
  "2 pieces": "2 buah",
  "3 pairs": "3 pasang",
  "4 pieces": "4 buah",
  "6 pairs": "6 pasang",
  "6 pieces": "6 buah",
  "12 colours": "12 warna",
  "24 colours": "24 warna",
  "36 colours": "36 warna",
  "1 person": "1 orang",
  "2 people": "2 orang",
  "4 people": "4 orang",
  "500 pieces": "500 keping",
  "1,000 pieces": "1.000 keping",
  Single: "Tunggal",
  Double: "Ganda",
  Queen: "Queen",
};
