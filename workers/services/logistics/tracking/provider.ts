import * as z from "zod";
import type { CellConfig } from "#kernel/cell";
import { toStatus } from "./domain/biteship.ts";
import type { Scan } from "./domain/journey.ts";

/** Longer than the API takes when it is well; a job comes again. */
const CALL_TIMEOUT_MS = 8_000;
const NOTE_CHARS_MAX = 300;

const zHistory = z.looseObject({
  note: z.string().nullish(),
  service_type: z.string().nullish(),
  updated_at: z.iso.datetime({ offset: true }),
  status: z.string(),
});
const zTracking = z.looseObject({
  success: z.literal(true),
  object: z.literal("tracking"),
  waybill_id: z.string(),
  history: z.array(zHistory).max(1_000),
  status: z.string(),
});

/** https://biteship.com/en/docs/api/webhook/overview, the parts that we read of `order.status`. */
export const zNotification = z.looseObject({
  event: z.string(),
  courier_waybill_id: z.string().min(1).max(60).optional(),
  courier_company: z.string().max(60).optional(),
  status: z.string().max(60).optional(),
});

/** No answer, or none that can be read. */
export class CarrierSilent extends Error {
  override readonly name = "CarrierSilent";
}

type Account = NonNullable<CellConfig["biteship"]>;
type Parcel = { readonly courier: string; readonly trackingNumber: string };

/**
 * GET /v1/trackings/:waybill_id/couriers/:courier_code. Undefined where the carrier does not know the number
 * (yet). What a notification says counts only as a hint to ask here: it has neither times nor a history.
 */
export async function askCarrier(account: Account, parcel: Parcel): Promise<readonly Scan[] | undefined> {
  const path = [parcel.trackingNumber, "couriers", parcel.courier].map(encodeURIComponent).join("/");
  let response: Response;
  try {
    response = await fetch(new URL(`/v1/trackings/${path}`, account.apiUrl), {
      headers: { authorization: account.apiKey, accept: "application/json" },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
  } catch (error) {
    throw new CarrierSilent(error instanceof Error ? error.name : "no answer");
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 404 || isUnknownNumber(body)) return undefined;
  const parsed = zTracking.safeParse(body);
  if (!parsed.success) throw new CarrierSilent(`answered ${response.status}`);
  return parsed.data.history.map(toScan);
}

/** Errors come as HTTP 400 with a code of eight digits; those of the tracking API begin with 40003. */
const zRefusal = z.looseObject({ success: z.literal(false), code: z.number() });
const isUnknownNumber = (body: unknown): boolean => {
  const { data } = zRefusal.safeParse(body);
  return data !== undefined && Math.floor(data.code / 1_000) === 40_003;
};

function toScan({
  note,
  service_type: serviceType,
  updated_at: updatedAt,
  status,
}: z.output<typeof zHistory>): Scan {
  const words = (note ?? "").slice(0, NOTE_CHARS_MAX);
  const told = { status, note: words, serviceType: serviceType ?? undefined };
  return { at: Date.parse(updatedAt), status: toStatus(told), note: words, source: "carrier" };
}
