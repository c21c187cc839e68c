import { setTimeout as pause } from "node:timers/promises";
import { type Call, type Endpoint, json, parseJson, type Reply } from "../endpoints.ts";
import { drawPdf, drawZpl } from "./label.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Account, Address, NewShipment, Shipment } from "./types.ts";
import { pickupAnswer, shipmentAnswer } from "./wire.ts";

type Fields = Record<string, unknown>;
type Act = (account: Account, call: Call) => Reply;

/** https://docs.easypost.com/docs/errors */
const refuse = (status: number, code: string, message: string): Reply =>
  json(status, { error: { code, message, errors: [] } });

const objectOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const bodyOf = ({ body }: Call): Fields => (body.length === 0 ? {} : objectOf(parseJson(body)));
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const textOrNull = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

const addressOf = (value: unknown): Address => {
  const fields = objectOf(value);
  return {
    name: text(fields.name),
    phone: text(fields.phone),
    street1: text(fields.street1),
    street2: textOrNull(fields.street2),
    city: text(fields.city),
    state: textOrNull(fields.state),
    zip: text(fields.zip),
    country: text(fields.country),
  };
};

function newShipmentOf(fields: Fields): NewShipment | undefined {
  const [from, to] = [addressOf(fields.from_address), addressOf(fields.to_address)];
  const ounces = Number(objectOf(fields.parcel).weight);
  const isWhole = [from, to].every(({ street1, city, country }) => street1 && city && country);
  if (!isWhole || !(ounces > 0)) return undefined;
  return { reference: textOrNull(fields.reference), from, to, ounces, isReturn: fields.is_return === true };
}

type Keyed = (what: string, act: Act) => (call: Call) => Promise<Reply>;
const NOT_FOUND = refuse(404, "NOT_FOUND", "The requested resource could not be found.");

/** What EasyPost serves: https://docs.easypost.com. `url` is where labels lie. */
export function easypostApi(sandbox: Sandbox, url: () => string): Endpoint[] {
  const keyed: Keyed = (what, act) => async (call) => {
    await pause(sandbox.faults.take("answerDelayMs", what) ?? 0);
    const failure = sandbox.faults.take("answerFails", what);
    if (failure === "timeout") return { fault: "hang" };
    if (failure === "reset") return { fault: "reset" };
    if (failure === "http500") return refuse(500, "INTERNAL_SERVER_ERROR", "An error occurred.");
    if (failure === "malformed") return { status: 200, body: "<html>" };
    const account = sandbox.accountOf(call.headers.authorization ?? "");
    const inactive = () => refuse(401, "APIKEY.INACTIVE", "This api key is no longer active.");
    const reply = account ? act(account, call) : inactive();
    return failure === "lost" ? { fault: "reset" } : reply;
  };
  return [
    ...shipmentEndpoints(sandbox, keyed, url),
    ...pickupEndpoints(sandbox, keyed),
    { method: "GET", path: "/labels/{file}", handler: (call) => labelFile(sandbox, call) },
  ];
}

const INVALID = "Unable to create shipment, one or more parameters were invalid.";

