import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";

const zOf = z.object({ productId: zId("product"), sellerId: zId("seller") });

export const ProductProposed = defineEvent("product.proposed", 1, zOf);
/** On sale from now on, with the offers it has. */
export const ProductPublished = defineEvent("product.published", 1, zOf);
export const ProductRejected = defineEvent(
  "product.rejected",
  1,
  z.object({ ...zOf.shape, reason: z.string() }),
);
/** Its texts, attributes, variants, media, slug or category changed. */
export const ProductChanged = defineEvent("product.changed", 1, zOf);
/** Nobody can buy or find it any more. */
export const ProductArchived = defineEvent("product.archived", 1, zOf);

/** An offer is new, or its price, terms or status changed. */
export const OfferChanged = defineEvent(
  "offer.changed",
  1,
  z.object({
    offerId: zId("offer"),
    productId: zId("product"),
    sellerId: zId("seller"),
    status: z.enum(["active", "paused", "archived"]),
    price: zMoney,
  }),
);
