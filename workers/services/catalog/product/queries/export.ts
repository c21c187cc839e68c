import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { categoryTree } from "#services/catalog/category/index";
import { formatCsv } from "../domain/csv.ts";
import type { Offer } from "../domain/offer.ts";
import type { Product, ProductOption, Variant } from "../domain/product.ts";
import { valuesOf } from "../domain/variant.ts";
import { mastersByIdQueries, pageIdsQuery } from "../repository/imports.ts";
import { CSV_COLUMNS, fromMinor } from "../schemas/import-file.ts";
import { actingShop } from "./acting.ts";

/** Products read at a time: the file may have any number of them, the isolate holds one page. */
const PAGE = 200;

type Export = { readonly format: "jsonl" | "csv"; readonly sellerId?: Id<"seller"> | undefined };
type Master = {
  readonly product: Product;
  readonly variants: readonly Variant[];
  readonly offers: readonly Offer[];
};

/** Everything of a shop in the form that an import takes, read while it is sent. */
export async function exportProducts(ctx: Ctx, { format, sellerId }: Export): Promise<ReadableStream> {
  const owner = actingShop(ctx, "product:write", sellerId);
  const slugs = new Map((await categoryTree(ctx)).map(({ id, slug }) => [id, slug]));
  const encoder = new TextEncoder();
  let after: Id<"product"> | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (format === "csv") controller.enqueue(encoder.encode(formatCsv(CSV_COLUMNS)));
    },
    async pull(controller) {
      const [ids] = await ctx.db.load(pageIdsQuery(owner, after, PAGE));
      after = ids.at(-1);
      const masters = ids.length === 0 ? [] : await loadMasters(ctx, owner, ids);
      const write = format === "csv" ? toCsvLines : toJsonLine;
      const text = masters
        .map((master) => write(master, slugs.get(master.product.categoryId) ?? ""))
        .join("");
      if (text !== "") controller.enqueue(encoder.encode(text));
      if (ids.length < PAGE) controller.close();
    },
  });
}

async function loadMasters(
  ctx: Ctx,
  owner: Id<"seller">,
  ids: readonly Id<"product">[],
): Promise<readonly Master[]> {
  const [products, variants, offers] = await ctx.db.load(...mastersByIdQueries(owner, ids));
  const variantsBy = Map.groupBy(variants, ({ productId }) => productId);
  const offersBy = Map.groupBy(offers, ({ productId }) => productId);
  return products.map((product) => ({
    product,
    variants: (variantsBy.get(product.id) ?? []).filter(({ archived }) => !archived),
    offers: (offersBy.get(product.id) ?? []).filter(({ state }) => state !== "archived"),
  }));
}

const refOf = ({ externalRef, id }: Product) => externalRef ?? id;

function toJsonLine({ product, variants, offers }: Master, category: string): string {
  const row = {
    ref: refOf(product),
    category,
    slug: product.slug,
    titles: product.titles,
    descriptions: product.descriptions,
    brand: product.brand,
    mpn: product.mpn,
    attributes: product.attributes,
    options: product.options,
    variants: variants.map((variant) => ({
      values: valuesOf(product.options, variant.key),
      gtin: variant.gtin,
      mpn: variant.mpn,
      weightGrams: variant.weightGrams,
      measures: variant.measures,
      offer: toOfferRow(offers.find(({ variantId }) => variantId === variant.id)),
    })),
  };
  return `${JSON.stringify(row)}\n`;
}

function toOfferRow(offer: Offer | undefined) {
  if (!offer || offer.state === "archived") return undefined;
  const { sku, price, state, minQuantity, stepQuantity, maxQuantity } = offer;
  return { sku, price: toMoneyDto(price), state, minQuantity, stepQuantity, maxQuantity };
}

const packed = ({ code, names }: { code: string; names: ProductOption["names"] }) =>
  [code, names.en, ...(names.id === undefined ? [] : [names.id])].join("|");

function toCsvLines({ product, variants, offers }: Master, category: string): string {
  const lines = variants.map((variant, i) => {
    const offer = offers.find(({ variantId }) => variantId === variant.id);
    const values = valuesOf(product.options, variant.key);
    const axes = [0, 1, 2].flatMap((n) => {
      const option = product.options[n];
      const value = option?.values.find(({ code }) => code === values[option.code]);
      return [option ? packed(option) : "", value ? packed(value) : ""];
    });
    return [
      refOf(product),
      ...(i === 0 ? productFields(product, category) : Array.from({ length: 9 }, () => "")),
      ...axes,
      offer?.sku ?? "",
      offer ? fromMinor(offer.price.minor) : "",
      variant.gtin ?? "",
      variant.mpn ?? "",
      String(variant.weightGrams),
      String(variant.measures?.lengthMm ?? ""),
      String(variant.measures?.widthMm ?? ""),
      String(variant.measures?.heightMm ?? ""),
      String(offer?.minQuantity ?? ""),
      String(offer?.stepQuantity ?? ""),
      String(offer?.maxQuantity ?? ""),
    ];
  });
  return lines.map(formatCsv).join("");
}

const productFields = (product: Product, category: string): readonly string[] => [
  category,
  product.slug,
  product.titles.en,
  product.titles.id ?? "",
  product.descriptions?.en ?? "",
  product.descriptions?.id ?? "",
  product.brand ?? "",
  product.mpn ?? "",
  Object.keys(product.attributes).length === 0 ? "" : JSON.stringify(product.attributes),
];
