import * as z from "zod";

/** Properties of https://schema.org types, as far as products are told of with them. */
const THING = ["@context", "@id", "@type", "name", "description", "url", "image"];
const PRODUCT = [
  ...THING,
  ...["category", "mpn", "brand", "aggregateRating", "sku", "offers", "weight", "additionalProperty"],
  ...["gtin8", "gtin12", "gtin13", "gtin14", "color", "size", "material", "pattern"],
];
const TERMS: { readonly [type: string]: readonly string[] } = {
  Product: PRODUCT,
  ProductGroup: [...PRODUCT, "productGroupID", "variesBy", "hasVariant"],
  Offer: [
    ...THING,
    ...["sku", "price", "priceCurrency", "availability", "availabilityStarts", "seller"],
    "priceSpecification",
    ...["eligibleQuantity", "shippingDetails", "hasMerchantReturnPolicy"],
  ],
  Brand: THING,
  Organization: THING,
  AggregateRating: [...THING, "ratingValue", "reviewCount", "bestRating", "worstRating"],
  UnitPriceSpecification: [...THING, "priceType", "price", "priceCurrency"],
  QuantitativeValue: [...THING, "value", "minValue", "maxValue", "unitCode"],
  PropertyValue: [...THING, "value"],
  OfferShippingDetails: [...THING, "shippingRate", "shippingDestination", "deliveryTime"],
  MonetaryAmount: [...THING, "value", "currency"],
  DefinedRegion: [...THING, "addressCountry"],
  ShippingDeliveryTime: [...THING, "transitTime"],
  MerchantReturnPolicy: [
    ...THING,
    ...["applicableCountry", "returnPolicyCategory", "merchantReturnDays", "returnMethod"],
  ],
};

/** Every object says what it is, and has only properties that its type has. */
export function strangeTerms(part: unknown, path = "$"): readonly string[] {
  if (Array.isArray(part)) return part.flatMap((one, i) => strangeTerms(one, `${path}[${i}]`));
  if (part === null || typeof part !== "object") return [];
  const known = TERMS[String((part as { "@type"?: string })["@type"])];
  if (!known) return [`${path} is of no known type`];
  return Object.entries(part).flatMap(([name, value]) => [
    ...(known.includes(name) ? [] : [`${path}.${name}`]),
    ...strangeTerms(value, `${path}.${name}`),
  ]);
}

const money = z.string().regex(/^\d+\.\d{2} [A-Z]{3}$/);
const country = z.string().regex(/^[A-Z]{2}$/);
/** Of https://developers.openai.com/commerce/specs/file-upload/products, the fields that are in the feed. */
export const zFeedRow = z.strictObject({
  is_eligible_search: z.boolean(),
  is_eligible_checkout: z.boolean(),
  item_id: z.string().min(1).max(100),
  title: z.string().min(1).max(150),
  description: z.string().min(1).max(5_000),
  url: z.url(),
  brand: z.string().max(70).optional(),
  gtin: z
    .string()
    .regex(/^\d{8,14}$/)
    .optional(),
  mpn: z.string().max(70).optional(),
  product_category: z.string(),
  image_url: z.url().optional(),
  additional_image_urls: z.string().optional(),
  price: money,
  sale_price: money.optional(),
  availability: z.enum(["in_stock", "out_of_stock", "pre_order", "backorder", "unknown"]),
  availability_date: z.string().optional(),
  group_id: z.string().max(70),
  listing_has_variations: z.boolean(),
  variant_dict: z.record(z.string(), z.string()).optional(),
  offer_id: z.string(),
  weight: z.string().optional(),
  item_weight_unit: z.string().optional(),
  seller_name: z.string().max(70),
  seller_url: z.url(),
  accepts_returns: z.boolean(),
  return_deadline_in_days: z.int().positive().optional(),
  review_count: z.int().optional(),
  star_rating: z.string().optional(),
  target_countries: z.array(country),
  store_country: country,
});
