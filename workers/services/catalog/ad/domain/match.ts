export const MATCHES = ["broad", "phrase", "exact", "negative_phrase", "negative_exact"] as const;
/** How a keyword meets a query; a negative one keeps its group away from it. */
export type Match = (typeof MATCHES)[number];

export const PLACEMENTS = ["search", "category", "product"] as const;
export type Placement = (typeof PLACEMENTS)[number];

/** A longer query is pasted text. */
const WORDS_MAX = 12;

/** What the meeting of keyword and query is worth, in basis points. */
export const RELEVANCE = {
  exact: 10_000,
  phrase: 9_000,
  broad: 8_000,
  /** All words of the query are in the title. */
  title: 7_000,
  sameCategory: 10_000,
  withinCategory: 8_000,
} as const;

/** Letters and digits in lower case, without accents. */
export const wordsOf = (text: string): readonly string[] =>
  [
    ...text
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .matchAll(/[\p{L}\p{N}]+/gu),
  ].map(([word]) => word);

export const queryWords = (query: string): readonly string[] => wordsOf(query).slice(0, WORDS_MAX);

/** Whether `part` stands in `whole` word by word, without a gap. */
function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  for (let from = 0; from + part.length <= whole.length; from += 1) {
    if (part.every((word, i) => whole[from + i] === word)) return true;
  }
  return false;
}

/** Whether a keyword meets a query. Broad: all its words, in any order, among others. */
export function meets(match: Match, keyword: readonly string[], query: readonly string[]): boolean {
  if (keyword.length === 0 || keyword.length > query.length) return false;
  switch (match) {
    case "exact":
    case "negative_exact":
      return keyword.length === query.length && isWithin(keyword, query);
    case "phrase":
    case "negative_phrase":
      return isWithin(keyword, query);
    case "broad":
      return keyword.every((word) => query.includes(word));
  }
}

export const isNegative = (match: Match): boolean => match.startsWith("negative");