function shipmentEndpoints(sandbox: Sandbox, keyed: Keyed, url: () => string): Endpoint[] {
  const withShipment =
    (act: (shipment: Shipment, call: Call) => Reply): Act =>
    (account, call) => {
      const shipment = sandbox.find(call.params.id ?? "");
      return shipment?.apiKey === account.apiKey ? act(shipment, call) : NOT_FOUND;
    };
  const shown = (shipment: Shipment, status = 200): Reply => json(status, shipmentAnswer(shipment, url()));
  const create: Act = (account, call) => {
    const wanted = newShipmentOf(objectOf(bodyOf(call).shipment));
    return wanted
      ? shown(sandbox.create(account, wanted), 201)
      : refuse(422, "SHIPMENT.INVALID_PARAMS", INVALID);
  };
  const read = withShipment((shipment) => shown(shipment));
  const purchase = withShipment((shipment, call) => buy(sandbox, shipment, call, shown));
  const label = withShipment((shipment, call) => {
    if (!shipment.bought) return refuse(422, "SHIPMENT.POSTAGE.REQUIRED", "Postage must be bought first.");
    const format = call.url.searchParams.get("file_format");
    if (format !== "ZPL" && format !== "PDF") {
      return refuse(422, "SHIPMENT.POSTAGE.INVALID_FORMAT", "Unknown format.");
    }
    const formats = [...new Set<"PDF" | "ZPL">([...shipment.formats, format])];
    return shown(sandbox.save({ ...shipment, formats }));
  });
  const refund = withShipment((shipment) => {
    if (!shipment.bought) return refuse(422, "SHIPMENT.REFUND.UNAVAILABLE", "Refund requires postage.");
    return shown(shipment.refund === null ? sandbox.refund(shipment) : shipment);
  });
  return [
    { method: "POST", path: "/v2/shipments", handler: keyed("shipments", create) },
    { method: "GET", path: "/v2/shipments/{id}", handler: keyed("shipment", read) },
    { method: "POST", path: "/v2/shipments/{id}/buy", handler: keyed("buy", purchase) },
    { method: "GET", path: "/v2/shipments/{id}/label", handler: keyed("labels", label) },
    { method: "POST", path: "/v2/shipments/{id}/refund", handler: keyed("refund", refund) },
  ];
}

function buy(sandbox: Sandbox, shipment: Shipment, call: Call, shown: (one: Shipment) => Reply): Reply {
  if (shipment.bought)
    return refuse(422, "SHIPMENT.POSTAGE.EXISTS", "Postage already exists for this shipment.");
  const fields = bodyOf(call);
  const rate = shipment.rates.find(({ id }) => id === text(objectOf(fields.rate).id));
  if (!rate) return refuse(422, "SHIPMENT.MISSING_RATE", "A rate of this shipment is required.");
  return shown(sandbox.buy(shipment, rate, textOrNull(fields.insurance)));
}

function pickupEndpoints(sandbox: Sandbox, keyed: Keyed): Endpoint[] {
  const create: Act = ({ apiKey, currency }, call) => {
    const fields = objectOf(bodyOf(call).pickup);
    const shipment = sandbox.find(text(objectOf(fields.shipment).id));
    const isTimed = Date.parse(text(fields.min_datetime)) < Date.parse(text(fields.max_datetime));
    if (!shipment?.bought || shipment.apiKey !== apiKey || !isTimed) {
      return refuse(422, "PICKUP.INVALID_PARAMS", "Unable to create pickup.");
    }
    const { carrier } = shipment.bought.rate;
    const rates = [{ carrier, service: "Same-day Pickup", rate: "3.50", currency }];
    return json(
      201,
      pickupAnswer(sandbox.savePickup({ apiKey, shipmentId: shipment.id, rates, confirmation: null })),
    );
  };
  const confirm: Act = (account, { params }) => {
    const pickup = sandbox.pickup(params.id ?? "");
    if (pickup?.apiKey !== account.apiKey) return NOT_FOUND;
    return json(
      200,
      pickupAnswer(
        sandbox.savePickup({ ...pickup, confirmation: `WTC${pickup.id.slice(-8).toUpperCase()}` }),
      ),
    );
  };
  return [
    { method: "POST", path: "/v2/pickups", handler: keyed("pickups", create) },
    { method: "POST", path: "/v2/pickups/{id}/buy", handler: keyed("pickups", confirm) },
  ];
}

async function labelFile(sandbox: Sandbox, { params }: Call): Promise<Reply> {
  const [labelId = "", ending] = (params.file ?? "").split(".");
  const shipment = sandbox.byLabel(labelId);
  if (!shipment) return refuse(404, "NOT_FOUND", "No such label.");
  if (ending === "zpl")
    return { status: 200, headers: { "content-type": "application/zpl" }, body: drawZpl(shipment) };
  return { status: 200, headers: { "content-type": "application/pdf" }, body: await drawPdf(shipment) };
}
