import * as z from "zod";
import { zId } from "#kernel/ids";
import { PICTURES_MAX } from "../domain/media.ts";
import { VARIANTS_MAX } from "../domain/variant.ts";
import { PRODUCT_FIELDS, zVariantDraft } from "./product.ts";

const { titles, descriptions, brand, mpn, attributes } = PRODUCT_FIELDS;
const { values, gtin, mpn: variantMpn } = zVariantDraft.shape;

/** What a shop that offers a product may say of it: what the thing is, never how anybody sells it. */
export const zProposeChange = z
  .strictObject({
    titles,
    descriptions,
    brand,
    mpn,
    attributes,
    /** Variants that are there, by their values. */
    variants: z
      .array(z.strictObject({ values, gtin, mpn: variantMpn }))
      .min(1)
      .max(VARIANTS_MAX),
  })
  .partial();

/** A picture that waits with its request: its bytes are in the bucket, and no product has it yet. */
const zProposedPicture = z.object({
  id: zId("media"),
  key: z.string(),
  contentType: z.string(),
  bytes: z.int(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  hash: z.string().nullable(),
});
/** The pictures of a request as it is kept; what the product's own shop asks for has none. */
export const zProposed = z.object({ pictures: z.array(zProposedPicture).max(PICTURES_MAX).default([]) });

export type ProposeChange = z.output<typeof zProposeChange>;
export type ProposedPicture = z.output<typeof zProposedPicture>;
