import { requireOperator, requireShop } from "#kernel/actor";
import { Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { type Money, toMoneyDto } from "#kernel/money";
import { decodeCursor, toPage } from "#kernel/page";
import { documentKey } from "../commands/advance.ts";
import { auditOf, expectedMinor } from "../domain/audit.ts";
import type { Label } from "../domain/label.ts";
import { fail } from "../errors.ts";
import { auditsQuery, labelsQuery, ownLabelQuery } from "../repository/labels.ts";
import type { AuditQuery, LabelQuery } from "../schemas.ts";

const iso = (at: number) => new Date(at).toISOString();
const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

export function toLabelDto(label: Label) {
  const { id, currency, state, costMinor, cashMinor, quotedMinor } = label;
  const money = (minor: bigint) => toMoneyDto({ minor, currency });
  const url = (format: string) =>
    label.boughtAt === null || state === "voided"
      ? null
      : `/v1/shipping/labels/${id}/document?format=${format}`;
  return {
    id,
    orderId: label.orderId,
    sellerId: label.sellerId,
    kind: label.kind,
    state,
    provider: label.provider,
    carrier: label.carrier,
    service: label.service,
    name: label.name,
    trackingNumber: label.trackingNumber,
    shipmentId: label.shipmentId,
    parcelGrams: label.parcelGrams,
    quoted: money(quotedMinor),
    cost: costMinor === null ? null : money(costMinor),
    cash: cashMinor === null ? null : money(cashMinor),
    insured: label.isInsured,
    pdfUrl: url("pdf"),
    zplUrl: url("zpl"),
    refusal: label.refusal,
    createdAt: iso(label.createdAt),
    boughtAt: isoOrNull(label.boughtAt),
    voidedAt: isoOrNull(label.voidedAt),
  };
}

type Ref = { readonly labelId: Id<"label"> };

async function ownLabel(ctx: Ctx, labelId: Id<"label">): Promise<Label> {
  const [label] = await ctx.db.load(ownLabelQuery(requireShop(ctx, "order:read"), labelId));
  if (!label) throw fail("shipping.label_not_found");
  return label;
}

export const getLabel = async (ctx: Ctx, { labelId }: Ref) => toLabelDto(await ownLabel(ctx, labelId));

/** The shop's, the newest first. */
export async function listLabels(ctx: Ctx, { limit, cursor, orderId }: LabelQuery) {
  const sellerId = requireShop(ctx, "order:read");
  const list = `labels ${JSON.stringify([sellerId, orderId])}`;
  const [before] = decodeCursor(ctx, list, cursor) ?? [];
  const [rows] = await ctx.db.load(
    labelsQuery({ sellerId, orderId, before: before as string | undefined, limit }),
  );
  return toPage(ctx, list, limit, rows, (row) => [row.id], toLabelDto);
}

/** As it was made; a label that was given back is not printed any more. */
export async function readDocument(ctx: Ctx, { labelId, format }: Ref & { readonly format: "pdf" | "zpl" }) {
  const label = await ownLabel(ctx, labelId);
  const isThere = label.boughtAt !== null && label.state !== "voided";
  const document = isThere ? await ctx.buckets.DOCUMENTS.get(documentKey(ctx, labelId, format)) : null;
  if (!document) throw fail("shipping.label_not_found");
  const headers = {
    "content-type": format === "pdf" ? "application/pdf" : "application/zpl",
    "content-length": String(document.size),
    "content-disposition": `inline; filename="${label.trackingNumber}.${format}"`,
    "cache-control": "private, max-age=3600",
  };
  return new Reply(document.body, { headers });
}

/** Bills that are not what was expected, the newest label first: the shop's own, or as an operator all. */
export async function listAudits(ctx: Ctx, { limit, cursor, as }: AuditQuery) {
  const sellerId = as === "operator" ? undefined : requireShop(ctx, "order:read");
  if (sellerId === undefined) requireOperator(ctx, "order:read");
  const list = `audits ${sellerId ?? "all"}`;
  const [before] = decodeCursor(ctx, list, cursor) ?? [];
  const [rows] = await ctx.db.load(auditsQuery({ sellerId, before: before as string | undefined, limit }));
  return toPage(ctx, list, limit, rows, (row) => [row.id], toAuditDto);
}

function toAuditDto(label: Label) {
  const { currency, costMinor, quotedMinor, quotedGrams, billedGrams, billedAt } = label;
  const money = (minor: bigint) => toMoneyDto({ minor, currency } satisfies Money);
  const billedMinor = label.billedMinor ?? 0n;
  const expected = expectedMinor({ costMinor, quotedMinor });
  const audited = { quotedMinor, quotedGrams, costMinor, billedMinor, billedGrams };
  return {
    labelId: label.id,
    orderId: label.orderId,
    sellerId: label.sellerId,
    provider: label.provider,
    carrier: label.carrier,
    service: label.service,
    trackingNumber: label.trackingNumber,
    quoted: money(quotedMinor),
    expected: money(expected),
    billed: money(billedMinor),
    difference: money(billedMinor - expected),
    quotedGrams,
    billedGrams,
    reason: auditOf(audited) ?? ("cheaper" as const),
    billedAt: iso(billedAt ?? 0),
  };
}
