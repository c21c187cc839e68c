import { createHash } from "node:crypto";
import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { chargedMinor, withBill } from "../domain/audit.ts";
import { fail } from "../errors.ts";
import { LabelBilled } from "../facts.ts";
import { portOf } from "../providers/choose.ts";
import {
  addBill,
  type Bill,
  billsQuery,
  holdCharges,
  labelByNumberQuery,
  labelQuery,
  labelsOfBillsQuery,
} from "../repository/labels.ts";
import type { ImportBills } from "../schemas.ts";

const hash = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 22);

/** Keeps bills that are new, each once by its key, and tells what they change of what a label costs. */
export async function takeBills(ctx: Ctx, bills: readonly Bill[]): Promise<void> {
  if (bills.length === 0) return;
  const ids = [...new Set(bills.map(({ labelId }) => labelId))];
  const nameOf = ({ labelId, key }: Bill) => `${labelId} ${key}`;
  const done = await untilFresh("shipping.label_stale", async () => {
    const [labels, known] = await ctx.db.load(labelsOfBillsQuery(ids), billsQuery(ids));
    const names = new Set(known.map(nameOf));
    const byId = new Map(labels.map((label) => [label.id, label]));
    const fresh = [...new Map(bills.map((bill) => [nameOf(bill), bill])).values()].filter(
      (bill) => !names.has(nameOf(bill)),
    );
    const told = fresh.flatMap((bill) => {
      const label = byId.get(bill.labelId);
      if (!label) return [];
      const billed = withBill(label, bill);
      byId.set(label.id, billed);
      const difference = chargedMinor(billed) - chargedMinor(label);
      if (difference === 0n) return [];
      const { id: labelId, orderId, sellerId, provider, currency } = label;
      const about = { labelId, orderId, sellerId, provider, currency, key: bill.key };
      return [LabelBilled.make(ctx, label, { ...about, differenceMinor: difference.toString() })];
    });
    return ctx.db.commit([holdCharges(labels), ...fresh.map(addBill), append(...told)]);
  });
  orThrow(done, fail);
}

/** A carrier's file of what it billed; a row counts once however often its file is sent. */
export async function importBills(ctx: Ctx, { provider, source, rows }: ImportBills) {
  requireOperator(ctx, "platform:write");
  const found = await ctx.db.load(
    ...rows.map(({ trackingNumber }) => labelByNumberQuery(provider, trackingNumber)),
  );
  const bills = rows.flatMap((row, i) => {
    const label = found[i];
    if (!label) return [];
    const { billedGrams = null, billedAt, billedMinor } = row;
    const key = `${source} ${hash(`${row.trackingNumber} ${billedMinor} ${billedGrams} ${billedAt}`)}`;
    const amounts = { billedMinor: BigInt(billedMinor), billedGrams, billedAt };
    return [{ labelId: label.id, key, source: "import" as const, ...amounts }];
  });
  await takeBills(ctx, bills);
  const unknown = rows.flatMap(({ trackingNumber }, i) => (found[i] ? [] : [trackingNumber]));
  return { matched: bills.length, unknown };
}

/** The job: the carrier said that it bills something else, and is asked what. */
export async function askBill(
  ctx: Ctx,
  { labelId }: { readonly labelId: Id<"label"> },
): Promise<readonly Statement[]> {
  const [label] = await ctx.db.load(labelQuery(labelId));
  const port = label && portOf(ctx, label.provider);
  if (!label?.providerRef || !port) return [];
  const bill = await port.bill(label.providerRef);
  if (!bill || bill.billedMinor === label.billedMinor) return [];
  const now = ctx.clock.now();
  const key = `asked ${bill.billedMinor} ${now}`;
  await takeBills(ctx, [{ labelId, key, source: "webhook", ...bill, billedAt: now }]);
  return [];
}
