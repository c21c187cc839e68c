import type { Address, Pickup, Shipment, Status } from "./types.ts";

const address = (one: Address): object => ({ object: "Address", mode: "test", residential: null, ...one });

export const statusOf = ({ bought, details }: Shipment): Status =>
  details.at(-1)?.status ?? (bought ? "pre_transit" : "unknown");

/** https://docs.easypost.com/docs/trackers */
export function trackerAnswer(shipment: Shipment): object | null {
  const { bought, details, createdAt } = shipment;
  if (!bought) return null;
  return {
    object: "Tracker",
    id: bought.trackerId,
    mode: "test",
    tracking_code: bought.trackingCode,
    status: statusOf(shipment),
    status_detail: "unknown",
    created_at: createdAt,
    updated_at: details.at(-1)?.datetime ?? createdAt,
    signed_by: null,
    weight: null,
    est_delivery_date: null,
    shipment_id: shipment.id,
    carrier: bought.rate.carrier,
    public_url: `https://track.easypost.com/${bought.trackerId}`,
    tracking_details: details.map(({ message, status, datetime, city }) => ({
      object: "TrackingDetail",
      message,
      description: null,
      status,
      status_detail: "unknown",
      datetime,
      source: bought.rate.carrier,
      carrier_code: null,
      tracking_location: { object: "TrackingLocation", city, state: null, country: null, zip: null },
    })),
    carrier_detail: null,
    finalized: isFinal(statusOf(shipment)),
    is_return: shipment.isReturn,
    fees: [],
  };
}

const isFinal = (status: Status): boolean => ["delivered", "return_to_sender"].includes(status);

function labelAnswer({ bought, formats, createdAt }: Shipment, url: string): object | null {
  if (!bought) return null;
  const file = (ending: string) => `${url}/labels/${bought.labelId}.${ending}`;
  return {
    object: "PostageLabel",
    id: bought.labelId,
    created_at: createdAt,
    date_advance: 0,
    integrated_form: "none",
    label_date: createdAt,
    label_resolution: 300,
    label_size: "4x6",
    label_type: "default",
    label_file_type: "application/pdf",
    label_url: file("pdf"),
    label_pdf_url: formats.includes("PDF") ? file("pdf") : null,
    label_zpl_url: formats.includes("ZPL") ? file("zpl") : null,
    label_epl2_url: null,
    label_file: null,
  };
}

const rate = (shipmentId: string, one: Shipment["rates"][number]): object => ({
  object: "Rate",
  mode: "test",
  ...one,
  list_rate: one.rate,
  list_currency: one.currency,
  retail_rate: null,
  retail_currency: null,
  delivery_date: null,
  delivery_date_guaranteed: false,
  est_delivery_days: one.delivery_days,
  shipment_id: shipmentId,
  carrier_account_id: "ca_sandbox",
  billing_type: "easypost",
});

/** https://docs.easypost.com/docs/shipments */
export function shipmentAnswer(shipment: Shipment, url: string): object {
  const { id, bought, createdAt } = shipment;
  return {
    object: "Shipment",
    id,
    mode: "test",
    created_at: createdAt,
    updated_at: createdAt,
    reference: shipment.reference,
    is_return: shipment.isReturn,
    status: statusOf(shipment),
    from_address: address(shipment.from),
    to_address: address(shipment.to),
    buyer_address: address(shipment.to),
    return_address: address(shipment.from),
    parcel: {
      object: "Parcel",
      length: null,
      width: null,
      height: null,
      predefined_package: null,
      weight: shipment.ounces,
    },
    customs_info: null,
    insurance: bought?.insurance ?? null,
    options: { currency: shipment.rates[0]?.currency ?? null, label_format: "PDF" },
    messages: [],
    rates: shipment.rates.map((one) => rate(id, one)),
    selected_rate: bought ? rate(id, bought.rate) : null,
    postage_label: labelAnswer(shipment, url),
    tracking_code: bought?.trackingCode ?? null,
    tracker: trackerAnswer(shipment),
    refund_status: shipment.refund,
    scan_form: null,
    forms: [],
    fees: [],
    order_id: null,
    usps_zone: null,
  };
}

/** https://docs.easypost.com/docs/pickups */
export const pickupAnswer = (pickup: Pickup): object => ({
  object: "Pickup",
  id: pickup.id,
  mode: "test",
  status: pickup.confirmation === null ? "unknown" : "scheduled",
  confirmation: pickup.confirmation,
  messages: [],
  pickup_rates: pickup.rates.map((one) => ({
    object: "PickupRate",
    pickup_id: pickup.id,
    mode: "test",
    ...one,
  })),
});

/** https://docs.easypost.com/docs/events */
export const eventBody = (id: string, description: string, result: object): object => ({
  object: "Event",
  id,
  mode: "test",
  description,
  previous_attributes: {},
  created_at: new Date().toISOString(),
  updated_at: new Date().toISOString(),
  pending_urls: [],
  completed_urls: [],
  status: "pending",
  result,
});

/** The columns of the shipment invoice report, as an event's result. */
export const invoiceResult = (
  shipment: Shipment,
  { amount, ounces }: { amount: string; ounces: number | null },
): object => ({
  object: "ShipmentInvoice",
  id: `shpinv_${shipment.id.slice(4)}`,
  shipment_id: shipment.id,
  tracking_code: shipment.bought?.trackingCode ?? null,
  carrier: shipment.bought?.rate.carrier ?? null,
  quoted_currency: shipment.bought?.rate.currency ?? null,
  quoted_amount: shipment.bought?.rate.rate ?? null,
  final_invoice_amount: amount,
  claimed_weight: shipment.ounces,
  captured_weight: ounces,
  status: "processed",
});
