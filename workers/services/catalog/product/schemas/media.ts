import * as z from "zod";
import { zId } from "#kernel/ids";
import { zTexts } from "#kernel/texts";
import { MEDIA_TYPES, PICTURE_WIDTHS, PICTURES_MAX, VIDEOS_MAX } from "../domain/media.ts";
import { zMedia } from "./product.ts";

const ALT_CHARS_MAX = 200;

export const zMediaKey = z.object({
  key: z.string().regex(/^[a-z]{2}-med_[0-9a-z]{26}\.(jpg|png|webp|gif|mp4)$/),
});
/** A page's own widths and no others. */
export const zMediaSize = z.object({
  width: z.coerce
    .number()
    .pipe(z.literal([...PICTURE_WIDTHS]))
    .optional(),
});
export const zMediaHeaders = z.object({
  accept: z.string().max(1_000).optional(),
  "if-none-match": z.string().max(200).optional(),
  range: z.string().max(100).optional(),
});
export const zMediaRef = z.object({ productId: zId("product"), mediaId: zId("media") });
export const zArrangeMedia = z.object({
  /** All of the product's files in the order in which they are shown; the first picture is its cover. */
  items: z
    .array(z.object({ id: zId("media"), alts: zTexts(ALT_CHARS_MAX).nullable().optional() }))
    .max(PICTURES_MAX + VIDEOS_MAX),
});
export const zMediaList = z.object({ items: z.array(zMedia) });
export const UPLOAD_TYPES: readonly string[] = MEDIA_TYPES;
export const PICTURE_TYPES: readonly string[] = MEDIA_TYPES.filter((type) => type.startsWith("image/"));

export type ArrangeMedia = z.output<typeof zArrangeMedia>;
