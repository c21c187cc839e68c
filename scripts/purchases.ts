import type { Purchase } from "#services/catalog/recommendation/domain/evaluation";
import { isFee, readOnlineRetail } from "./online-retail.ts";

/** "2010-12-01 08:26:00", which the file has in UTC; undefined for what is no time. */
export function toInstant(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?$/.test(text)) return undefined;
  const at = Date.parse(`${text.replace(" ", "T")}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** A known customer buys goods: quantity and price above zero, and a code that is no fee. */
export function toPurchase(record: readonly string[]): Purchase | undefined {
  const [, itemId = "", , quantity = "", date = "", price = "", personId = ""] = record.map((one) =>
    one.trim(),
  );
  const at = toInstant(date);
  const isSold = Number(quantity) > 0 && Number(price) > 0;
  if (record.length !== 8 || at === undefined || !isSold || personId === "") return undefined;
  return itemId === "" || isFee(itemId) ? undefined : { personId, itemId, at };
}

export type PurchaseFile = {
  readonly purchases: readonly Purchase[];
  readonly rows: number;
  /** The time of the file's last row, whatever it says. */
  readonly endsAt: number;
};

/**
 * Each name is kept once, so that a file of a million rows needs memory for its rows and not for its text.
 */
export async function readPurchases(path: string): Promise<PurchaseFile> {
  const names = new Map<string, string>();
  const once = (name: string): string => {
    const known = names.get(name);
    if (known !== undefined) return known;
    // A part of a larger text keeps all of it in memory; this makes it a text of its own.
    const own = Buffer.from(name).toString();
    names.set(own, own);
    return own;
  };
  const purchases: Purchase[] = [];
  let rows = 0;
  let endsAt = Number.NEGATIVE_INFINITY;
  for await (const records of readOnlineRetail(path)) {
    for (const record of records) {
      rows += 1;
      endsAt = Math.max(endsAt, toInstant(record[4]?.trim() ?? "") ?? endsAt);
      const found = toPurchase(record);
      if (found) purchases.push({ personId: once(found.personId), itemId: once(found.itemId), at: found.at });
    }
  }
  return { purchases, rows, endsAt };
}
