export interface Account {
  apiKey: string;
  /** What its rates are in; EasyPost takes it from the sender's country. */
  currency: string;
  webhookUrl: string;
  webhookSecret: string;
}

export interface Address {
  name: string;
  phone: string;
  street1: string;
  street2: string | null;
  city: string;
  state: string | null;
  zip: string;
  country: string;
}

export interface Rate {
  id: string;
  carrier: string;
  service: string;
  rate: string;
  currency: string;
  delivery_days: number;
}

/** https://docs.easypost.com/docs/trackers */
export const STATUSES = [
  "unknown",
  "pre_transit",
  "in_transit",
  "out_for_delivery",
  "delivered",
  "available_for_pickup",
  "return_to_sender",
  "failure",
  "cancelled",
  "error",
] as const;
export type Status = (typeof STATUSES)[number];

export interface Detail {
  message: string;
  status: Status;
  datetime: string;
  city: string | null;
}

export type RefundStatus = "submitted" | "refunded" | "rejected" | "not_applicable";

export interface Shipment {
  id: string;
  apiKey: string;
  reference: string | null;
  from: Address;
  to: Address;
  ounces: number;
  isReturn: boolean;
  rates: Rate[];
  /** Undefined until it is bought. */
  bought?: { rate: Rate; trackingCode: string; trackerId: string; labelId: string; insurance: string | null };
  /** Which documents of the label were made. */
  formats: ("PDF" | "ZPL")[];
  refund: RefundStatus | null;
  details: Detail[];
  createdAt: string;
}

export interface Pickup {
  id: string;
  apiKey: string;
  shipmentId: string;
  rates: { carrier: string; service: string; rate: string; currency: string }[];
  confirmation: string | null;
}

export interface Delivery {
  id: string;
  shipmentId: string;
  description: string;
  state: "held" | "pending" | "sent" | "dropped";
  tries: number;
  /** HTTP status, or what went wrong. */
  result?: number | string;
}

export interface NewShipment {
  reference: string | null;
  from: Address;
  to: Address;
  ounces: number;
  isReturn: boolean;
}
