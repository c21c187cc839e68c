export interface Account {
  apiKey: string;
  /** Where notifications go, and the header by which they are known, as the dashboard asks for them. */
  webhookUrl: string;
  webhookHeader: string;
  webhookSecret: string;
}

/** https://biteship.com/en/docs/api/trackings/status */
export const STATUSES = [
  "confirmed",
  "scheduled",
  "allocated",
  "picking_up",
  "picked",
  "in_transit",
  "dropping_off",
  "return_in_transit",
  "on_hold",
  "delivered",
  "rejected",
  "courier_not_found",
  "returned",
  "cancelled",
  "disposed",
] as const;
export type Status = (typeof STATUSES)[number];

export interface History {
  note: string;
  service_type: string;
  updated_at: string;
  status: Status;
}

export interface Place {
  contact_name: string;
  address: string;
}

export interface Parcel {
  trackingId: string;
  orderId: string;
  apiKey: string;
  waybillId: string;
  company: string;
  type: string;
  origin: Place;
  destination: Place;
  reference: string | null;
  price: number;
  /** Rupiah that the courier takes at the door; 0 takes none. */
  cash?: number;
  /** The courier gives its number later: until then the order has none. */
  waybillLater?: boolean;
  history: History[];
}

export interface Delivery {
  id: string;
  waybillId: string;
  status: Status;
  state: "held" | "pending" | "sent" | "dropped";
  /** HTTP status, or what went wrong. */
  result?: number | string;
}
