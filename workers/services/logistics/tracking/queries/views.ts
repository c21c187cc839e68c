import { Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { onTrackingSession } from "#objects/stubs";
import { deliveryCode } from "../commands/pass.ts";
import { type PictureKind, pictureKey } from "../commands/record.ts";
import type { Eta } from "../domain/eta.ts";
import { isFinal } from "../domain/journey.ts";
import type { Fix } from "../domain/ping.ts";
import type { Tracking } from "../domain/session.ts";
import { fail } from "../errors.ts";
import { type Role, readParcel } from "./parcel.ts";

const iso = (at: number) => new Date(at).toISOString();
const isoOrNull = (at: number | null | undefined) => (at === null || at === undefined ? null : iso(at));
const toEtaDto = (eta: Eta | null) => eta && { at: iso(eta.at), from: iso(eta.from), until: iso(eta.until) };

const toPosition = (fix: Fix | null) =>
  fix && {
    at: iso(fix.at),
    latitude: fix.latitude,
    longitude: fix.longitude,
    accuracyMeters: fix.accuracyMeters,
    headingDegrees: fix.headingDegrees,
  };

export function toProofDto({ proof }: Pick<Tracking, "proof">) {
  if (!proof) return null;
  const { at, recipient, hasCode, metersAway, photoKey, signatureKey } = proof;
  const has = { hasPhoto: photoKey !== null, hasSignature: signatureKey !== null, hasCode };
  return { at: iso(at), recipient, metersAway, ...has };
}

/** For those whom the order concerns. The code at the door is the buyer's alone. */
export function toTrackingDto(ctx: Pick<Ctx, "keys">, tracking: Tracking, role: Role) {
  const { session, journey, position, eta, arrivedAt, version } = tracking;
  const { shipmentId, orderId, carrier, courier, trackingNumber } = session;
  const isOver = isFinal(journey.status);
  return {
    shipmentId,
    orderId,
    carrier,
    courier,
    trackingNumber,
    status: journey.status,
    since: isoOrNull(journey.since),
    shippedAt: iso(session.shippedAt),
    arrivedAt: isoOrNull(arrivedAt),
    eta: toEtaDto(eta),
    position: isOver ? null : toPosition(position),
    scans: journey.scans.map(({ at, status, note, source }) => ({ at: iso(at), status, note, source })),
    proof: toProofDto(tracking),
    publicToken: publicToken(ctx, shipmentId),
    version,
    ...(role === "buyer" && !isOver ? { deliveryCode: deliveryCode(ctx, shipmentId) } : {}),
  };
}

type Ref = { readonly shipmentId: Id<"shipment"> };

export async function getTracking(ctx: Ctx, { shipmentId }: Ref) {
  const { tracking, role } = await readParcel(ctx, shipmentId);
  return toTrackingDto(ctx, tracking, role);
}

/** Nobody makes up a token: it is the shipment's id with a signature of this market. */
function publicToken({ keys }: Pick<Ctx, "keys">, shipmentId: Id<"shipment">): string {
  return `${shipmentId.slice(4)}.${keys.sign("parcel", shipmentId)}`;
}

/** What anyone with the link may know: no name, no place, no words of a carrier, which often hold both. */
export async function readPublic(ctx: Ctx, { token }: { readonly token: string }) {
  const [id = "", signature = ""] = token.split(".", 2);
  const shipmentId = `shp_${id}` as Id<"shipment">;
  if (!ctx.keys.verify("parcel", shipmentId, signature)) throw fail("tracking.not_found");
  const tracking = await onTrackingSession(ctx, shipmentId, (stub) => stub.read());
  if (!tracking) throw fail("tracking.not_found");
  const { session, journey, eta } = tracking;
  const body = {
    carrier: session.carrier,
    trackingNumberEnd: session.trackingNumber.slice(-4),
    status: journey.status,
    since: isoOrNull(journey.since),
    eta: toEtaDto(eta),
    steps: journey.scans.map(({ at, status }) => ({ at: iso(at), status })),
  };
  return new Reply<typeof body>(body, {
    headers: { "cache-control": "private, max-age=15", "x-robots-tag": "noindex" },
  });
}

/** As it was handed in. */
export async function readPicture(ctx: Ctx, { shipmentId, kind }: Ref & { readonly kind: PictureKind }) {
  const { tracking } = await readParcel(ctx, shipmentId);
  const isKept = kind === "photo" ? tracking.proof?.photoKey : tracking.proof?.signatureKey;
  const picture = isKept ? await ctx.buckets.DOCUMENTS.get(pictureKey(ctx, { shipmentId, kind })) : null;
  if (!picture) throw fail("tracking.not_found");
  return new Reply(picture.body, {
    headers: {
      "content-type": picture.httpMetadata?.contentType ?? "application/octet-stream",
      "cache-control": "private, max-age=3600",
    },
  });
}

const TRACK_MAX = 5_000;

/**
 * The way that was come, out of the archive: each ping once, though it may lie there twice. A long way is
 * told by every second ping, or every third, and never by its beginning alone.
 */
export async function readTrack(ctx: Ctx, { shipmentId }: Ref) {
  await readParcel(ctx, shipmentId);
  const result = await ctx.clickhouse.query({
    query: `SELECT seq, toUnixTimestamp64Milli(at) AS at, latitude, longitude FROM tracking_ping FINAL
      WHERE shipment_id = {id:String} AND seq % (
        SELECT intDiv(max(seq), {max:UInt32} + 1) + 1 FROM tracking_ping WHERE shipment_id = {id:String}
      ) = 0 ORDER BY seq LIMIT {max:UInt32}`,
    query_params: { id: shipmentId, max: TRACK_MAX },
    format: "JSONEachRow",
  });
  const rows = await result.json<{ seq: string; at: string; latitude: number; longitude: number }>();
  const items = rows.map((row) => ({ ...row, seq: Number(row.seq), at: iso(Number(row.at)) }));
  return { items };
}
