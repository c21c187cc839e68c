import type { BuyerId, Terms } from "./entry.ts";

/** Long enough to reach checkout, short enough that a leaver's unit is sold again within the sale. */
export const HOLD_MS = 120_000;
/** A buyer always meets the same shard, so its limit and keys need no other. FNV-1a spreads evenly. */
export const shardOf = (buyerId: BuyerId, shards: number): number => hashOf(buyerId) % shards;

/** 32 bits of a buyer's id: two in four thousand million share one, and then one of them asks the shard. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export type Band = "plenty" | "some" | "few" | "gone";

/** What buyers are told of the stock: the number itself would be wrong before it is read. */
export function bandOf({ quota }: Pick<Terms, "quota">, left: number): Band {
  if (left <= 0) return "gone";
  const share = left / quota;
  if (share > 0.5) return "plenty";
  return share > 0.1 ? "some" : "few";
}
