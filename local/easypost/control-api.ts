import {
  type Call,
  type Endpoint,
  escapeHtml,
  HttpFailure,
  json,
  page,
  parseJson,
  seeOther,
} from "../endpoints.ts";
import { faultEndpoints } from "../switches.ts";
import type { Sandbox } from "./sandbox.ts";
import { type RefundStatus, type Shipment, STATUSES } from "./types.ts";
import { shipmentAnswer, statusOf } from "./wire.ts";

const LIST_MAX = 100;
/** How a parcel goes when nothing happens to it. */
const COURSE = [
  ["in_transit", "Arrived at facility"],
  ["out_for_delivery", "Out for delivery"],
  ["delivered", "Delivered"],
] as const;

type Fields = Record<string, unknown>;
const fieldsOf = (body: Buffer): Fields => (body.length === 0 ? {} : ((parseJson(body) ?? {}) as Fields));

/** The sandbox's own side: what carriers do, by page or script. Nothing of it is EasyPost's. */
export function controlApi(sandbox: Sandbox, url: () => string): Endpoint[] {
  const shipmentOf = ({ params }: Call): Shipment => {
    const name = params.name ?? "";
    const shipment = sandbox.find(name) ?? sandbox.byCode(name);
    if (!shipment) throw new HttpFailure(404, "no such shipment");
    return shipment;
  };
  const shown = (shipment: Shipment) => json(200, shipmentAnswer(shipment, url()));
  const step = (shipment: Shipment) => {
    const [status, message] = COURSE[Math.min(shipment.details.length, COURSE.length - 1)] ?? COURSE[0];
    return sandbox.scan(shipment, { status, message, datetime: new Date().toISOString(), city: null });
  };
  return [
    { method: "GET", path: "/", handler: () => page(200, overview(sandbox)) },
    { method: "GET", path: "/healthz", handler: () => json(200, { ok: true }) },
    {
      method: "POST",
      path: "/shipments/{name}/advance",
      handler: (call) => {
        step(shipmentOf(call));
        return seeOther("/");
      },
    },
    {
      method: "POST",
      path: "/sandbox/shipments/{name}/advance",
      handler: (call) => shown(step(shipmentOf(call))),
    },
    {
      method: "POST",
      path: "/sandbox/shipments/{name}/scans",
      handler: (call) => shown(scan(sandbox, shipmentOf(call), call)),
    },
    {
      method: "POST",
      path: "/sandbox/shipments/{name}/invoice",
      handler: (call) => {
        const { amount, ounces = null } = fieldsOf(call.body);
        if (typeof amount !== "string") throw new HttpFailure(400, "give an amount, and perhaps ounces");
        sandbox.invoice(shipmentOf(call), { amount, ounces: ounces === null ? null : Number(ounces) });
        return json(200, {});
      },
    },
    {
      method: "POST",
      path: "/sandbox/shipments/{name}/refund",
      handler: (call) => {
        const { status } = fieldsOf(call.body);
        if (status !== "refunded" && status !== "rejected") throw new HttpFailure(400, "give a status");
        return shown(sandbox.settleRefund(shipmentOf(call), status satisfies RefundStatus));
      },
    },
    ...switchEndpoints(sandbox),
  ];
}

const switchEndpoints = (sandbox: Sandbox): Endpoint[] => [
  {
    method: "GET",
    path: "/sandbox/events",
    handler: ({ url: at }) =>
      json(200, { items: sandbox.deliveries(at.searchParams.get("shipment_id") ?? undefined) }),
  },
  ...faultEndpoints(sandbox.faults, { parameter: "only", release: () => sandbox.release() }),
];

function scan(sandbox: Sandbox, shipment: Shipment, { body }: Call): Shipment {
  const { status, message = "", at, city = null } = fieldsOf(body);
  const known = STATUSES.find((one) => one === status);
  const time = at === undefined ? Date.now() : Date.parse(String(at));
  if (!known || Number.isNaN(time))
    throw new HttpFailure(400, "give a status, and perhaps message, city and at");
  const place = city === null ? null : String(city);
  return sandbox.scan(shipment, {
    status: known,
    message: String(message),
    datetime: new Date(time).toISOString(),
    city: place,
  });
}

function overview(sandbox: Sandbox): string {
  const bought = sandbox.shipments().filter((one) => one.bought);
  const rows = bought
    .slice(-LIST_MAX)
    .reverse()
    .map((shipment) => {
      const [code, rate] = [shipment.bought?.trackingCode ?? "", shipment.bought?.rate.service ?? ""].map(
        escapeHtml,
      );
      return `<tr><td>${code}<td>${rate}<td>${statusOf(shipment)}<td>
      <form method="post" action="/shipments/${shipment.id}/advance"><button>Next step</button></form>`;
    });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>EasyPost sandbox</title>
    <style>body{font:16px system-ui;margin:2rem}td{padding:.3rem 1rem .3rem 0}</style>
    <h1>EasyPost sandbox</h1>
    <table><tr><th>Number<th>Service<th>Status<th>${rows.join("")}</table>`;
}
