import type { Message, PartyRole } from "./message.ts";

/** What a shop says by itself and how it is told to answer. */
export type ShopTerms = { readonly autoReply: string | null };

/** Since when a buyer waits for an answer by a person, and whether the shop was told that it is late. */
export type Waiting = { readonly askedAt: number | null; readonly isLateTold: boolean };

export const NOT_WAITING: Waiting = { askedAt: null, isLateTold: false };

/** The first question starts the clock, a person's answer stops it; what is sent by itself does neither. */
export function afterPost(
  waiting: Waiting,
  { role, isAuto, at }: Pick<Message, "isAuto" | "at"> & { readonly role: PartyRole },
): { readonly waiting: Waiting; readonly waitedMs: number | null } {
  if (isAuto || role === "member") return { waiting, waitedMs: null };
  if (role === "buyer") {
    return {
      waiting: waiting.askedAt === null ? { askedAt: at, isLateTold: false } : waiting,
      waitedMs: null,
    };
  }
  const waitedMs = waiting.askedAt === null ? null : at - waiting.askedAt;
  return { waiting: NOT_WAITING, waitedMs };
}

type Silence = {
  readonly role: PartyRole;
  readonly isShopHere: boolean;
  /** When the shop last said something, by itself or by a person. */
  readonly shopSaidAt: number | null;
  readonly now: number;
  readonly everyMs: number;
};

/** The shop answers by itself when nobody is there and it has not spoken for a while. */
export function decideAutoReply(
  { autoReply }: ShopTerms,
  { role, isShopHere, shopSaidAt, now, everyMs }: Silence,
): string | undefined {
  if (autoReply === null || role !== "buyer" || isShopHere) return undefined;
  return shopSaidAt !== null && now < shopSaidAt + everyMs ? undefined : autoReply;
}
