import type { Currency } from "#kernel/money";
import type { Label } from "../domain/label.ts";
import {
  errorOf,
  ratesOf,
  toAddress,
  toAmount,
  toLiveRate,
  toMinor,
  toOunces,
  toPlace,
  toShipmentBody,
  type WireRate,
  type WireShipment,
  zPickup,
  zShipment,
} from "./easypost-wire.ts";
import {
  type Answer,
  type Bought,
  type CarrierPort,
  CarrierRefused,
  CarrierSilent,
  callJson,
  type Desk,
  fetchDocument,
  type PickupAsk,
  type Voiding,
} from "./port.ts";

type Account = NonNullable<Desk["config"]["easypost"]>;
type Send = { readonly body?: object; readonly signal?: AbortSignal };

/** It was bought before, or is being bought: what came of it is to be read. */
const EXISTS = ["SHIPMENT.POSTAGE.EXISTS", "SHIPMENT.PURCHASE.IN_PROGRESS"];
const VOIDING: { readonly [status: string]: Voiding } = {
  submitted: "asked",
  refunded: "voided",
  rejected: "refused",
  not_applicable: "refused",
};

/** https://docs.easypost.com. A shipment has its rates and costs nothing; bought twice it is bought once. */
export function easypost({ apiKey, apiUrl }: Account, currency: Currency): CarrierPort {
  const headers = { authorization: `Basic ${btoa(`${apiKey}:`)}` };
  const call = (method: "GET" | "POST", path: string, { body, signal }: Send = {}) =>
    callJson(new URL(path, apiUrl), { method, headers, body, signal });
  const pathOf = (ref: string, verb = "") => `/v2/shipments/${encodeURIComponent(ref)}${verb}`;
  const shipmentOf = async (ref: string) => readShipment(await call("GET", pathOf(ref)));
  return {
    name: "easypost",
    async rates({ origin, destination, grams }, signal) {
      const shipment = {
        from_address: toAddress(origin),
        to_address: toPlace(destination),
        parcel: { weight: toOunces(grams) },
        options: { currency },
      };
      const answer = await call("POST", "/v2/shipments", { body: { shipment }, signal });
      return ratesOf(readShipment(answer), currency).flatMap((rate) => toLiveRate(rate) ?? []);
    },
    async prepare(label) {
      const shipment = readShipment(await call("POST", "/v2/shipments", { body: toShipmentBody(label) }));
      return { ref: shipment.id, costMinor: costOf(rateFor(shipment, label)) };
    },
    async buy(ref, label) {
      let shipment = await shipmentOf(ref);
      if (!shipment.postage_label) {
        const body = {
          rate: { id: rateFor(shipment, label).id },
          ...(label.isInsured && { insurance: toAmount(label.goodsMinor) }),
        };
        const answer = await call("POST", pathOf(ref, "/buy"), { body });
        const isBought = EXISTS.includes(errorOf(answer.body)?.code ?? "");
        shipment = isBought ? await shipmentOf(ref) : readShipment(answer);
      }
      if (!shipment.postage_label || !shipment.tracking_code) return { later: true };
      const zpl = shipment.postage_label.label_zpl_url
        ? shipment
        : readShipment(await call("GET", pathOf(ref, "/label?file_format=ZPL")));
      return toBought(shipment, zpl, apiUrl);
    },
    async cancel(ref) {
      const known = VOIDING[(await shipmentOf(ref)).refund_status ?? ""];
      if (known) return known;
      const answer = await call("POST", pathOf(ref, "/refund"), { body: {} });
      const refusal = errorOf(answer.body);
      if (refusal) return "refused";
      return VOIDING[readShipment(answer).refund_status ?? ""] ?? "asked";
    },
    // Bills come by themselves, as events of the shipment's invoice.
    bill: async () => undefined,
    pickup: (refs, ask) => callCourier(call, refs, ask),
  };
}

type Caller = (method: "GET" | "POST", path: string, send?: Send) => Promise<Answer>;

/** https://docs.easypost.com/docs/pickups: an appointment is made for one shipment, and then bought. */
async function callCourier(
  call: Caller,
  [ref, ...rest]: readonly string[],
  { from, until, sender }: PickupAsk,
): Promise<string> {
  if (ref === undefined || rest.length > 0) throw new CarrierRefused("one shipment a pickup");
  const iso = (at: number) => new Date(at).toISOString();
  const wanted = { address: toAddress(sender), shipment: { id: ref } };
  const times = { min_datetime: iso(from), max_datetime: iso(until), is_account_address: false };
  const made = readPickup(await call("POST", "/v2/pickups", { body: { pickup: { ...wanted, ...times } } }));
  const [rate] = made.pickup_rates;
  if (!rate) throw new CarrierRefused("nobody comes at that time");
  const body = { carrier: rate.carrier, service: rate.service };
  const path = `/v2/pickups/${encodeURIComponent(made.id)}/buy`;
  const bought = readPickup(await call("POST", path, { body }));
  return bought.confirmation ?? bought.id;
}

function readShipment(answer: Answer): WireShipment {
  const { data } = zShipment.safeParse(answer.body);
  if (data) return data;
  throw problemOf(answer);
}

function readPickup(answer: Answer) {
  const { data } = zPickup.safeParse(answer.body);
  if (data) return data;
  throw problemOf(answer);
}

function problemOf({ status, body }: Answer): Error {
  const refusal = errorOf(body);
  return refusal ? new CarrierRefused(refusal.words) : new CarrierSilent(`answered ${status}`);
}

/** The service that the buyer chose, among those that this parcel has now. */
function rateFor(
  shipment: WireShipment,
  { carrier, service, currency }: Pick<Label, "carrier" | "service"> & { readonly currency: Currency },
): WireRate {
  const rate = ratesOf(shipment, currency).find((one) => one.carrier === carrier && one.service === service);
  if (!rate) throw new CarrierRefused(`${carrier} ${service} is not offered for this parcel`);
  return rate;
}

function costOf(rate: WireRate): bigint {
  const minor = toMinor(rate.rate);
  if (minor === undefined) throw new CarrierSilent("a rate without a price");
  return minor;
}

async function toBought(shipment: WireShipment, withZpl: WireShipment, apiUrl: string): Promise<Bought> {
  const { postage_label: label, selected_rate: rate, tracking_code: trackingNumber } = shipment;
  const isPdf = label?.label_file_type === "application/pdf";
  const pdfUrl = label?.label_pdf_url ?? (isPdf ? label?.label_url : undefined);
  const zplUrl = withZpl.postage_label?.label_zpl_url;
  if (!trackingNumber || !rate) throw new CarrierSilent("a label without its rate or number");
  const [pdf, zpl] = await Promise.all([
    pdfUrl ? fetchDocument(pdfUrl, apiUrl) : null,
    zplUrl ? fetchDocument(zplUrl, apiUrl) : null,
  ]);
  return { trackingNumber, costMinor: costOf(rate), pdf, zpl: zpl && new TextDecoder().decode(zpl) };
}
