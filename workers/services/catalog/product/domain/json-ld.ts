import { textIn } from "#kernel/texts";
import { availabilityOf, type ProductView, type ViewOffer, type ViewVariant } from "./view.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonLd = { readonly [name: string]: Json };
type Where = {
  /** Scheme and host of the storefront, without a slash at the end. */
  readonly origin: string;
};

/** Options that schema.org has a property of its own for; others are named as they are. */
const AXES: { readonly [option: string]: string } = {
  color: "color",
  colour: "color",
  size: "size",
  material: "material",
  pattern: "pattern",
};

/** Members of https://schema.org/ItemAvailability. */
const AVAILABILITY = {
  in_stock: "InStock",
  preorder: "PreOrder",
  backorder: "BackOrder",
  sold_out: "OutOfStock",
} as const;

/**
 * A product as schema.org has it, for search engines: a Product where there is one variant, else a
 * ProductGroup of them, each with an Offer for every shop that sells it.
 */
export function productJsonLd(view: ProductView, { origin }: Where): JsonLd {
  const { page } = view;
  const [only, ...more] = page.variants;
  const shared = describe(view, origin);
  if (!only) return { "@context": "https://schema.org", "@type": "Product", ...shared };
  if (more.length === 0 && page.options.length === 0) {
    return {
      "@context": "https://schema.org",
      "@type": "Product",
      ...shared,
      ...variantOf(view, only, origin),
    };
  }
  return {
    "@context": "https://schema.org",
    "@type": "ProductGroup",
    ...shared,
    productGroupID: page.id,
    variesBy: page.options.map(({ code }) => (AXES[code] ? `https://schema.org/${AXES[code]}` : code)),
    hasVariant: page.variants.map((variant) => ({
      "@type": "Product",
      name: `${textIn(page.titles, view.locale)} - ${nameOf(view, variant)}`,
      ...imagesOf(view, origin),
      ...variantOf(view, variant, origin),
    })),
  };
}

/** Ready to stand between script tags: nothing in it can end them. */
export const toScriptText = (data: JsonLd): string => JSON.stringify(data).replaceAll("<", "\\u003c");

export const productUrl = (origin: string, slug: string, variantId?: string): string =>
  `${origin}/products/${slug}${variantId === undefined ? "" : `?variant=${variantId}`}`;

function describe({ page, locale, rating }: ProductView, origin: string): JsonLd {
  const description = page.descriptions ? textIn(page.descriptions, locale) : undefined;
  const category = page.category?.breadcrumbs.map(({ names }) => textIn(names, locale)).join(" > ");
  return {
    "@id": productUrl(origin, page.slug),
    name: textIn(page.titles, locale),
    url: productUrl(origin, page.slug),
    ...imagesOf({ page }, origin),
    ...given({
      description,
      category,
      mpn: page.mpn,
      brand: page.brand === null ? null : { "@type": "Brand", name: page.brand },
    }),
    ...(rating && rating.count > 0
      ? {
          aggregateRating: {
            "@type": "AggregateRating",
            ratingValue: Math.round(rating.mean * 10) / 10,
            reviewCount: rating.count,
            bestRating: 5,
            worstRating: 1,
          },
        }
      : {}),
  };
}

function imagesOf({ page }: Pick<ProductView, "page">, origin: string): JsonLd {
  const images = page.media.filter(({ kind }) => kind === "picture").map(({ url }) => `${origin}${url}`);
  return images.length === 0 ? {} : { image: images };
}

const optionsOf = ({ page, locale }: ProductView, { values }: ViewVariant) =>
  page.options.map((option) => {
    const code = values[option.code];
    const value = option.values.find((one) => one.code === code);
    return { option, text: value ? textIn(value.names, locale) : (code ?? "") };
  });

/** By its options, in the page's language; the label is in the market's. */
const nameOf = (view: ProductView, variant: ViewVariant): string =>
  optionsOf(view, variant)
    .map(({ text }) => text)
    .join(" / ") || variant.label;

