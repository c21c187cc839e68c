import type { Ctx } from "#kernel/ctx";
import type { Order } from "#services/transaction/order/index";
import type { Reprice } from "../domain/amounts.ts";

/** Without discounts on an order there is nothing to work out anew. */
const KEEPS: Reprice = () => new Map();

/** How the vouchers of an order's group value what is kept of it. */
export async function repriceOf(_ctx: Ctx, _order: Order): Promise<Reprice> {
  return KEEPS;
}
