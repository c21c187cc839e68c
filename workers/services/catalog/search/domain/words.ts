/** Longer queries are pasted text: the first words say enough. */
const WORDS_MAX = 8;
const WORD_CHARS_MAX = 40;
/** Two titles that share this many words are told apart by nothing that matters. */
const FAMILY_WORDS = 6;

export const SORTS = [
  "relevance",
  "price_asc",
  "price_desc",
  "newest",
  "best_selling",
  "rating",
  "nearest",
] as const;
export type Sort = (typeof SORTS)[number];

/** Words that say nothing about a product, in the markets' languages. */
const STOP_WORDS = new Set(
  "a an and the of for with in on to by dan yang untuk dengan di ke dari atau or buat".split(" "),
);

/** Letters and digits in lower case, without accents: what both the index and a query are made of. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return [...plain.matchAll(/[\p{L}\p{N}]+/gu)].map(([word]) => word.slice(0, WORD_CHARS_MAX));
}

/** A query of stop words alone is searched for as it is. */
export function queryWords(query: string): readonly string[] {
  const words = wordsOf(query).slice(0, WORDS_MAX);
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  return telling.length > 0 ? telling : words;
}

/** How far a word may be from what was typed: short words have too many neighbours. */
export function typosAllowed(word: string): number {
  if (/^\d+$/.test(word) || word.length < 4) return 0;
  return word.length < 8 ? 1 : 2;
}

/** Damerau-Levenshtein distance (optimal string alignment): a swap of neighbours is one error. */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const at = (di: number, dj: number) => (di === 0 ? row : (rows[i - di] ?? []))[j - dj] ?? 0;
      let best = Math.min(at(1, 0) + 1, at(0, 1) + 1, at(1, 1) + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, at(2, 2) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

export type Candidate = { readonly word: string; readonly weight: number };

/** The nearest known word within what its length allows; of equally near ones the more common. */
export function mend(typed: string, candidates: readonly Candidate[]): string | undefined {
  const allowed = typosAllowed(typed);
  const near = candidates
    .map(({ word, weight }) => ({ word, weight, distance: editDistance(typed, word) }))
    .filter(({ distance }) => distance > 0 && distance <= allowed)
    .toSorted((a, b) => a.distance - b.distance || b.weight - a.weight || (a.word < b.word ? -1 : 1));
  return near[0]?.word;
}

/** Near-identical titles of one seller fall into one family: its words in order, without what varies. */
export function familyOf(sellerId: string, title: string): string {
  const steady = new Set(wordsOf(title).filter((word) => !/\d/.test(word)));
  return [sellerId, ...[...steady].toSorted().slice(0, FAMILY_WORDS)].join(" ");
}

/** Marks the words of a title that a query met; the title is escaped first, so the answer is safe HTML. */
export function highlight(title: string, words: readonly string[]): string {
  const escaped = title.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
  if (words.length === 0) return escaped;
  return escaped.replace(/[\p{L}\p{N}]+/gu, (token) => {
    const [plain = ""] = wordsOf(token);
    return words.some((word) => plain.startsWith(word) || sameStem(plain, word))
      ? `<mark>${token}</mark>`
      : token;
  });
}
const ENTITIES: { readonly [char: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
const sameStem = (a: string, b: string) =>
  a.length > 3 && b.startsWith(a.slice(0, Math.max(4, a.length - 2)));
