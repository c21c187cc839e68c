import type { ShippingAddress } from "../domain/checkout.ts";

/** The fields of a parcel's label, without what belongs to the address book. */
export function toSnapshot(address: ShippingAddress): ShippingAddress {
  const { recipient, phone, country, region, city, district, village, postalCode, line1, line2 } = address;
  const { latitude, longitude } = address;
  return {
    recipient,
    phone,
    country,
    region,
    city,
    district,
    village,
    postalCode,
    line1,
    line2,
    latitude,
    longitude,
  };
}
