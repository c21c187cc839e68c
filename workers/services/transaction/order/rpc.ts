import { zPage } from "#kernel/page";
import { anyOf, buyer, guest, operator, seller, service } from "#kernel/policy";
import { newRpc, rpcMethod } from "#kernel/rpc";
import { OrderService } from "#proto/order/v1/order_pb";
import { cancelOrder } from "./commands/cancel.ts";
import { confirmOrder, deliverOrder, shipOrder } from "./commands/fulfil.ts";
import { getOrder, listOrders, readTimeline } from "./queries/orders.ts";
import { zAsQuery, zCancel, zOrder, zOrderItem, zOrderList, zOrderRef, zShip, zTimeline } from "./schemas.ts";

const readers = anyOf(guest, buyer, seller("order:read"), operator("order:read"), service("order:read"));
const movers = anyOf(guest, buyer, seller("order:write"), operator("order:write"), service("order:write"));
const shops = anyOf(seller("order:write"), service("order:write"));
const zRefAs = zOrderRef.extend(zAsQuery.shape);

export const rpc = newRpc(OrderService, {
  listOrders: rpcMethod({
    policy: readers,
    input: zOrderList,
    output: zPage(zOrderItem),
    run: (ctx, input) => listOrders(ctx, input),
  }),
  getOrder: rpcMethod({
    policy: readers,
    input: zRefAs,
    output: zOrder,
    run: (ctx, input) => getOrder(ctx, input),
  }),
  getTimeline: rpcMethod({
    policy: readers,
    input: zRefAs,
    output: zTimeline,
    run: (ctx, input) => readTimeline(ctx, input),
  }),
  cancelOrder: rpcMethod({
    policy: movers,
    input: zRefAs.extend(zCancel.shape),
    output: zOrder,
    idempotency: "required",
    run: async (ctx, { as, ...input }, { idempotencyKey }) => {
      const { id: orderId } = await cancelOrder(ctx, { ...input, as, idempotencyKey });
      return getOrder(ctx, { orderId, as });
    },
  }),
  confirmOrder: rpcMethod({
    policy: shops,
    input: zOrderRef,
    output: zOrder,
    idempotency: "required",
    run: async (ctx, input) => getOrder(ctx, { orderId: (await confirmOrder(ctx, input)).id, as: "seller" }),
  }),
  shipOrder: rpcMethod({
    policy: shops,
    input: zOrderRef.extend(zShip.shape),
    output: zOrder,
    idempotency: "required",
    run: async (ctx, input, { idempotencyKey }) => {
      const { id: orderId } = await shipOrder(ctx, { ...input, idempotencyKey });
      return getOrder(ctx, { orderId, as: "seller" });
    },
  }),
  deliverOrder: rpcMethod({
    policy: movers,
    input: zRefAs,
    output: zOrder,
    idempotency: "required",
    run: async (ctx, input) => getOrder(ctx, { orderId: (await deliverOrder(ctx, input)).id, as: input.as }),
  }),
});
