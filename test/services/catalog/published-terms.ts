import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** schema.org as its package publishes it: interfaces that extend others, and members of lists as strings. */
const PUBLISHED = readFileSync(
  fileURLToPath(import.meta.resolve("schema-dts")).replace(/\.js$/, ".d.ts"),
  "utf8",
);
const OF_ALL = ["@context", "@type", "@id"];
const known = new Map<string, ReadonlySet<string>>();

/** The properties of an interface and of all that it extends; undefined where there is no such one. */
function propertiesOf(name: string): ReadonlySet<string> | undefined {
  const before = known.get(name);
  if (before) return before;
  const start = new RegExp(`^(?:export )?interface ${name} (?:extends ([^{]+) )?\\{$`, "m").exec(PUBLISHED);
  if (!start) return undefined;
  const from = start.index + start[0].length;
  const body = PUBLISHED.slice(from, PUBLISHED.indexOf("\n}", from));
  const own = [...body.matchAll(/^ {4}"([^"]+)"\??:/gm)].map(([, property = ""]) => property);
  const above = (start[1] ?? "").split(",").flatMap((one) => [...(propertiesOf(one.trim()) ?? [])]);
  const all = new Set([...own, ...above]);
  known.set(name, all);
  return all;
}

const strange = (value: unknown): boolean =>
  typeof value === "string" &&
  /^https:\/\/schema\.org\/[A-Z]/.test(value) &&
  !PUBLISHED.includes(`"${value}"`);

/** Every object is of a published type, and has only properties and members of lists that are published. */
export function strangeTerms(part: unknown, path = "$"): readonly string[] {
  if (Array.isArray(part)) return part.flatMap((one, i) => strangeTerms(one, `${path}[${i}]`));
  if (strange(part)) return [path];
  if (part === null || typeof part !== "object") return [];
  const properties = propertiesOf(`${String((part as { "@type"?: string })["@type"])}Leaf`);
  if (!properties) return [`${path} is of no known type`];
  return Object.entries(part).flatMap(([name, value]) => [
    ...(OF_ALL.includes(name) || properties.has(name) ? [] : [`${path}.${name}`]),
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
