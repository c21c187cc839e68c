import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Call, type Endpoint, json, parseJson, type Reply } from "../endpoints.ts";
import { Journal } from "../midtrans/journal.ts";
import { type Asked, findService, priceOf, ratesAnswer } from "./rates.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Account, Parcel } from "./types.ts";
import { orderAnswer, statusOf } from "./wire.ts";

/** An order that is not yet one: it has a price and costs nothing until it is confirmed. */
export interface Draft {
  id: string;
  apiKey: string;
  /** As it was asked for. */
  fields: Record<string, unknown>;
  price: number | null;
  /** The order that it became. */
  orderId: string | null;
}

type Fields = Record<string, unknown>;
type Keyed = (
  faultKey: string,
  act: (account: Account, call: Call) => Reply | Promise<Reply>,
) => (call: Call) => Promise<Reply>;
type Refuse = (status: number, code: number, error: string) => Reply;

const fieldsOf = (body: Buffer): Fields => {
  const value = body.length === 0 ? {} : parseJson(body);
  return (typeof value === "object" && value !== null ? value : {}) as Fields;
};
const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

function weightOf({ items }: Fields): number {
  if (!Array.isArray(items)) return 0;
  return items.reduce((sum, item: Fields) => sum + Number(item.weight ?? 0) * Number(item.quantity ?? 1), 0);
}

const askedOf = (fields: Fields): Asked => ({
  fromPostal: text(fields.origin_postal_code),
  toPostal: text(fields.destination_postal_code),
  grams: weightOf(fields),
});

/** Nothing that has been picked up is taken back. */
const CANCELLABLE = ["confirmed", "scheduled", "allocated", "picking_up"];
const REQUIRED = ["origin_contact_name", "origin_address", "destination_contact_name", "destination_address"];

/** Rates, draft orders and what becomes of an order before it moves. */
export class OrderDesk {
  readonly #drafts = new Map<string, Draft>();
  readonly #journal: Journal<Draft>;

  constructor(dataDir: string) {
    const { journal, records } = Journal.open<Draft>(join(dataDir, "drafts.jsonl"));
    this.#journal = journal;
    for (const draft of records) this.#drafts.set(draft.id, draft);
  }

  close(): void {
    this.#journal.close();
  }

  draft(id: string): Draft | undefined {
    return this.#drafts.get(id);
  }

  save(draft: Draft): Draft {
    this.#journal.append([draft]);
    this.#drafts.set(draft.id, draft);
    return draft;
  }
}

export const orderEndpoints = (sandbox: Sandbox, keyed: Keyed, refuse: Refuse): Endpoint[] => [
  ratesEndpoint(sandbox, keyed, refuse),
  ...draftEndpoints(sandbox, keyed, refuse),
  ...placedEndpoints(sandbox, keyed, refuse),
];

/** Hundredths of the true price, as told to lie. */
const factorOf = ({ faults }: Sandbox, what: "rates" | "orders"): number =>
  (faults.take("priceFactor", what) ?? 100) / 100;

const ratesEndpoint = (sandbox: Sandbox, keyed: Keyed, refuse: Refuse): Endpoint => ({
  method: "POST",
  path: "/v1/rates/couriers",
  handler: keyed("rates", (_, { body }) => {
    const fields = fieldsOf(body);
    if (text(fields.couriers) === "")
      return refuse(400, 40_001_010, "Failed due to invalid or missing couriers.");
    const asked = askedOf(fields);
    if (asked.fromPostal === "" || asked.toPostal === "") {
      return refuse(400, 40_001_001, "Failed due to invalid or missing postal code.");
    }
    return json(200, ratesAnswer(asked, text(fields.couriers).split(","), factorOf(sandbox, "rates")));
  }),
});

