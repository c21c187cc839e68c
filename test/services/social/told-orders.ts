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
    discountMinor: "0",
    sellerDiscountMinor: "0",
    taxMinor: "1486486",
    shippingMinor: "1500000",
    shippingDiscountMinor: "0",
    sellerShippingDiscountMinor: "0",
    totalMinor: "16500000",
    commissionMinor: "750000",
    commissionTaxMinor: "82500",
    method: "qris",
    lines: [
      {
        lineId: ids.next("line"),
        offerId: ids.next("offer"),
        productId: ids.next("product"),
        categoryId: null,
        sku: "KOPI-250",
        title: "Kopi <Gayo> 250 g",
        quantity: 2,
        unitPriceMinor: "5000000",
        goodsMinor: "10000000",
        discountMinor: "0",
      },
      {
        lineId: ids.next("line"),
        offerId: ids.next("offer"),
        productId: ids.next("product"),
        categoryId: null,
        sku: "TEH-100",
        title: "Teh hijau",
        quantity: 1,
        unitPriceMinor: "5000000",
        goodsMinor: "5000000",
        discountMinor: "0",
      },
    ],
    ...about,
  };
}
