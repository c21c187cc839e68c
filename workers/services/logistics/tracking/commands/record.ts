import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { sniff } from "#kernel/sniff";
import { onTrackingSession } from "#objects/stubs";
import type { Scan } from "../domain/journey.ts";
import type { Tracking } from "../domain/session.ts";
import { fail } from "../errors.ts";
import { ownParcel } from "../queries/parcel.ts";
import type { GiveProof, RecordScan, TakePings } from "../schemas.ts";
import { deliveryCode, requireDriver } from "./pass.ts";

/** A shop that delivers itself says what happened. */
export async function recordScan(ctx: Ctx, { shipmentId, status, note, at }: RecordScan): Promise<Tracking> {
  await ownParcel(ctx, shipmentId);
  const scan = { at: at ?? ctx.clock.now(), status, note: note ?? "", source: "shop" as const };
  return orThrow(await onTrackingSession(ctx, shipmentId, (stub) => stub.observe([scan])), fail);
}

/** What a carrier's own signed word says of a parcel; false where it is not followed (yet). */
export async function observeParcel(
  ctx: Ctx,
  shipmentId: Id<"shipment">,
  scans: readonly Scan[],
): Promise<boolean> {
  const outcome = await onTrackingSession(ctx, shipmentId, (stub) => stub.observe(scans));
  if (!outcome.ok && outcome.code === "tracking.not_found") return false;
  orThrow(outcome, fail);
  return true;
}

type WithPass<T> = T & { readonly pass: string | undefined };

/** On disk when this answers; sent again under its `cid` it is kept once. */
export async function takePings(ctx: Ctx, { shipmentId, pass, cid, fixes }: WithPass<TakePings>) {
  requireDriver(ctx, { shipmentId, pass });
  return orThrow(await onTrackingSession(ctx, shipmentId, (stub) => stub.ping({ cid, fixes })), fail);
}

const PICTURES = ["image/jpeg", "image/png", "image/webp"];
export type PictureKind = "photo" | "signature";
type Picture = {
  readonly shipmentId: Id<"shipment">;
  readonly kind: PictureKind;
  readonly raw: { readonly bytes: Uint8Array<ArrayBuffer> };
};

export const pictureKey = ({ cell }: Pick<Ctx, "cell">, { shipmentId, kind }: Omit<Picture, "raw">) =>
  `${cell}/proofs/${shipmentId}/${kind}`;

/** Lies in the bucket before the proof names it; until then another may take its place. */
export async function uploadPicture(
  ctx: Ctx,
  { shipmentId, kind, pass, raw }: WithPass<Picture>,
): Promise<null> {
  requireDriver(ctx, { shipmentId, pass });
  const contentType = sniff(raw.bytes);
  if (!contentType || !PICTURES.includes(contentType)) throw fail("tracking.not_a_picture");
  const tracking = await onTrackingSession(ctx, shipmentId, (stub) => stub.read());
  if (!tracking) throw fail("tracking.not_found");
  if (tracking.proof) throw fail("tracking.over");
  const key = pictureKey(ctx, { shipmentId, kind });
  await ctx.buckets.DOCUMENTS.put(key, raw.bytes, { httpMetadata: { contentType } });
  return null;
}

/** The parcel is handed over; what shows it is kept with where and when it was. */
export async function giveProof(ctx: Ctx, { shipmentId, pass, ...proof }: WithPass<GiveProof>) {
  requireDriver(ctx, { shipmentId, pass });
  const [photoKey, signatureKey] = await Promise.all([
    keyIfThere(ctx, { shipmentId, kind: "photo" }),
    keyIfThere(ctx, { shipmentId, kind: "signature" }),
  ]);
  const { cid, latitude, longitude, recipient = null, code = null } = proof;
  const offered = { cid, latitude, longitude, recipient, code, at: ctx.clock.now(), photoKey, signatureKey };
  const expected = deliveryCode(ctx, shipmentId);
  return orThrow(await onTrackingSession(ctx, shipmentId, (stub) => stub.prove(offered, expected)), fail);
}

async function keyIfThere(ctx: Ctx, which: Omit<Picture, "raw">): Promise<string | null> {
  const key = pictureKey(ctx, which);
  return (await ctx.buckets.DOCUMENTS.head(key)) ? key : null;
}
