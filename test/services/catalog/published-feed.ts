import * as z from "zod";

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