function draftEndpoints(sandbox: Sandbox, keyed: Keyed, refuse: Refuse): Endpoint[] {
  const { desk } = sandbox;
  const withDraft =
    (act: (draft: Draft, account: Account) => Reply) =>
    (account: Account, { params }: Call): Reply => {
      const draft = desk.draft(params.id ?? "");
      if (draft?.apiKey !== account.apiKey) return refuse(400, 40_011_001, "Draft order is not found.");
      return act(draft, account);
    };
  const create = keyed("orders", (account, { body }) => {
    const fields = fieldsOf(body);
    const missing = REQUIRED.find((name) => text(fields[name]) === "");
    if (missing) return refuse(400, 40_011_002, `Failed due to invalid or missing ${missing}.`);
    const service = findService(text(fields.courier_company), text(fields.courier_type));
    const factor = factorOf(sandbox, "orders");
    const price = service ? Math.round(priceOf(service, askedOf(fields)) * factor) : null;
    const draft = { id: randomUUID(), apiKey: account.apiKey, fields, price, orderId: null };
    return json(201, draftAnswer(desk.save(draft)));
  });
  const read = withDraft((draft) => json(200, draftAnswer(draft)));
  const confirmed = withDraft((draft, account) => {
    if (draft.orderId !== null || draft.price === null) {
      return refuse(400, 40_011_020, "Draft order cannot be confirmed.");
    }
    const parcel = confirm(sandbox, account, draft);
    desk.save({ ...draft, orderId: parcel.orderId });
    return json(201, orderAnswer(sandbox.advance(parcel)));
  });
  return [
    { method: "POST", path: "/v1/draft_orders", handler: create },
    { method: "GET", path: "/v1/draft_orders/{id}", handler: keyed("orders", read) },
    { method: "POST", path: "/v1/draft_orders/{id}/confirm", handler: keyed("confirm", confirmed) },
  ];
}

function placedEndpoints(sandbox: Sandbox, keyed: Keyed, refuse: Refuse): Endpoint[] {
  const withOrder =
    (act: (parcel: Parcel, call: Call) => Reply) =>
    (account: Account, call: Call): Reply => {
      const parcel = sandbox.byOrder(call.params.id ?? "");
      return parcel?.apiKey === account.apiKey
        ? act(parcel, call)
        : refuse(400, 40_002_009, "Order is not found.");
    };
  const cancel = withOrder((parcel, { body }) => {
    if (text(fieldsOf(body).cancellation_reason_code) === "") {
      return refuse(400, 40_002_031, "Failed due to invalid or missing cancellation_reason_code.");
    }
    if (!CANCELLABLE.includes(statusOf(parcel))) {
      return refuse(400, 40_002_032, "Order cannot be cancelled in its present status.");
    }
    sandbox.scan(parcel, { status: "cancelled", note: "Order has been cancelled.", at: Date.now() });
    const told = { object: "order", id: parcel.orderId, status: "cancelled" };
    return json(200, { success: true, message: "Order successfully cancelled", ...told });
  });
  const read = withOrder((parcel) => json(200, orderAnswer(parcel)));
  return [
    { method: "GET", path: "/v1/orders/{id}", handler: keyed("orders", read) },
    { method: "POST", path: "/v1/orders/{id}/cancel", handler: keyed("orders", cancel) },
  ];
}

function confirm(sandbox: Sandbox, account: Account, { fields, price }: Draft): Parcel {
  const end = (side: "origin" | "destination") => ({
    contact_name: text(fields[`${side}_contact_name`]),
    address: text(fields[`${side}_address`]),
  });
  const reference = text(fields.reference_id);
  return sandbox.create(account, {
    company: text(fields.courier_company),
    type: text(fields.courier_type),
    origin: end("origin"),
    destination: end("destination"),
    ...(reference !== "" && { reference }),
    price: price ?? 0,
    cash: Number(fields.destination_cash_on_delivery ?? 0),
    waybillLater: sandbox.faults.take("waybillLater", "orders") === true,
  });
}

/** https://biteship.com/en/docs/api/draft_orders/overview, the parts that an order is made from. */
const draftAnswer = ({ id, orderId, fields, price }: Draft): object => ({
  success: true,
  code: 20_111_002,
  object: "draft_order",
  id,
  order_id: orderId,
  courier: {
    company: text(fields.courier_company),
    type: text(fields.courier_type),
    tracking_id: null,
    waybill_id: null,
  },
  items: fields.items ?? [],
  currency: "IDR",
  price,
  status: orderId === null ? (price === null ? "placed" : "ready") : "confirmed",
  reference_id: fields.reference_id ?? null,
});
