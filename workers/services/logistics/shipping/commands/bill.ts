import { createHash } from "node:crypto";
import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { portOf } from "../providers/choose.ts";
import { addBill, labelByNumberQuery, labelQuery } from "../repository/labels.ts";
import type { ImportBills } from "../schemas.ts";

const hash = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 22);

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
    return [addBill({ labelId: label.id, key, source: "import", ...amounts })];
  });
  await ctx.db.commit(bills);
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
  return [
    addBill({ labelId, key: `asked ${bill.billedMinor} ${now}`, source: "webhook", ...bill, billedAt: now }),
  ];
}
