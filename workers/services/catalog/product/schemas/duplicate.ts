import * as z from "zod";
import { zId } from "#kernel/ids";
import { zPage, zPageQuery } from "#kernel/page";
import { zTexts } from "#kernel/texts";
import { DUPLICATE_STATES, REASON_KINDS } from "../domain/duplicate.ts";
import { PRODUCT_STATES } from "../domain/product.ts";

const REASON_CHARS_MAX = 500;
const TITLE_CHARS_MAX = 1_000;
const PAIR = 2;

export const zDuplicateQuery = zPageQuery.extend({ state: z.enum(DUPLICATE_STATES).default("open") });
export const zDuplicateRef = z.object({ duplicateId: zId("duplicate") });
export const zMergeRef = z.object({ mergeId: zId("merge") });
/** Which of the two stays; else the one on sale, or the older. */
export const zMergePair = z.object({ keep: zId("product").optional() });
export const zDismiss = z.object({ reason: z.string().trim().min(1).max(REASON_CHARS_MAX) });
export const zReport = z.object({
  productIds: z.array(zId("product")).length(PAIR),
  note: z.string().trim().min(1).max(REASON_CHARS_MAX),
});

const zSide = z.object({
  id: zId("product"),
  slug: z.string(),
  titles: zTexts(TITLE_CHARS_MAX),
  brand: z.string().nullable(),
  state: z.enum(PRODUCT_STATES),
  sellerId: zId("seller"),
});
export const zDuplicate = z.object({
  id: zId("duplicate"),
  products: z.array(zSide),
  /** How sure the reasons make it, in thousandths. */
  score: z.int(),
  reasons: z.array(z.object({ kind: z.enum(REASON_KINDS), weight: z.int(), detail: z.string() })),
  state: z.enum(DUPLICATE_STATES),
  foundAt: z.iso.datetime(),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
});
export const zDuplicatePage = zPage(zDuplicate);
export const zMerge = z.object({
  id: zId("merge"),
  /** The one that stayed, and the one that became part of it. */
  masterId: zId("product"),
  productId: zId("product"),
  offersMoved: z.int(),
  offersRested: z.int(),
  by: z.string(),
  at: z.iso.datetime(),
  undoableUntil: z.iso.datetime(),
  undoneBy: z.string().nullable(),
  undoneAt: z.iso.datetime().nullable(),
});
export const zMergePage = zPage(zMerge);
