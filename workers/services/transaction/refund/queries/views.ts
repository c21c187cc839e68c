import type { Currency } from "#kernel/money";
import { toMoneyDto } from "#kernel/money";
import type { Amounts } from "../domain/amounts.ts";
import type { Case } from "../domain/case.ts";
import { noteNumber } from "../domain/note.ts";
import type { CreditNote } from "../repository/books.ts";
import type { EventRow, Evidence, Scope } from "../repository/cases.ts";
import type { CaseLabel } from "../repository/labels.ts";

const toTime = (at: number) => new Date(at).toISOString();
const toTimeOrNull = (at: number | null) => (at === null ? null : toTime(at));

export const toHead = (one: Omit<Case, "lines" | "amounts">) => ({
  id: one.id,
  kind: one.kind,
  state: one.state,
  orderId: one.orderId,
  sellerId: one.sellerId,
  reason: one.reason,
  tender: one.tender,
  resolution: one.resolution,
  quoted: toMoneyDto({ minor: one.quotedMinor, currency: one.currency }),
  answerBefore: toTimeOrNull(one.dueAt),
  createdAt: toTime(one.createdAt),
  resolvedAt: toTimeOrNull(one.resolvedAt),
  version: one.version,
});

function toAmountsDto(amounts: Amounts, currency: Currency, as: Scope["as"]) {
  const money = (minor: bigint) => toMoneyDto({ minor, currency });
  const bearers = {
    fromSeller: money(amounts.fromSellerMinor),
    fromPlatform: money(amounts.fromPlatformMinor),
    commissionBack: money(amounts.commissionBackMinor),
    commissionTaxBack: money(amounts.commissionTaxBackMinor),
  };
  return {
    toBuyer: money(amounts.toBuyerMinor),
    shipping: money(amounts.shippingMinor),
    withheld: money(amounts.withheldMinor),
    tax: money(amounts.taxMinor),
    ...(as === "buyer" ? {} : bearers),
  };
}

type Beside = {
  readonly as: Scope["as"];
  readonly evidence: readonly Evidence[];
  readonly note: CreditNote | undefined;
  readonly label: CaseLabel | undefined;
};

/** A label that was taken back is none. */
function toLabelDto(
  { refundId, carrier, trackingNumber, boughtAt, voidedAt, paidBy }: CaseLabel,
  as: Scope["as"],
) {
  if (voidedAt !== null) return null;
  const pdfUrl = boughtAt === null ? null : `/v1/refunds/${refundId}/label`;
  return { carrier, trackingNumber, pdfUrl, ...(as === "buyer" ? {} : { paidBy }) };
}

export const toRefundDto = (one: Case, { as, evidence, note, label }: Beside) => ({
  ...toHead(one),
  step: one.step,
  stuckNote: as === "buyer" ? null : one.stuckNote,
  goodsBack: one.goodsBack,
  isInstant: one.isInstant,
  isFinal: one.isFinal,
  offer: one.offerMinor === null ? null : toMoneyDto({ minor: one.offerMinor, currency: one.currency }),
  back: one.back,
  label: label ? toLabelDto(label, as) : null,
  replacement: one.replacement,
  lines: one.lines.map(({ lineId, offerId, title, sku, quantity, resellable, damaged, missing }) => {
    return { lineId, offerId, title, sku, quantity, resellable, damaged, missing };
  }),
  evidence: evidence.map(({ attachmentId, role, contentType, addedAt }) => {
    return { attachmentId, by: role, contentType, addedAt: toTime(addedAt) };
  }),
  amounts: one.amounts && toAmountsDto(one.amounts, one.currency, as),
  creditNote: note
    ? { number: noteNumber(note.seq), issuedAt: toTime(note.issuedAt), isReady: note.documentKey !== null }
    : null,
});

export const toEventDto = ({ seq, at, actor, role, move, state, step, detail }: EventRow) => {
  return { seq, at: toTime(at), by: actor, as: role, move, state, step, detail };
};
