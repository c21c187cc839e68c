import type { Schemas } from "../api/schema.gen.ts";
import { language } from "../shell/page.ts";
import type { TypedAddress } from "./draft.ts";

/** The market's own country. */
export const COUNTRY = new Intl.Locale(language).region ?? "ID";

const DIAL: { readonly [country: string]: string } = { ID: "+62", SG: "+65", GB: "+44" };

/** A number as people write it, in the form of the world: 0812-3456-7890 is +6281234567890. */
function toE164(given: string, country = COUNTRY): string {
  const digits = given.replaceAll(/[^\d+]/g, "");
  const dial = DIAL[country] ?? "";
  if (digits.startsWith("+") || digits === "") return digits;
  if (digits.startsWith("0")) return `${dial}${digits.slice(1)}`;
  return digits.startsWith(dial.slice(1)) ? `+${digits}` : `${dial}${digits}`;
}

export type AddressField =
  | "recipient"
  | "phone"
  | "line1"
  | "line2"
  | "village"
  | "district"
  | "city"
  | "region"
  | "postalCode";

/** What an address of the market is asked for, in the order in which it is said. */
export const FIELDS: readonly AddressField[] =
  COUNTRY === "ID"
    ? ["recipient", "phone", "line1", "line2", "region", "city", "district", "village", "postalCode"]
    : ["recipient", "phone", "line1", "line2", "city", "postalCode"];

export const OPTIONAL: ReadonlySet<AddressField> = new Set(["line2", "village"]);

export function toAddress(typed: TypedAddress): Schemas["UserAddressInput"] {
  const of = (field: AddressField) => (typed[field] ?? "").trim();
  const orNull = (field: AddressField) => of(field) || null;
  return {
    recipient: of("recipient"),
    phone: toE164(of("phone")),
    country: COUNTRY,
    region: orNull("region"),
    city: of("city"),
    district: orNull("district"),
    village: orNull("village"),
    postalCode: of("postalCode"),
    line1: of("line1"),
    line2: orNull("line2"),
  };
}

export const toTyped = (address: Schemas["UserAddress"]): TypedAddress =>
  Object.fromEntries(FIELDS.map((field) => [field, address[field] ?? ""]));

/** An address in the lines of a label. */
export function labelLines(of: Schemas["UserAddress"]): readonly string[] {
  const { line1, line2, village, district, city, region, postalCode } = of;
  const place = [village, district, city].filter(Boolean).join(", ");
  return [line1, line2 ?? "", place, [region, postalCode].filter(Boolean).join(" ")].filter(Boolean);
}
