import { textIn } from "#kernel/texts";
import { productUrl, toDecimal } from "./json-ld.ts";
import { availabilityOf, type ProductView, type ViewOffer, type ViewVariant } from "./view.ts";

const TITLE_CHARS_MAX = 150;
const DESCRIPTION_CHARS_MAX = 5_000;

/** YYYY-MM-DD. */
const DATE_CHARS = 10;
const AVAILABILITY = {
  in_stock: "in_stock",
  preorder: "pre_order",
  backorder: "backorder",
  sold_out: "out_of_stock",
} as const;

/** The feed has no field for what a parcel costs. */
type FeedView = Omit<ProductView, "shipping">;

/**
 * The lines of OpenAI's product feed for a product: one for each offer of each shop, since an agent buys an
 * offer. What is not known is left out. https://developers.openai.com/commerce/specs/file-upload/products
 */
export function feedRows(view: FeedView, { origin }: { readonly origin: string }) {
  return view.page.variants.flatMap((variant) =>
    variant.offers.map((offer) => rowOf(view, variant, offer, origin)),
  );
}

function rowOf(view: FeedView, variant: ViewVariant, offer: ViewOffer, origin: string) {
  const { page, locale, country, rating } = view;
  const { kind, promisedAt } = availabilityOf(view, offer);
  const title = textIn(page.titles, locale);
  const description = page.descriptions ? textIn(page.descriptions, locale) : title;
  const [image, ...more] = page.media.filter(({ kind }) => kind === "picture").map(({ url }) => origin + url);
  const days = page.category?.returnDays ?? 0;
  const { price, priorPrice } = offer;
  const money = (of: typeof price) => `${toDecimal(of.minor)} ${of.currency}`;
  return {
    is_eligible_search: image !== undefined,
    is_eligible_checkout: false,
    item_id: offer.id,
    title: `${title}${variant.label === "" ? "" : ` - ${variant.label}`}`.slice(0, TITLE_CHARS_MAX),
    description: description.slice(0, DESCRIPTION_CHARS_MAX),
    url: productUrl(origin, page.slug, variant.id),
    ...(page.brand === null ? {} : { brand: page.brand }),
    ...(variant.gtin === null ? {} : { gtin: variant.gtin }),
    ...((variant.mpn ?? page.mpn) === null ? {} : { mpn: variant.mpn ?? page.mpn }),
    product_category: page.category?.breadcrumbs.map(({ names }) => textIn(names, locale)).join(" > "),
    ...(image === undefined ? {} : { image_url: image }),
    ...(more.length === 0 ? {} : { additional_image_urls: more.join(",") }),
    price: money(priorPrice ?? price),
    ...(priorPrice === null ? {} : { sale_price: money(price) }),
    availability: AVAILABILITY[kind],
    ...(promisedAt === null ? {} : { availability_date: promisedAt.slice(0, DATE_CHARS) }),
    group_id: page.id,
    listing_has_variations: page.variants.length > 1,
    ...(page.options.length === 0 ? {} : { variant_dict: variant.values }),
    offer_id: offer.sku,
    ...(variant.weightGrams === 0 ? {} : { weight: String(variant.weightGrams), item_weight_unit: "g" }),
    seller_name: offer.seller.name,
    seller_url: `${origin}/shops/${offer.seller.slug}`,
    accepts_returns: days > 0,
    ...(days > 0 ? { return_deadline_in_days: days } : {}),
    ...(rating && rating.count > 0
      ? { review_count: rating.count, star_rating: (Math.round(rating.mean * 100) / 100).toFixed(2) }
      : {}),
    target_countries: [country],
    store_country: country,
  };
}
