import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { deliverParcel } from "#services/transaction/order/index";
import { labelOfShipmentQuery } from "../repository/labels.ts";

type Delivered = {
  readonly orderId: Id<"order">;
  readonly shipmentId: Id<"shipment">;
  readonly deliveredAt: number;
};

/** A courier who was told to take the money has it when he says that he delivered: the order is paid. */
export async function takeCash(ctx: Ctx, { orderId, shipmentId, deliveredAt }: Delivered): Promise<void> {
  const [label] = await ctx.db.load(labelOfShipmentQuery(shipmentId));
  if (!label || label.cashMinor === null || label.provider === "table" || label.state !== "shipped") return;
  await deliverParcel(ctx, { orderId, shipmentId, deliveredAt, hasCash: true });
}
