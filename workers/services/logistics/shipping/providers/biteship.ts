import {
  refusalOf,
  toDraftBody,
  toLiveRate,
  toMinor,
  toRateBody,
  zDraft,
  zOrder,
  zRates,
} from "./biteship-wire.ts";
import {
  type Answer,
  type Buying,
  type CarrierPort,
  CarrierRefused,
  CarrierSilent,
  callJson,
  type Desk,
} from "./port.ts";

type Account = NonNullable<Desk["config"]["biteship"]>;
type Send = { readonly body?: object; readonly signal?: AbortSignal };

/** Past this a courier has the parcel, and nobody takes the order back. */
const CANCELLED = ["cancelled", "rejected", "courier_not_found", "disposed"];

/**
 * https://biteship.com/en/docs/api. A label is a draft order first: it has its name and its price and costs
 * nothing; confirmed twice it is one order, which the draft names. There is no label document in the API.
 */
export function biteship({ apiKey, apiUrl }: Account): CarrierPort {
  const call = (method: "GET" | "POST", path: string, { body, signal }: Send = {}) =>
    callJson(new URL(path, apiUrl), { method, headers: { authorization: apiKey }, body, signal });
  const draftOf = async (ref: string) => {
    const { data } = zDraft.safeParse(
      (await call("GET", `/v1/draft_orders/${encodeURIComponent(ref)}`)).body,
    );
    if (!data) throw new CarrierSilent("no draft in the answer");
    return data;
  };
  const orderOf = async (ref: string) => {
    const { order_id: orderId } = await draftOf(ref);
    if (!orderId) return undefined;
    const { data } = zOrder.safeParse((await call("GET", `/v1/orders/${encodeURIComponent(orderId)}`)).body);
    if (!data) throw new CarrierSilent("no order in the answer");
    return data;
  };
  return {
    name: "biteship",
    async rates(ask, signal) {
      const answer = await call("POST", "/v1/rates/couriers", { body: toRateBody(ask), signal });
      const { data } = zRates.safeParse(answer.body);
      if (!data) throw problemOf(answer);
      return data.pricing.flatMap((entry) => toLiveRate(entry) ?? []);
    },
    async prepare(label) {
      const answer = await call("POST", "/v1/draft_orders", { body: toDraftBody(label) });
      const { data } = zDraft.safeParse(answer.body);
      if (!data) throw problemOf(answer);
      if (typeof data.price !== "number")
        throw new CarrierRefused("this courier has no price for the parcel");
      return { ref: data.id, costMinor: toMinor(data.price) };
    },
    async buy(ref) {
      const known = await orderOf(ref);
      if (known) return toBought(known.courier.waybill_id, known.price);
      const answer = await call("POST", `/v1/draft_orders/${encodeURIComponent(ref)}/confirm`, { body: {} });
      // Refused where somebody else has confirmed it in between: what came of that is to be read.
      const { data = await orderOf(ref) } = zOrder.safeParse(answer.body);
      if (!data) throw problemOf(answer);
      return toBought(data.courier.waybill_id, data.price);
    },
    async cancel(ref) {
      const order = await orderOf(ref);
      if (!order || CANCELLED.includes(order.status)) return "voided";
      const path = `/v1/orders/${encodeURIComponent(order.id)}/cancel`;
      const answer = await call("POST", path, { body: { cancellation_reason_code: "others" } });
      if (answer.status < 300) return "voided";
      if (refusalOf(answer.body) === undefined) throw new CarrierSilent(`answered ${answer.status}`);
      return "refused";
    },
    async bill(ref) {
      const order = await orderOf(ref);
      return order && { billedMinor: toMinor(order.price), billedGrams: null };
    },
    // A courier comes for every order, without being asked again.
    pickup: async () => undefined,
  };
}

/** Our own name for an order, as the carrier has it. */
export async function orderReference(
  { apiKey, apiUrl }: Account,
  orderId: string,
): Promise<string | undefined> {
  const url = new URL(`/v1/orders/${encodeURIComponent(orderId)}`, apiUrl);
  const { body } = await callJson(url, { method: "GET", headers: { authorization: apiKey } });
  return zOrder.safeParse(body).data?.reference_id ?? undefined;
}

const toBought = (waybill: string | null | undefined, price: number): Buying =>
  waybill ? { trackingNumber: waybill, costMinor: toMinor(price), pdf: null, zpl: null } : { later: true };

/** A refusal in Biteship's own form, or nothing that can be read. */
function problemOf({ status, body }: Answer): Error {
  const refusal = refusalOf(body);
  return refusal === undefined ? new CarrierSilent(`answered ${status}`) : new CarrierRefused(refusal);
}
