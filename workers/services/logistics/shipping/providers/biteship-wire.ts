import * as z from "zod";
import type { Label, Party } from "../domain/label.ts";
import type { LiveRate } from "../domain/rate.ts";
import type { RateAsk } from "./port.ts";

/** Prices are whole rupiah; the currency has two decimals. */
export const toMinor = (rupiah: number): bigint => BigInt(Math.round(rupiah)) * 100n;
const toRupiah = (minor: bigint): number => Number(minor / 100n);

const zPricing = z.looseObject({
  courier_name: z.string(),
  courier_code: z.string().min(1).max(60),
  courier_service_name: z.string(),
  courier_service_code: z.string().min(1).max(60),
  price: z.number(),
  duration: z.string().nullish(),
  shipment_duration_range: z.string().nullish(),
  shipment_duration_unit: z.string().nullish(),
  available_for_cash_on_delivery: z.boolean().nullish(),
  available_for_insurance: z.boolean().nullish(),
  currency: z.string().nullish(),
});

/** https://biteship.com/en/docs/api/rates/retrieve */
export const zRates = z.looseObject({
  success: z.literal(true),
  object: z.literal("courier_pricing"),
  pricing: z.array(z.unknown()).max(500),
});

/** https://biteship.com/en/docs/api/draft_orders/overview */
export const zDraft = z.looseObject({
  success: z.literal(true),
  id: z.string().min(1),
  order_id: z.string().nullish(),
  price: z.number().nullish(),
  status: z.string(),
});

/** https://biteship.com/en/docs/api/orders/overview */
export const zOrder = z.looseObject({
  success: z.literal(true),
  id: z.string().min(1),
  price: z.number(),
  status: z.string(),
  reference_id: z.string().nullish(),
  courier: z.looseObject({ waybill_id: z.string().nullish() }),
});

/** Errors come as HTTP 400 with a code of eight digits. */
const zRefusal = z.looseObject({ success: z.literal(false), error: z.string().optional(), code: z.number() });
export const refusalOf = (body: unknown): string | undefined => {
  const { data } = zRefusal.safeParse(body);
  return data && `${data.code} ${data.error ?? ""}`.trim().slice(0, 200);
};

/** "1 - 2" days, "6 - 8" hours, or "Same Day". */
function daysOf({ shipment_duration_range: range, shipment_duration_unit: unit }: z.output<typeof zPricing>) {
  const numbers = (range ?? "").match(/\d+/g)?.map(Number) ?? [];
  if (unit?.startsWith("hour")) return { minDays: 0, maxDays: Math.ceil((numbers.at(-1) ?? 24) / 24) };
  const [first = 1] = numbers;
  return { minDays: first, maxDays: numbers.at(-1) ?? Math.max(first, 5) };
}

/** Undefined for an entry that is not one; the others of the answer count all the same. */
export function toLiveRate(entry: unknown): LiveRate | undefined {
  const { data } = zPricing.safeParse(entry);
  if (!data || (data.currency ?? "IDR") !== "IDR" || !Number.isFinite(data.price)) return undefined;
  return {
    carrier: data.courier_code.toLowerCase(),
    service: data.courier_service_code.toLowerCase(),
    name: `${data.courier_name} ${data.courier_service_name}`.slice(0, 100),
    priceMinor: toMinor(data.price),
    ...daysOf(data),
    cash: data.available_for_cash_on_delivery === true,
    insurable: data.available_for_insurance === true,
  };
}

const isCode = (text: string): boolean => /^\d{5}$/.test(text);

export const toRateBody = ({ origin, destination, grams, goodsMinor, couriers }: RateAsk) => ({
  ...(isCode(origin.postalCode) && { origin_postal_code: Number(origin.postalCode) }),
  ...(isCode(destination.postalCode) && { destination_postal_code: Number(destination.postalCode) }),
  ...(origin.latitude !== null && { origin_latitude: origin.latitude, origin_longitude: origin.longitude }),
  ...(typeof destination.latitude === "number" && {
    destination_latitude: destination.latitude,
    destination_longitude: destination.longitude,
  }),
  couriers: couriers.join(","),
  items: [{ name: "Parcel", value: toRupiah(goodsMinor), weight: grams, quantity: 1 }],
});

const streetOf = ({ line1, line2, village, district, city, region }: Party): string =>
  [line1, line2, village, district, city, region].filter((part) => part).join(", ");

const end = (side: "origin" | "destination", party: Party) => ({
  [`${side}_contact_name`]: party.name,
  [`${side}_contact_phone`]: party.phone,
  [`${side}_address`]: streetOf(party),
  ...(isCode(party.postalCode) && { [`${side}_postal_code`]: Number(party.postalCode) }),
  ...(party.latitude !== null && {
    [`${side}_coordinate`]: { latitude: party.latitude, longitude: party.longitude },
  }),
});

/** https://biteship.com/en/docs/api/orders/create, the same for a draft. */
export function toDraftBody(label: Label): object {
  const { carrier, service, sender, receiver, contents, parcelGrams, cashMinor, goodsMinor } = label;
  const units = contents.reduce((sum, { quantity }) => sum + quantity, 0);
  return {
    ...end("origin", sender),
    ...end("destination", receiver),
    ...(cashMinor !== null && {
      destination_cash_on_delivery: toRupiah(cashMinor),
      destination_cash_on_delivery_type: "7_days",
    }),
    courier_company: carrier,
    courier_type: service,
    ...(label.isInsured && { courier_insurance: toRupiah(goodsMinor) }),
    delivery_type: "now",
    reference_id: label.id,
    items: contents.map(({ name, sku, quantity, valueMinor }) => ({
      name: name.slice(0, 100),
      sku,
      quantity,
      value: toRupiah(BigInt(valueMinor)),
      weight: Math.max(1, Math.ceil(parcelGrams / Math.max(1, units))),
    })),
  };
}
