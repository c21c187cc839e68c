import { sha256 } from "#kernel/digest";
import type { Id } from "#kernel/ids";

/** `erased`: the person behind it is gone and so are words and pictures; the stars stay. */
export const LOG_ACTIONS = ["published", "edited", "hidden", "withdrawn", "erased"] as const;
export type LogAction = (typeof LOG_ACTIONS)[number];

export type LogEntry = {
  readonly productId: Id<"product">;
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: number;
  readonly action: LogAction;
  readonly reviewId: Id<"review">;
  readonly contentHash: string;
  readonly previousHash: string;
  readonly hash: string;
};
export type NewEntry = Pick<LogEntry, "productId" | "at" | "action" | "reviewId" | "contentHash">;

/** What stands before a product's first entry. */
const GENESIS = "0".repeat(64);

type Hashed = Omit<LogEntry, "hash">;

/**
 * One field a line, so that the SQL function `review_log_append` and anybody else can make the same bytes.
 */
export const entryHash = (entry: Hashed): string =>
  sha256(
    [
      entry.productId,
      entry.seq,
      entry.at,
      entry.action,
      entry.reviewId,
      entry.contentHash,
      entry.previousHash,
    ].join("\n"),
  );

/** The chain with one entry more. */
export function chain(log: readonly LogEntry[], { productId, at, action, reviewId, contentHash }: NewEntry) {
  const last = log.at(-1);
  const previousHash = last?.hash ?? GENESIS;
  const next = { productId, seq: log.length + 1, at, action, reviewId, contentHash, previousHash };
  return [...log, { ...next, hash: entryHash(next) }] as const;
}

/** What of a review is public and hashed. */
export type Content = {
  readonly productStars: number;
  readonly sellerStars: number | null;
  readonly courierStars: number | null;
  readonly title: string;
  readonly text: string;
  readonly mediaKeys: readonly string[];
};

/**
 * The salt is as secret as the review: public while it is shown and gone with it, so that nobody can find
 * out by trying which words a hash in the log once stood for.
 */
export const contentHash = (salt: string, content: Content): string =>
  sha256(
    JSON.stringify([
      salt,
      content.productStars,
      content.sellerStars,
      content.courierStars,
      content.title,
      content.text,
      content.mediaKeys,
    ]),
  );

export type Shown = { readonly reviewId: string; readonly contentHash: string };
export type Fault =
  | { readonly kind: "gap" | "broken" | "forged"; readonly seq: number }
  /** The log ends before an entry that somebody has seen, or has another one in its place. */
  | { readonly kind: "rewritten"; readonly seq: number }
  /** In the log as public, and not shown. */
  | { readonly kind: "missing"; readonly reviewId: string }
  /** Shown, and not as the log has it. */
  | { readonly kind: "altered" | "unlogged"; readonly reviewId: string };

/** The content that the log says is public, by review. */
function publicByLog(log: readonly LogEntry[]): ReadonlyMap<string, string> {
  const open = new Map<string, string>();
  for (const { action, reviewId, contentHash: hash } of log) {
    if (action === "hidden" || action === "withdrawn") open.delete(reviewId);
    else open.set(reviewId, hash);
  }
  return open;
}

function chainFaults(log: readonly LogEntry[]): Fault[] {
  const faults: Fault[] = [];
  let previous = GENESIS;
  for (const [i, entry] of log.entries()) {
    const { seq } = entry;
    if (seq !== i + 1) faults.push({ kind: "gap", seq });
    if (entry.previousHash !== previous) faults.push({ kind: "broken", seq });
    if (entryHash(entry) !== entry.hash) faults.push({ kind: "forged", seq });
    previous = entry.hash;
  }
  return faults;
}

type Witness = { readonly seq: number; readonly hash: string };

/**
 * What anybody can check from outside: the chain is whole, it still has the entry that was seen before
 * (`witness`), and what is shown is what it says is public. No answer is no fault.
 */
export function verifyLog(
  log: readonly LogEntry[],
  shown?: readonly Shown[],
  witness?: Witness,
): readonly Fault[] {
  const faults = chainFaults(log);
  if (witness && witness.seq > 0 && log[witness.seq - 1]?.hash !== witness.hash) {
    faults.push({ kind: "rewritten", seq: witness.seq });
  }
  if (!shown) return faults;
  const open = publicByLog(log);
  const seen = new Map(shown.map((one) => [one.reviewId, one.contentHash]));
  for (const [reviewId, hash] of seen) {
    const logged = open.get(reviewId);
    if (logged === undefined) faults.push({ kind: "unlogged", reviewId });
    else if (logged !== hash) faults.push({ kind: "altered", reviewId });
  }
  for (const reviewId of open.keys()) if (!seen.has(reviewId)) faults.push({ kind: "missing", reviewId });
  return faults;
}
