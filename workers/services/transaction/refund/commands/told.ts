import type { Ctx } from "#kernel/ctx";
import type { Fact } from "#kernel/facts";
import type { Order } from "#services/transaction/order/index";
import type { Amounts } from "../domain/amounts.ts";
import type { Case } from "../domain/case.ts";
import { RefundSettled } from "../facts.ts";
import { aboutOf } from "./effects.ts";

/** What a refund came to, for the ledger and for everybody who counts. */
export function settledFact(ctx: Ctx, one: Case, amounts: Amounts, order: Pick<Order, "method">): Fact {
  const about = aboutOf(one);
  const lines = amounts.lines.flatMap((line) => {
    const known = about.lines.find(({ lineId }) => lineId === line.lineId);
    if (!known) return [];
    return [
      {
        ...known,
        quantity: line.quantity,
        goodsMinor: line.goodsMinor.toString(),
        discountMinor: line.discountMinor.toString(),
        sellerDiscountMinor: line.sellerDiscountMinor.toString(),
        taxMinor: line.taxMinor.toString(),
        commissionMinor: line.commissionMinor.toString(),
        commissionTaxMinor: line.commissionTaxMinor.toString(),
      },
    ];
  });
  return RefundSettled.make(ctx, one, {
    ...about,
    lines,
    shippingMinor: amounts.shippingMinor.toString(),
    withheldMinor: amounts.withheldMinor.toString(),
    taxMinor: amounts.taxMinor.toString(),
    toBuyerMinor: amounts.toBuyerMinor.toString(),
    commissionBackMinor: amounts.commissionBackMinor.toString(),
    commissionTaxBackMinor: amounts.commissionTaxBackMinor.toString(),
    fromSellerMinor: amounts.fromSellerMinor.toString(),
    fromPlatformMinor: amounts.fromPlatformMinor.toString(),
    tender: one.tender,
    method: order.method,
    paymentId: one.paymentId,
    isUncollected: order.method === "cod" && one.paymentId === null,
    isWhole: amounts.isWhole,
  });
}
