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
import { type Parcel, STATUSES, type Status } from "./types.ts";
import { orderAnswer, statusOf, trackingAnswer } from "./wire.ts";

const LIST_MAX = 100;

/** The sandbox's own side: what couriers do, by page or script. Nothing of it is Biteship's. */
export function controlApi(sandbox: Sandbox): Endpoint[] {
  const parcelOf = ({ params }: Call): Parcel => {
    const parcel = sandbox.byWaybill(params.waybill ?? "");
    if (!parcel) throw new HttpFailure(404, "no such parcel");
    return parcel;
  };
  return [
    { method: "GET", path: "/", handler: () => page(200, overview(sandbox)) },
    {
      method: "POST",
      path: "/parcels/{waybill}/advance",
      handler: (call) => {
        sandbox.advance(parcelOf(call));
        return seeOther("/");
      },
    },
    { method: "GET", path: "/healthz", handler: () => json(200, { ok: true }) },
    {
      method: "POST",
      path: "/sandbox/parcels",
      handler: ({ body }) => json(201, trackingAnswer(handOver(sandbox, parseJson(body)))),
    },
    {
      method: "POST",
      path: "/sandbox/parcels/{waybill}/advance",
      handler: (call) => json(200, trackingAnswer(sandbox.advance(parcelOf(call)))),
    },
    {
      method: "POST",
      path: "/sandbox/parcels/{waybill}/scans",
      handler: (call) =>
        json(200, trackingAnswer(sandbox.scan(parcelOf(call), scanOf(parseJson(call.body))))),
    },
    {
      method: "POST",
      path: "/sandbox/parcels/{waybill}/bill",
      handler: (call) => {
        const { price } = (parseJson(call.body) ?? {}) as Record<string, unknown>;
        if (!Number.isInteger(price)) throw new HttpFailure(400, "give a price in whole rupiah");
        return json(200, orderAnswer(sandbox.bill(parcelOf(call), Number(price))));
      },
    },
    {
      method: "POST",
      path: "/sandbox/parcels/{waybill}/number",
      handler: (call) => json(200, orderAnswer(sandbox.number(parcelOf(call)))),
    },
    ...switchEndpoints(sandbox),
  ];
}

const switchEndpoints = (sandbox: Sandbox): Endpoint[] => [
  {
    // Also of those whose courier has not given a number yet.
    method: "GET",
    path: "/sandbox/parcels",
    handler: ({ url }) => {
      const reference = url.searchParams.get("reference_id");
      const found = sandbox.parcels().filter((one) => one.reference === reference);
      return json(200, {
        items: found.map((one) => ({ waybill_id: one.waybillId, order_id: one.orderId })),
      });
    },
  },
  {
    method: "GET",
    path: "/sandbox/notifications",
    handler: ({ url }) =>
      json(200, { items: sandbox.deliveries(url.searchParams.get("waybill_id") ?? undefined) }),
  },
  ...faultEndpoints(sandbox.faults, { parameter: "waybill_id", release: () => sandbox.release() }),
];

/** A parcel that was handed to a courier elsewhere and is entered by its number. */
function handOver(sandbox: Sandbox, body: unknown): Parcel {
  const {
    api_key: apiKey,
    waybill_id: waybillId,
    courier,
    service_type: type = "reg",
  } = (body ?? {}) as Record<string, unknown>;
  const account = sandbox.accountOf(String(apiKey));
  if (!account || typeof waybillId !== "string" || typeof courier !== "string") {
    throw new HttpFailure(400, "give api_key, waybill_id and courier");
  }
  return (
    sandbox.byWaybill(waybillId) ??
    sandbox.create(account, { waybillId, company: courier, type: String(type) })
  );
}

function scanOf(body: unknown): { status: Status; note: string; at: number } {
  const { status, note = "", at } = (body ?? {}) as Record<string, unknown>;
  const known = STATUSES.find((one) => one === status);
  const time = at === undefined ? Date.now() : Date.parse(String(at));
  if (!known || Number.isNaN(time)) throw new HttpFailure(400, "give a status, and perhaps note and at");
  return { status: known, note: String(note), at: time };
}

function overview(sandbox: Sandbox): string {
  const rows = sandbox
    .parcels()
    .slice(-LIST_MAX)
    .reverse()
    .map((parcel) => {
      const [number, words] = [parcel.waybillId, parcel.history.at(-1)?.note ?? ""].map(escapeHtml);
      const path = `/parcels/${encodeURIComponent(parcel.waybillId)}/advance`;
      return `<tr><td>${number}<td>${escapeHtml(parcel.company)}<td>${statusOf(parcel)}<td>${words}<td>
      <form method="post" action="${path}"><button>Next step</button></form>`;
    });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Biteship sandbox</title>
    <style>body{font:16px system-ui;margin:2rem}td{padding:.3rem 1rem .3rem 0}</style>
    <h1>Biteship sandbox</h1>
    <table><tr><th>Waybill<th>Courier<th>Status<th>Last words<th>${rows.join("")}</table>`;
}
