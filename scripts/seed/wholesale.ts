import type { CategoryBranch } from "../../drizzle/seed/categories.ts";
import type { Pair } from "../../drizzle/seed/goods.ts";
import type { Article } from "../online-retail.ts";
import type { Application } from "./market.ts";
import { ownerOf, WHOLESALER } from "./people.ts";

/** The shop that sells what the Online Retail file sold. */
export const WHOLESALE_SHOP: Application = {
  slug: WHOLESALER.slug,
  name: "Northgate Gifts",
  legalName: "Northgate Gifts Trading",
  city: "Leeds",
  about: [
    "A wholesaler of gifts for all occasions. Its goods and prices are those of a public data set.",
    "Grosir hadiah untuk segala acara. Barang dan harganya berasal dari data publik.",
  ],
  owner: ownerOf(WHOLESALER),
};

const OTHER = "gifts-other";
type Department = { readonly slug: string; readonly names: Pair; readonly words: RegExp };

/** The file has no categories, but its descriptions name things; the first department that fits is taken. */
const DEPARTMENTS: readonly Department[] = [
  { slug: "gifts-christmas", names: ["Christmas", "Natal"], words: /CHRISTMAS|XMAS|ADVENT|SANTA|REINDEER/ },
  {
    slug: "gifts-candles-and-lights",
    names: ["Candles and lights", "Lilin dan lampu"],
    words: /CANDLE|T-LIGHT|LIGHT|LANTERN|LAMP/,
  },
  {
    slug: "gifts-kitchen",
    names: ["Kitchen and dining", "Dapur dan meja makan"],
    words:
      /MUG|CUP|PLATE|BOWL|TEA|CAKE|LUNCH|BAKING|KITCHEN|SPOON|CUTLERY|NAPKIN|TRAY|GLASS|JAR|APRON|BOTTLE/,
  },
  {
    slug: "gifts-bags",
    names: ["Bags and travel", "Tas dan perjalanan"],
    words: /BAG|SHOPPER|PURSE|LUGGAGE|PASSPORT|UMBRELLA/,
  },
  {
    slug: "gifts-paper",
    names: ["Paper, cards and wrap", "Kertas, kartu, dan bungkus"],
    words: /CARD|WRAP|PAPER|NOTEBOOK|STICKER|PENCIL|PEN\b|RIBBON|TISSUE|GIFT TAPE/,
  },
  {
    slug: "gifts-children",
    names: ["Toys and children", "Mainan dan anak"],
    words: /TOY|GAME|DOLL|CHILD|GIRL|BOY|KID|PUZZLE|SKIPPING|BABY|PLAYHOUSE|SOLDIER/,
  },
  {
    slug: "gifts-jewellery",
    names: ["Jewellery and hair", "Perhiasan dan rambut"],
    words: /NECKLACE|BRACELET|EARRING|RING\b|BROOCH|HAIR|BEAD/,
  },
  {
    slug: "gifts-home",
    names: ["Home decoration", "Dekorasi rumah"],
    words: /FRAME|HANGING|CLOCK|CUSHION|SIGN|MIRROR|HOOK|DOORMAT|DRAWER|HEART|DECORATION|CABINET|WICKER|VASE/,
  },
  { slug: "gifts-garden", names: ["Garden", "Taman"], words: /GARDEN|PLANT|FLOWER|HERB|BIRD|WATERING|SEED/ },
];

export const WHOLESALE_CATEGORIES: readonly CategoryBranch[] = [
  {
    slug: "gifts",
    names: ["Gifts", "Hadiah"],
    children: [
      ...DEPARTMENTS.map(({ slug, names }) => ({ slug, names })),
      { slug: OTHER, names: ["Other gifts", "Hadiah lain"] },
    ],
  },
];

/** A line of a product import: one product, one variant, the file's code as its SKU. */
export const articleRow = ({ code, title, unitMinor }: Article) => ({
  ref: code,
  category: DEPARTMENTS.find(({ words }) => words.test(title.toUpperCase()))?.slug ?? OTHER,
  titles: { en: title },
  variants: [{ offer: { sku: code, price: { minor: unitMinor.toString(), currency: "GBP" } } }],
});
