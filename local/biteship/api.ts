import { setTimeout as pause } from "node:timers/promises";
import { type Call, type Endpoint, json, parseJson, type Reply } from "../endpoints.ts";
import { orderEndpoints } from "./orders.ts";
import type { NewParcel, Sandbox } from "./sandbox.ts";
import type { Account, Parcel } from "./types.ts";
import { orderAnswer, trackingAnswer } from "./wire.ts";

const refuse = (status: number, code: number, error: string): Reply =>
  json(status, { success: false, error, code });

const BAD_KEY = `Authentication for your key is failed. Please make sure input the right key or contact \
info@biteship.com for more information.`;

type Act = (account: Account, call: Call) => Reply | Promise<Reply>;

/** What Biteship serves: https://biteship.com/en/docs/api. The key stands alone in `authorization`. */
export function biteshipApi(sandbox: Sandbox): Endpoint[] {
  const keyed =
    (waybillOf: (call: Call) => string, act: Act) =>
    async (call: Call): Promise<Reply> => {
      const waybillId = waybillOf(call);
      await pause(sandbox.faults.take("answerDelayMs", waybillId) ?? 0);
      const failure = sandbox.faults.take("answerFails", waybillId);
      if (failure === "timeout") return { fault: "hang" };
      if (failure === "reset") return { fault: "reset" };
      if (failure === "http500") return refuse(500, 50_000_000, "Internal server error");
      if (failure === "malformed") return { status: 200, body: "<html>" };
      const account = sandbox.accountOf(call.headers.authorization ?? "");
      const reply = account ? await act(account, call) : refuse(400, 40_000_001, BAD_KEY);
      return failure === "lost" ? { fault: "reset" } : reply;
    };
  const shown = (account: Account, parcel: Parcel | undefined): Reply =>
    parcel?.apiKey === account.apiKey
      ? json(200, trackingAnswer(parcel))
      : refuse(400, 40_003_001, "Failed to get tracking info. Waybill is not found.");
  const named = (faultKey: string, act: Act) => keyed(() => faultKey, act);
  return [
    ...orderEndpoints(sandbox, named, refuse),
    {
      method: "GET",
      path: "/v1/trackings/{id}",
      handler: keyed(
        ({ params }) => sandbox.byTracking(params.id ?? "")?.waybillId ?? "",
        (account, { params }) => shown(account, sandbox.byTracking(params.id ?? "")),
      ),
    },
    {
      method: "GET",
      path: "/v1/trackings/{waybill}/couriers/{courier}",
      handler: keyed(
        ({ params }) => params.waybill ?? "",
        (account, { params }) => {
          const parcel = sandbox.byWaybill(params.waybill ?? "");
          return shown(account, parcel?.company === params.courier ? parcel : undefined);
        },
      ),
    },
    {
      method: "POST",
      path: "/v1/orders",
      handler: keyed(
        () => "orders",
        (account, { body }) => createOrder(sandbox, account, parseJson(body)),
      ),
    },
  ];
}

const REQUIRED = [
  "origin_contact_name",
  "origin_address",
  "destination_contact_name",
  "destination_address",
  "courier_company",
  "courier_type",
] as const;

/** https://biteship.com/en/docs/api/orders/create */
function createOrder(sandbox: Sandbox, account: Account, body: unknown): Reply {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const missing = REQUIRED.find((name) => typeof fields[name] !== "string" || fields[name] === "");
  if (missing) return refuse(400, 40_002_001, `Failed due to invalid or missing ${missing}.`);
  const read = (name: (typeof REQUIRED)[number]) => String(fields[name]);
  const wanted: NewParcel = {
    company: read("courier_company"),
    type: read("courier_type"),
    origin: { contact_name: read("origin_contact_name"), address: read("origin_address") },
    destination: { contact_name: read("destination_contact_name"), address: read("destination_address") },
    ...(typeof fields.reference_id === "string" ? { reference: fields.reference_id } : {}),
  };
  return json(200, orderAnswer(sandbox.advance(sandbox.create(account, wanted))));
}
