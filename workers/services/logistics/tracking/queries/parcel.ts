import { requireOperator, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { onTrackingSession } from "#objects/stubs";
import { partiesQuery } from "#services/transaction/order/index";
import type { Tracking } from "../domain/session.ts";
import { fail } from "../errors.ts";

export type Role = "buyer" | "seller" | "operator";
type Found = { readonly tracking: Tracking; readonly role: Role };

/** What the caller may see, as what he is to the order; another's parcel is not found. */
export async function readParcel(ctx: Ctx, shipmentId: Id<"shipment">): Promise<Found> {
  const tracking = await onTrackingSession(ctx, shipmentId, (stub) => stub.read());
  if (!tracking) throw fail("tracking.not_found");
  const role = await roleOf(ctx, tracking.session.orderId);
  if (!role) throw fail("tracking.not_found");
  return { tracking, role };
}

async function roleOf(ctx: Ctx, orderId: Id<"order">): Promise<Role | undefined> {
  const { actor } = ctx;
  if (actor.kind === "user" && actor.operator) {
    requireOperator(ctx, "order:read");
    return "operator";
  }
  // Whose order it is may change: a guest's becomes his account's.
  const [parties] = await ctx.db.load(partiesQuery(orderId));
  if (!parties) return undefined;
  if (actor.kind === "guest") return actor.guestId === parties.buyerId ? "buyer" : undefined;
  if (actor.kind === "user" && actor.userId === parties.buyerId) return "buyer";
  const isShop = actor.kind === "service" || (actor.kind === "user" && actor.shop !== undefined);
  return isShop && requireShop(ctx, "order:read") === parties.sellerId ? "seller" : undefined;
}

/** The parcel of the caller's own shop, to act on. */
export async function ownParcel(ctx: Ctx, shipmentId: Id<"shipment">): Promise<Tracking> {
  const sellerId = requireShop(ctx, "order:write");
  const tracking = await onTrackingSession(ctx, shipmentId, (stub) => stub.read());
  if (tracking?.session.sellerId !== sellerId) throw fail("tracking.not_found");
  return tracking;
}
