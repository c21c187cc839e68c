import type * as z from "zod";
import type { Id, Ids } from "#kernel/ids";
import type { OrderPaid } from "#services/transaction/order/facts";

/** An order as its events tell of it: two lines of goods of one shop, in rupiah. */
export function toldOrder(
  ids: Ids,
  about: { readonly buyerId: string; readonly email: string } & Partial<z.output<typeof OrderPaid.payload>>,
): z.output<typeof OrderPaid.payload> {
  return {
    orderId: ids.next("order"),
    orderGroupId: ids.next("orderGroup"),
    sellerId: ids.next("seller") as Id<"seller">,
    locale: "id",
    currency: "IDR",
    goodsMinor: "15000000",
    taxMinor: "1486486",
    shippingMinor: "1500000",
    totalMinor: "16500000",
    method: "qris",
    lines: [
      {
        offerId: ids.next("offer"),
        productId: ids.next("product"),
        sku: "KOPI-250",
        title: "Kopi <Gayo> 250 g",
        quantity: 2,
        unitPriceMinor: "5000000",
      },
      {
        offerId: ids.next("offer"),
        productId: ids.next("product"),
        sku: "TEH-100",
        title: "Teh hijau",
        quantity: 1,
        unitPriceMinor: "5000000",
      },
    ],
    ...about,
  };
}
