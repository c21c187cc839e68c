import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { zTexts } from "#kernel/texts";

/** Longer than any title. */
const TITLE_CHARS_MAX = 1_000;

const zOf = z.object({ productId: zId("product"), sellerId: zId("seller") });

export const ProductProposed = defineEvent("product.proposed", 1, zOf);
/** On sale from now on, with the offers it has. */
export const ProductPublished = defineEvent("product.published", 1, zOf);
export const ProductRejected = defineEvent(
  "product.rejected",
  1,
  z.object({ ...zOf.shape, reason: z.string() }),
);
/** What a shop has asked for was decided: by an operator, or by a merge that left its product behind. */
export const ProductChangeDecided = defineEvent(
  "product.change_decided",
  1,
  z.object({
    productId: zId("product"),
    number: z.int(),
    /** The shop that asked, which need not be the product's own. */
    sellerId: zId("seller"),
    decision: z.enum(["approved", "rejected", "superseded"]),
    reason: z.string().optional(),
    titles: zTexts(TITLE_CHARS_MAX),
  }),
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
