import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { OrderLinesCancelled } from "#services/transaction/order/facts";
import { loadOrder } from "#services/transaction/order/index";
import type { Case } from "../domain/case.ts";
import { firstStep } from "../domain/states.ts";
import { claimUnits } from "../repository/books.ts";
import { insert } from "../repository/cases.ts";
import { opening } from "./effects.ts";
import { draftOf, quote } from "./request.ts";
import { saleOf } from "./sale.ts";

type Told = ReturnType<typeof OrderLinesCancelled.make>["payload"];

/**
 * Units of an order will not leave. What was paid for them goes back as it does for goods that came back, out
 * of the same book: nobody has it twice, and whatever is asked for later finds these units settled.
 */
export async function refundCalledOff(ctx: Ctx, told: Told): Promise<readonly Statement<string>[]> {
  const order = await loadOrder(ctx, { as: "system" }, told.orderId);
  if (!order) throw new Error(`order ${told.orderId} is gone`);
  const reason = told.by === "buyer" ? ("called_off" as const) : ("not_sent" as const);
  const input = { kind: "cancellation" as const, reason, lines: [...told.units] };
  const bare = draftOf(ctx, { order, input, tender: "original" });
  const opened: Case = {
    ...bare,
    state: "settling",
    step: firstStep("refund"),
    dueAt: null,
    isFinal: true,
    quotedMinor: await quote(ctx, order, bare),
  };
  return [
    ...claimUnits(order.id, saleOf(ctx, order), opened.lines),
    ...insert(ctx, [{ move: "request", after: opened, role: "system", detail: { reason: told.reason } }]),
    ...opening(ctx, opened),
  ];
}
