import fc from "fast-check";
import type { Id } from "#kernel/ids";
import { zMarket } from "#kernel/market";
import { MARKETS } from "#kernel/markets";
import { chain, type LogEntry, type Shown } from "#services/catalog/review/domain/log";
import { type Finding, moderate, NO_SIGNALS } from "#services/catalog/review/domain/moderation";
import {
  applyChange,
  type Histogram,
  NO_RATINGS,
  type RatedKind,
  type Stars,
} from "#services/catalog/review/domain/rating";
import {
  decideEdit,
  decideErase,
  decideHold,
  decideModeration,
  decideWithdraw,
  decideWrite,
  logAction,
  type Review,
  ratingChanges,
  textOf,
  type Words,
} from "#services/catalog/review/domain/review";

const RULES = zMarket().parse(MARKETS.id).review;
const LINES = 6;
const PRODUCTS = 2;
const TEXTS = ["fine", "write to me@example.com", "what a shitty thing", "see www.example.com", ""];

type Said = { readonly product: Stars; readonly seller: Stars | null; readonly text: number };
export type Step =
  | { readonly kind: "write" | "edit"; readonly line: number; readonly said: Said }
  | { readonly kind: "decide"; readonly line: number; readonly publish: boolean }
  | { readonly kind: "hold" | "withdraw" | "erase"; readonly line: number }
  | { readonly kind: "wait"; readonly ticks: number };

const stars = fc.constantFrom<Stars>(1, 2, 3, 4, 5);
const line = fc.nat(LINES - 1);
const said = fc.record({ product: stars, seller: fc.option(stars), text: fc.nat(TEXTS.length - 1) });
export const steps = (maxLength: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("write" as const), line, said }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("edit" as const), line, said }) },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant("decide" as const), line, publish: fc.boolean() }),
      },
      fc.record({ kind: fc.constantFrom("hold" as const, "withdraw" as const, "erase" as const), line }),
      fc.record({ kind: fc.constant("wait" as const), ticks: fc.nat(100) }),
    ),
    { maxLength },
  );

/** What the tables hold: reviews by line, ratings moved by differences, one chain a product. */
export type Shelf = {
  readonly reviews: Map<number, Review>;
  readonly ratings: Map<string, Histogram>;
  readonly logs: Map<string, readonly LogEntry[]>;
};
export const emptyShelf = (): Shelf => ({ reviews: new Map(), ratings: new Map(), logs: new Map() });

const productOf = (at: number) => `prd_${at % PRODUCTS}` as Id<"product">;
const SELLER = "slr_1" as Id<"seller">;
const rightOf = (at: number) => ({
  lineId: `lin_${at}` as Id<"line">,
  orderId: `ord_${at}` as Id<"order">,
  buyerId: `usr_${at}` as Id<"user">,
  sellerId: SELLER,
  productId: productOf(at),
  offerId: "ofr_1" as Id<"offer">,
  title: "",
  deliveredAt: 0,
});

function wordsOf({ product, seller, text }: Said): Words {
  const words = { title: "", text: TEXTS[text] ?? "", media: [], anonymous: false };
  return { ...words, productStars: product, sellerStars: seller, courierStars: null };
}
const look = (words: Words) => moderate(textOf(words), NO_SIGNALS, RULES);

/** The review after the step, as the commands decide it; undefined where the step is refused. */
function decide(before: Review | undefined, step: Exclude<Step, { kind: "wait" }>, now: number) {
  const at = { rules: { writeWithinMs: 300, editWithinMs: 200 }, now };
  if (step.kind === "write") {
    if (before) return undefined;
    const { lineId, ...right } = rightOf(step.line);
    const words = wordsOf(step.said);
    const draft = {
      ...words,
      id: `rev_${step.line}` as Id<"review">,
      variantId: null,
      variantLabel: "",
      authorId: right.buyerId,
      authorName: "Ani",
      salt: `salt ${now}`,
      deviceHash: "d",
      addressHash: "a",
    };
    const written = decideWrite({ lineId, ...right }, draft, look(words), at);
    return written.ok ? written.value : undefined;
  }
  if (!before) return undefined;
  if (step.kind === "edit") {
    if (before.authorId === null) return undefined;
    const words = wordsOf(step.said);
    const edited = decideEdit(before, { words, moderated: look(words), salt: `salt ${now}` }, at);
    return edited.ok ? edited.value : undefined;
  }
  if (step.kind === "decide") {
    const decision = { publish: step.publish, reason: "looked at", by: "usr_operator" };
    const decided = decideModeration(before, decision, now);
    return decided.ok ? decided.value : undefined;
  }
  const burst: readonly Finding[] = ["burst"];
  if (step.kind === "hold") return decideHold(before, burst);
  return step.kind === "withdraw" ? decideWithdraw(before) : decideErase(before, `salt ${now}`);
}

/** Plays a step as its commit does: review, log and ratings together. */
export function play(shelf: Shelf, step: Step, now: number): void {
  if (step.kind === "wait") return;
  const before = shelf.reviews.get(step.line);
  const after = decide(before, step, now);
  if (!after || after === before) return;
  shelf.reviews.set(step.line, after);
  for (const change of ratingChanges(before, after)) {
    const key = `${change.kind} ${change.subjectId}`;
    shelf.ratings.set(key, applyChange(shelf.ratings.get(key) ?? NO_RATINGS, change));
  }
  const action = logAction(before, after);
  if (!action) return;
  const { productId, id: reviewId } = after;
  const hash = after.state === "published" ? after.contentHash : (before?.contentHash ?? "");
  const log = shelf.logs.get(productId) ?? [];
  shelf.logs.set(productId, chain(log, { productId, at: now, action, reviewId, contentHash: hash }));
}

/** The account that knows nothing of differences: what is public, counted. */
export function recount(shelf: Shelf, kind: RatedKind, subjectId: string): Histogram {
  const counts: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  for (const review of shelf.reviews.values()) {
    if (review.state !== "published") continue;
    const given = kind === "product" ? review.productStars : review.sellerStars;
    const isOf = kind === "product" ? review.productId === subjectId : review.sellerId === subjectId;
    if (isOf && given !== null) counts[given - 1] = (counts[given - 1] ?? 0) + 1;
  }
  return counts;
}

export const subjects: readonly (readonly [RatedKind, string])[] = [
  ["product", productOf(0)],
  ["product", productOf(1)],
  ["seller", SELLER],
];

export const shownOf = (shelf: Shelf, productId: string): readonly Shown[] =>
  [...shelf.reviews.values()]
    .filter((review) => review.productId === productId && review.state === "published")
    .map(({ id, contentHash }) => ({ reviewId: id, contentHash }));
