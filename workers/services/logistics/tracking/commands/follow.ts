import { timingSafeEqual } from "node:crypto";
import { cellsOf } from "#kernel/cell";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { openSystemCtx } from "#kernel/open-ctx";
import { orThrow } from "#kernel/result";
import { onTrackingSession } from "#objects/stubs";
import { type Parcel, parcelsQuery } from "#services/transaction/order/index";
import { carrierOf, isFollowed } from "../domain/carrier.ts";
import { isFinal } from "../domain/journey.ts";
import type { Session, Tracking } from "../domain/session.ts";
import { fail } from "../errors.ts";
import { PULL_TRACKING } from "../facts.ts";
import { askCarrier, CarrierSilent, zNotification } from "../provider.ts";
import { byNumberQuery, insertSessions } from "../repository.ts";

/** A carrier that did not answer, or does not know the number yet, is asked sooner than one that did. */
const AGAIN_SHARE = 6;

/** What was shipped is followed from now on; opening twice is opening once. */
export async function openTracking(
  ctx: Ctx,
  shipmentIds: readonly Id<"shipment">[],
): Promise<readonly Statement[]> {
  const [parcels] = await ctx.db.load(parcelsQuery(shipmentIds));
  const sessions = parcels.map(toSession);
  await Promise.all(
    sessions.map((session) => onTrackingSession(ctx, session.shipmentId, (stub) => stub.open(session))),
  );
  if (sessions.length === 0) return [];
  const openedAt = ctx.clock.now();
  const pulls = sessions.flatMap(({ shipmentId, courier, trackingNumber }) =>
    courier !== null && ctx.config.biteship
      ? [
          schedule(ctx, PULL_TRACKING, {
            subject: shipmentId,
            payload: { shipmentId, courier, trackingNumber },
          }),
        ]
      : [],
  );
  return [insertSessions(sessions.map((session) => ({ ...session, openedAt }))), ...pulls];
}

function toSession({ latitude, longitude, ...parcel }: Parcel): Session {
  const courier = carrierOf(parcel.carrier, parcel.trackingNumber);
  const destination = latitude === null || longitude === null ? null : { latitude, longitude };
  return { ...parcel, courier: isFollowed(courier) ? courier : null, destination };
}

type Pull = {
  readonly shipmentId: Id<"shipment">;
  readonly courier: string;
  readonly trackingNumber: string;
};

/** Brings the object up to what the carrier knows; undefined where the carrier knows nothing. */
async function pullTracking(ctx: Ctx, { shipmentId, ...parcel }: Pull): Promise<Tracking | undefined> {
  const { biteship } = ctx.config;
  const scans = biteship && (await askCarrier(biteship, parcel));
  if (!scans) return undefined;
  const outcome = await onTrackingSession(ctx, shipmentId, (stub) => stub.observe(scans));
  return orThrow(outcome, fail);
}

/** The job: asks, and comes again until the journey is over. */
export async function keepPulling(ctx: Ctx, pull: Pull): Promise<readonly Statement[]> {
  const everyMs = ctx.market.tracking.pollEveryMs;
  const again = (inMs: number) => [
    schedule(ctx, PULL_TRACKING, { subject: pull.shipmentId, payload: pull, dueAt: ctx.clock.now() + inMs }),
  ];
  try {
    const tracking = await pullTracking(ctx, pull);
    if (!tracking) return again(everyMs / AGAIN_SHARE);
    return isFinal(tracking.journey.status) ? [] : again(everyMs);
  } catch (error) {
    if (!(error instanceof CarrierSilent)) throw error;
    ctx.log.warn("tracking.carrier_silent", { shipmentId: pull.shipmentId, reason: error.message });
    return again(everyMs / AGAIN_SHARE);
  }
}

type Notice = { readonly headers: Readonly<Record<string, unknown>>; readonly bytes: Uint8Array };

/**
 * Biteship signs by a header of our choosing whose value only it and we know; each market has its own, which
 * also says which market it is. Whatever it tells is asked for again, so that a notification that is late,
 * doubled or made up changes nothing that the carrier does not say itself.
 */
export async function takeBiteshipNotification(ctx: Ctx, { headers, bytes }: Notice): Promise<boolean> {
  const body = parseJson(bytes);
  // With an empty body the address is tried out when it is entered in the dashboard; it wants a plain yes.
  if (isEmpty(body)) return false;
  const cell = biteshipCell(ctx.env, headers);
  if (cell === undefined) throw fail("tracking.webhook_refused");
  const parsed = zNotification.safeParse(body);
  if (!parsed.success) throw fail("tracking.webhook_invalid");
  const { event, courier_waybill_id: number, courier_company: company } = parsed.data;
  if (event !== "order.status" || number === undefined) return false;
  const { env, clock, traceId, defer } = ctx;
  const own = openSystemCtx(env, cell, { clock, traceId, defer });
  const [found] = await own.db.load(byNumberQuery(number));
  const known = found.find(
    ({ courier }) => courier !== null && (!company || courier === company.toLowerCase()),
  );
  if (!known?.courier) return false;
  const pull = { shipmentId: known.shipmentId, courier: known.courier, trackingNumber: number };
  // The row is the promise: whatever happens while the carrier is asked, it will be asked.
  const soon = schedule(own, PULL_TRACKING, { subject: pull.shipmentId, payload: pull });
  await own.db.commit([soon]);
  own.defer(
    pullTracking(own, pull).catch((error) => own.log.warn("tracking.pull_failed", { reason: String(error) })),
  );
  return true;
}

/** Whose header it is; undefined where nobody's. */
export function biteshipCell(env: Env, headers: Notice["headers"]): string | undefined {
  for (const [cell, { biteship }] of Object.entries(cellsOf(env))) {
    if (!biteship) continue;
    const shown = Buffer.from(String(headers[biteship.webhookHeader.toLowerCase()] ?? ""));
    const secret = Buffer.from(biteship.webhookSecret);
    if (shown.length === secret.length && timingSafeEqual(shown, secret)) return cell;
  }
  return undefined;
}

const isEmpty = (body: unknown): boolean =>
  typeof body === "object" && body !== null && Object.keys(body).length === 0;

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return {};
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw fail("tracking.webhook_invalid");
  }
}
