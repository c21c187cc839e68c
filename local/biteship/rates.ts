/** A service of a courier: rupiah for the first kilogram, what each more costs, and by how far it goes. */
export interface Service {
  company: string;
  type: string;
  courierName: string;
  serviceName: string;
  base: number;
  perKilogram: number;
  /** For each postal region between origin and destination. */
  perRegion: number;
  days: readonly [number, number];
  cash: boolean;
  insurance: boolean;
}

const SERVICES: readonly Service[] = [
  {
    company: "jne",
    type: "reg",
    courierName: "JNE",
    serviceName: "Reguler",
    base: 10_000,
    perKilogram: 9_000,
    perRegion: 2_500,
    days: [2, 3],
    cash: true,
    insurance: true,
  },
  {
    company: "jne",
    type: "yes",
    courierName: "JNE",
    serviceName: "Yakin Esok Sampai (YES)",
    base: 18_000,
    perKilogram: 17_000,
    perRegion: 4_000,
    days: [1, 1],
    cash: false,
    insurance: true,
  },
  {
    company: "jnt",
    type: "ez",
    courierName: "J&T",
    serviceName: "EZ",
    base: 9_500,
    perKilogram: 9_500,
    perRegion: 2_500,
    days: [2, 4],
    cash: true,
    insurance: true,
  },
  {
    company: "sicepat",
    type: "reg",
    courierName: "SiCepat",
    serviceName: "Reguler",
    base: 9_000,
    perKilogram: 9_000,
    perRegion: 3_000,
    days: [2, 3],
    cash: true,
    insurance: true,
  },
  {
    company: "anteraja",
    type: "reg",
    courierName: "AnterAja",
    serviceName: "Reguler",
    base: 9_000,
    perKilogram: 8_500,
    perRegion: 2_500,
    days: [2, 4],
    cash: false,
    insurance: false,
  },
];

export interface Asked {
  fromPostal: string;
  toPostal: string;
  grams: number;
}

const region = (postal: string): number => Number(postal[0] ?? 0);

/** A started kilogram is a kilogram. */
export function priceOf(
  { base, perKilogram, perRegion }: Service,
  { fromPostal, toPostal, grams }: Asked,
): number {
  const kilograms = Math.max(1, Math.ceil(grams / 1_000));
  return base + (kilograms - 1) * perKilogram + Math.abs(region(fromPostal) - region(toPostal)) * perRegion;
}

export const findService = (company: string, type: string): Service | undefined =>
  SERVICES.find((one) => one.company === company && one.type === type);

const place = (postal: string) => ({
  location_id: null,
  latitude: null,
  longitude: null,
  postal_code: Number(postal),
  country_name: "Indonesia",
  country_code: "ID",
  address: null,
});

/** https://biteship.com/en/docs/api/rates/retrieve */
export function ratesAnswer(asked: Asked, companies: readonly string[], factor: number): object {
  return {
    success: true,
    object: "courier_pricing",
    message: "Success to retrieve courier pricing",
    code: 20_001_003,
    origin: place(asked.fromPostal),
    destination: place(asked.toPostal),
    pricing: SERVICES.filter(({ company }) => companies.includes(company)).map((service) => ({
      available_collection_method: ["pickup"],
      available_for_cash_on_delivery: service.cash,
      available_for_proof_of_delivery: false,
      available_for_instant_waybill_id: true,
      available_for_insurance: service.insurance,
      company: service.company,
      courier_name: service.courierName,
      courier_code: service.company,
      courier_service_name: service.serviceName,
      courier_service_code: service.type,
      description: "Layanan reguler",
      duration: `${service.days[0]} - ${service.days[1]} days`,
      shipment_duration_range: `${service.days[0]} - ${service.days[1]}`,
      shipment_duration_unit: "days",
      service_type: "standard",
      shipping_type: "parcel",
      price: Math.round(priceOf(service, asked) * factor),
      type: service.type,
    })),
  };
}
