import type { Pair } from "./goods.ts";

/** A product of a shop that a day's flash sale has, with so many units. */
export type DemoSale = { readonly shop: string; readonly ref: string; readonly quota: number };
export type DemoShow = { readonly shop: string; readonly title: Pair; readonly hour: number };

/** What the flash sales of the demo markets sell, one day these and the other day those. */
export const SALE_DAYS: readonly (readonly DemoSale[])[] = [
  [
    { shop: "kain-lereng", ref: "woven-tassel-scarf", quota: 6 },
    { shop: "dapur-selaras", ref: "pour-over-set", quota: 8 },
    { shop: "teras-senja", ref: "soy-candle-vetiver", quota: 10 },
    { shop: "nadaluna", ref: "luna-earbuds", quota: 5 },
  ],
  [
    { shop: "tapak-sore", ref: "day-backpack-20l", quota: 6 },
    { shop: "kebun-tujuh", ref: "forest-honey", quota: 10 },
    { shop: "jejak-rimba", ref: "trail-headlamp", quota: 8 },
    { shop: "kelana-kecil", ref: "soprano-ukulele", quota: 4 },
  ],
];

/** Shows that shops plan, at an hour of the market's day. */
export const DEMO_SHOWS: readonly DemoShow[] = [
  {
    shop: "kain-lereng",
    title: ["Batik, from wax to cloth", "Batik, dari malam sampai jadi kain"],
    hour: 19,
  },
  { shop: "kebun-tujuh", title: ["Three coffees, one table", "Tiga kopi dalam satu meja"], hour: 20 },
  { shop: "teras-senja", title: ["A room made warm", "Menghangatkan ruang keluarga"], hour: 11 },
  { shop: "nadaluna", title: ["Your desk, tried out live", "Uji coba langsung di meja kerja"], hour: 19 },
];
