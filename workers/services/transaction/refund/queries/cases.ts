import { and, desc, eq, isNotNull, lt } from "drizzle-orm";
import { Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { decodeCursor, toPage } from "#kernel/page";
import { refundCase } from "#schema/transaction/refund";
import { labelDocumentKey } from "#services/logistics/shipping/index";
import { evidenceKey } from "../commands/evidence.ts";
import { readScope } from "../commands/scope.ts";
import { noteNumber } from "../domain/note.ts";
import { fail } from "../errors.ts";
import { creditNoteQuery } from "../repository/books.ts";
import {
  assemble,
  byId,
  eventsQuery,
  evidenceQuery,
  headsQuery,
  linesQuery,
  type Scope,
  within,
} from "../repository/cases.ts";
import { caseLabelQuery } from "../repository/labels.ts";
import type { As, RefundList, RefundRef } from "../schemas.ts";
import { toEventDto, toHead, toRefundDto } from "./views.ts";

type Asked = RefundRef & As;

/** Everything about one case, in one round trip. */
async function readRefund(ctx: Ctx, scope: Scope, refundId: Id<"refundCase">) {
  const which = byId(scope, refundId);
  const [heads, lines, evidence, note, label] = await ctx.db.load(
    headsQuery(which),
    linesQuery(which),
    evidenceQuery(refundId),
    creditNoteQuery(refundId),
    caseLabelQuery(refundId),
  );
  const [one] = assemble(heads, lines);
  if (!one) throw fail("refund.not_found");
  return toRefundDto(one, { as: scope.as, evidence, note, label });
}

export const getRefund = (ctx: Ctx, { refundId, as }: Asked) =>
  readRefund(ctx, readScope(ctx, { as }), refundId);

/** Newest first, of the buyer, the shop or, for operators, of all. */
export async function listRefunds(ctx: Ctx, { limit, cursor, as, state, orderId, stuck }: RefundList) {
  const scope = readScope(ctx, { as });
  const list = `refunds ${JSON.stringify([scope, state, orderId, stuck])}`;
  const [after] = decodeCursor(ctx, list, cursor) ?? [];
  const which = and(
    within(scope),
    state && eq(refundCase.state, state),
    orderId && eq(refundCase.orderId, orderId),
    stuck === true ? isNotNull(refundCase.stuckNote) : undefined,
    after === undefined ? undefined : lt(refundCase.id, after as Id<"refundCase">),
  );
  const [rows] = await ctx.db.load(
    query(
      (read) =>
        read
          .select()
          .from(refundCase)
          .where(which)
          .orderBy(desc(refundCase.id))
          .limit(limit + 1),
      (found) => found,
    ),
  );
  return toPage(ctx, list, limit, rows, (row) => [row.id], toHead);
}

/** The log of a case, the oldest first. */
export async function readTimeline(ctx: Ctx, { refundId, as }: Asked) {
  const [events] = await ctx.db.load(eventsQuery(byId(readScope(ctx, { as }), refundId)));
  if (events.length === 0) throw fail("refund.not_found");
  return { items: events.map(toEventDto) };
}

const document = ({ body, size }: R2ObjectBody, contentType: string, name: string) =>
  new Reply(body, {
    headers: {
      "content-type": contentType,
      "content-length": String(size),
      "content-disposition": `inline; filename="${name}"`,
      "cache-control": "private, max-age=3600",
    },
  });

export async function readCreditNote(ctx: Ctx, { refundId, as }: Asked) {
  const scope = readScope(ctx, { as });
  const [heads, note] = await ctx.db.load(headsQuery(byId(scope, refundId)), creditNoteQuery(refundId));
  if (heads.length === 0) throw fail("refund.not_found");
  const file = note?.documentKey ? await ctx.buckets.DOCUMENTS.get(note.documentKey) : null;
  if (!note || !file) throw fail("refund.credit_note_not_ready", { retryAfter: 5 });
  return document(file, "application/pdf", `${noteNumber(note.seq)}.pdf`);
}

/** The label of the way back, as Shipping keeps it: for whoever may read the case. */
export async function readLabel(ctx: Ctx, { refundId, as }: Asked) {
  const scope = readScope(ctx, { as });
  const [heads, label] = await ctx.db.load(headsQuery(byId(scope, refundId)), caseLabelQuery(refundId));
  if (heads.length === 0 || !label || label.voidedAt !== null) throw fail("refund.not_found");
  const file = await ctx.buckets.DOCUMENTS.get(labelDocumentKey(ctx, label.labelId, "pdf"));
  if (!file) throw fail("refund.not_found");
  return document(file, "application/pdf", `${label.trackingNumber ?? label.labelId}.pdf`);
}

/** A file that one side has shown, for both and for whoever decides. */
export async function readEvidence(
  ctx: Ctx,
  { refundId, attachmentId, as }: Asked & { readonly attachmentId: Id<"attachment"> },
) {
  const scope = readScope(ctx, { as });
  const [[head], shown] = await ctx.db.load(headsQuery(byId(scope, refundId)), evidenceQuery(refundId));
  const known = shown.find((one) => one.attachmentId === attachmentId);
  if (!head || !known) throw fail("refund.not_found");
  const file = await ctx.buckets.DOCUMENTS.get(evidenceKey(ctx, { orderId: head.orderId, attachmentId }));
  if (!file) throw fail("refund.not_found");
  return document(file, known.contentType, attachmentId);
}
