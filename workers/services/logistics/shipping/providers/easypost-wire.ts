import * as z from "zod";
import type { Currency } from "#kernel/money";
import type { Label, Party } from "../domain/label.ts";
import type { Destination, LiveRate } from "../domain/rate.ts";

const GRAMS_PER_OUNCE = 28.349523125;
/** Weights are ounces with one decimal; a started tenth is a tenth. */
export const toOunces = (grams: number): number => Math.ceil((grams / GRAMS_PER_OUNCE) * 10) / 10;
export const toGrams = (ounces: number): number => Math.round(ounces * GRAMS_PER_OUNCE);

/** Amounts are decimal strings of the currency's main unit. */
export function toMinor(amount: string): bigint | undefined {
  const parts = /^(\d{1,12})(?:\.(\d{1,2})\d*)?$/.exec(amount);
  return parts ? BigInt(parts[1] ?? "0") * 100n + BigInt((parts[2] ?? "").padEnd(2, "0")) : undefined;
}
export const toAmount = (minor: bigint): string =>
  `${minor / 100n}.${(minor % 100n).toString().padStart(2, "0")}`;

const zRate = z.looseObject({
  id: z.string().min(1),
  carrier: z.string().min(1).max(60),
  service: z.string().min(1).max(60),
  rate: z.string(),
  currency: z.string(),
  delivery_days: z.int().nullish(),
  est_delivery_days: z.int().nullish(),
});
export type WireRate = z.output<typeof zRate>;

const zPostageLabel = z.looseObject({
  label_url: z.string().nullish(),
  label_pdf_url: z.string().nullish(),
  label_zpl_url: z.string().nullish(),
  label_file_type: z.string().nullish(),
});

/** https://docs.easypost.com/docs/shipments */
export const zShipment = z.looseObject({
  object: z.literal("Shipment"),
  id: z.string().min(1),
  rates: z.array(z.unknown()).max(500),
  selected_rate: zRate.nullish(),
  tracking_code: z.string().nullish(),
  refund_status: z.string().nullish(),
  postage_label: zPostageLabel.nullish(),
});
export type WireShipment = z.output<typeof zShipment>;

/** https://docs.easypost.com/docs/pickups */
export const zPickup = z.looseObject({
  object: z.literal("Pickup"),
  id: z.string().min(1),
  confirmation: z.string().nullish(),
  pickup_rates: z.array(z.looseObject({ carrier: z.string(), service: z.string(), rate: z.string() })),
});

const zError = z.looseObject({
  error: z.looseObject({ code: z.string(), message: z.union([z.string(), z.array(z.string())]).optional() }),
});
export const errorOf = (body: unknown): { readonly code: string; readonly words: string } | undefined => {
  const { data } = zError.safeParse(body);
  if (!data) return undefined;
  const { code, message = "" } = data.error;
  return { code, words: `${code} ${message}`.trim().slice(0, 200) };
};

/** Entries that are none, or of another currency, are left out; the others count all the same. */
export const ratesOf = (shipment: WireShipment, currency: Currency): readonly WireRate[] =>
  shipment.rates.flatMap((entry) => {
    const { data } = zRate.safeParse(entry);
    return data?.currency === currency ? [data] : [];
  });

export function toLiveRate(rate: WireRate): LiveRate | undefined {
  const priceMinor = toMinor(rate.rate);
  if (priceMinor === undefined) return undefined;
  const days = rate.delivery_days ?? rate.est_delivery_days ?? undefined;
  return {
    carrier: rate.carrier,
    service: rate.service,
    name: `${rate.carrier} ${rate.service}`,
    priceMinor,
    minDays: days ?? 2,
    maxDays: days ?? 7,
    cash: false,
    insurable: true,
  };
}

/** A rate needs the place and no street; EasyPost asks for one, so the city stands there. */
export const toPlace = ({ country, region, city, postalCode }: Destination) => ({
  street1: city,
  city,
  ...(region && { state: region }),
  zip: postalCode,
  country,
});

export const toAddress = (party: Party) => ({
  name: party.name,
  phone: party.phone,
  street1: party.line1,
  ...(party.line2 && { street2: party.line2 }),
  city: party.city,
  ...(party.region && { state: party.region }),
  zip: party.postalCode,
  country: party.country,
});

/** https://docs.easypost.com/docs/shipments: what is to be labelled, with its name at the platform. */
export const toShipmentBody = (label: Label) => ({
  shipment: {
    reference: label.id,
    from_address: toAddress(label.sender),
    to_address: toAddress(label.receiver),
    parcel: { weight: toOunces(label.parcelGrams) },
    options: { label_format: "PDF", print_custom_1: label.orderId, currency: label.currency },
    ...(label.kind === "return" && { is_return: true }),
  },
});
