import { createHash } from "node:crypto";
import * as z from "zod";
import type { Ctx } from "#kernel/ctx";
import { type Id, zId } from "#kernel/ids";
import { giveTicket } from "#kernel/ticket";
import { fail } from "../errors.ts";
import { ownParcel, readParcel } from "../queries/parcel.ts";

const zPass = z.object({ shipmentId: zId("shipment"), driverId: zId("guest"), until: z.int() });
type Pass = z.output<typeof zPass>;

type ShipmentRef = { readonly shipmentId: Id<"shipment"> };
type Shown = ShipmentRef & { readonly pass: string | undefined };

/** For whoever carries this one parcel; without an account, and worth nothing for any other parcel. */
export async function givePass(ctx: Ctx, { shipmentId }: ShipmentRef) {
  await ownParcel(ctx, shipmentId);
  const until = ctx.clock.now() + ctx.market.tracking.driverPassMs;
  const pass: Pass = { shipmentId, driverId: ctx.ids.next("guest"), until };
  const body = Buffer.from(JSON.stringify(pass)).toString("base64url");
  return { pass: `${body}.${ctx.keys.sign("driver", body)}`, expiresAt: new Date(until).toISOString() };
}

/** Who drives, if the pass is ours, in time and for this parcel. */
export function requireDriver(
  { keys, clock }: Pick<Ctx, "keys" | "clock">,
  { shipmentId, pass = "" }: Shown,
) {
  const [body = "", signature = ""] = pass.split(".", 2);
  if (!keys.verify("driver", body, signature)) throw fail("tracking.pass_invalid");
  const shown = zPass.parse(JSON.parse(Buffer.from(body, "base64url").toString()));
  if (shown.until <= clock.now() || shown.shipmentId !== shipmentId) throw fail("tracking.pass_invalid");
  return shown.driverId;
}

/** Into the room of the shipment: as the driver with a pass, else as whom the order lets see it. */
export async function giveRoomTicket(ctx: Ctx, { shipmentId, pass }: Shown) {
  const room = { noun: "tracking-session", id: shipmentId };
  if (pass !== undefined)
    return giveTicket(ctx, { ...room, personId: requireDriver(ctx, { shipmentId, pass }), role: "driver" });
  const { role } = await readParcel(ctx, shipmentId);
  const { actor } = ctx;
  if (actor.kind !== "user" && actor.kind !== "guest") throw fail("tracking.not_found");
  const personId = actor.kind === "user" ? actor.userId : actor.guestId;
  return giveTicket(ctx, { ...room, personId, role });
}

/** Six digits that the receiver tells the driver at the door; nobody else is shown them. */
export function deliveryCode({ keys }: Pick<Ctx, "keys">, shipmentId: Id<"shipment">): string {
  const digest = createHash("sha256")
    .update(keys.sign("code", `delivery/${shipmentId}`))
    .digest();
  return (digest.readUInt32BE(0) % 1_000_000).toString().padStart(6, "0");
}