function variantOf(view: ProductView, variant: ViewVariant, origin: string): JsonLd {
  const { locale } = view;
  const own = optionsOf(view, variant);
  const axes = own.flatMap(({ option, text }) => {
    const axis = AXES[option.code];
    return axis ? [[axis, text] as const] : [];
  });
  const others = own
    .filter(({ option }) => !AXES[option.code])
    .map(({ option, text }) => ({
      "@type": "PropertyValue",
      name: textIn(option.names, locale),
      value: text,
    }));
  const offers = variant.offers.map((offer) => offerOf(view, variant, offer, origin));
  return {
    ...Object.fromEntries(axes),
    ...(others.length === 0 ? {} : { additionalProperty: others }),
    ...given({ mpn: variant.mpn }),
    ...(variant.gtin === null ? {} : { [`gtin${variant.gtin.length}`]: variant.gtin }),
    ...(variant.weightGrams === 0
      ? {}
      : { weight: { "@type": "QuantitativeValue", value: variant.weightGrams, unitCode: "GRM" } }),
    ...(offers.length === 0 ? {} : { sku: variant.id, offers }),
  };
}

function offerOf(view: ProductView, variant: ViewVariant, offer: ViewOffer, origin: string): JsonLd {
  const { page } = view;
  const { price, priorPrice, minQuantity, maxQuantity } = offer;
  const { kind, promisedAt } = availabilityOf(view, offer);
  const limits = given({ minValue: minQuantity > 1 ? minQuantity : undefined, maxValue: maxQuantity });
  return {
    "@type": "Offer",
    "@id": `${productUrl(origin, page.slug)}#${offer.id}`,
    url: productUrl(origin, page.slug, variant.id),
    sku: offer.sku,
    price: toDecimal(price.minor),
    priceCurrency: price.currency,
    availability: `https://schema.org/${AVAILABILITY[kind]}`,
    ...given({ availabilityStarts: promisedAt }),
    seller: { "@type": "Organization", name: offer.seller.name, url: `${origin}/shops/${offer.seller.slug}` },
    ...(priorPrice === null
      ? {}
      : {
          priceSpecification: {
            "@type": "UnitPriceSpecification",
            priceType: "https://schema.org/StrikethroughPrice",
            price: toDecimal(priorPrice.minor),
            priceCurrency: priorPrice.currency,
          },
        }),
    ...(Object.keys(limits).length === 0
      ? {}
      : { eligibleQuantity: { "@type": "QuantitativeValue", ...limits } }),
    ...shippingOf(view, offer),
    ...returnsOf(view),
  };
}

function shippingOf({ shipping, country }: ProductView, { price }: ViewOffer): JsonLd {
  if (!shipping) return {};
  const { rate, freeFrom, minDays, maxDays } = shipping;
  const isFree = freeFrom !== null && BigInt(price.minor) >= BigInt(freeFrom.minor);
  return {
    shippingDetails: {
      "@type": "OfferShippingDetails",
      shippingRate: {
        "@type": "MonetaryAmount",
        value: isFree ? "0.00" : toDecimal(rate.minor),
        currency: rate.currency,
      },
      shippingDestination: { "@type": "DefinedRegion", addressCountry: country },
      deliveryTime: {
        "@type": "ShippingDeliveryTime",
        transitTime: { "@type": "QuantitativeValue", minValue: minDays, maxValue: maxDays, unitCode: "DAY" },
      },
    },
  };
}

function returnsOf({ page, country }: ProductView): JsonLd {
  const days = page.category?.returnDays;
  if (days === undefined) return {};
  const kind = days > 0 ? "MerchantReturnFiniteReturnWindow" : "MerchantReturnNotPermitted";
  return {
    hasMerchantReturnPolicy: {
      "@type": "MerchantReturnPolicy",
      applicableCountry: country,
      returnPolicyCategory: `https://schema.org/${kind}`,
      ...(days > 0 ? { merchantReturnDays: days, returnMethod: "https://schema.org/ReturnByMail" } : {}),
    },
  };
}

/** Every currency here has two decimals (ISO 4217). */
export function toDecimal(minor: string): string {
  const digits = minor.padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Only what is known is said. */
const given = (fields: { readonly [name: string]: Json | undefined }): JsonLd =>
  Object.fromEntries(
    Object.entries(fields).filter(
      (field): field is [string, Json] => field[1] !== undefined && field[1] !== null,
    ),
  );
