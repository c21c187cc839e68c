import { gtin14 } from "./gtin.ts";

export const DUPLICATE_STATES = ["open", "merged", "dismissed"] as const;
export type DuplicateState = (typeof DUPLICATE_STATES)[number];
export const REASON_KINDS = ["gtin", "mpn", "picture", "title", "reported"] as const;
/** Why two products look like one, and how sure that alone makes it, in thousandths. */
export type Reason = {
  readonly kind: (typeof REASON_KINDS)[number];
  readonly weight: number;
  readonly detail: string;
};

/** What a product is known again by. */
export type Marks = {
  readonly gtins: readonly string[];
  readonly mpns: readonly string[];
  readonly brand: string | null;
  readonly title: string;
  /** SHA-256 of the pictures' bytes. */
  readonly pictures: readonly string[];
};

const WEIGHT = { gtin: 990, mpn: 900, picture: 500, reported: 600 } as const;
/** Less than this is a coincidence, and nobody is asked to look. */
export const SCORE_MIN = 600;
const SHINGLE_CHARS = 3;
/** Titles of one shop's goods are alike by habit: only nearly the same ones say anything. */
const TITLE_LIKENESS_MIN = 800;
/** Two equal titles alone leave room for two things of one name. */
const TITLE_WEIGHT = 0.75;
const THOUSAND = 1_000;

/** Letters and digits only: `AB-12/c` and `ab12C` are one number of a maker. */
const plainMpn = (mpn: string): string =>
  mpn
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");

const plainTitle = (title: string): string =>
  title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

function shinglesOf(title: string): ReadonlySet<string> {
  const padded = ` ${plainTitle(title)} `;
  const starts = Math.max(1, padded.length - SHINGLE_CHARS + 1);
  return new Set(Array.from({ length: starts }, (_, at) => padded.slice(at, at + SHINGLE_CHARS)));
}

const numbersIn = (title: string): string => (plainTitle(title).match(/\p{N}+/gu) ?? []).sort().join(" ");

/** The share of pieces that two titles have in common, in thousandths; other numbers are another thing. */
export function likenessOf(a: string, b: string): number {
  if (numbersIn(a) !== numbersIn(b)) return 0;
  const [left, right] = [shinglesOf(a), shinglesOf(b)];
  const shared = [...left].filter((piece) => right.has(piece)).length;
  return Math.round((THOUSAND * shared) / (left.size + right.size - shared));
}

const firstShared = (a: readonly string[], b: readonly string[], plain: (text: string) => string) => {
  const known = new Set(b.map(plain));
  return a.find((one) => plain(one) !== "" && known.has(plain(one)));
};

/** Two that both say their GTINs, and none of them the same, are two things, whatever else is alike. */
export const differInGtin = (a: Pick<Marks, "gtins">, b: Pick<Marks, "gtins">): boolean =>
  a.gtins.length > 0 && b.gtins.length > 0 && firstShared(a.gtins, b.gtins, gtin14) === undefined;

export function reasonsOf(a: Marks, b: Marks): readonly Reason[] {
  if (differInGtin(a, b)) return [];
  const gtin = firstShared(a.gtins, b.gtins, gtin14);
  const isOneBrand = a.brand !== null && b.brand !== null && plainMpn(a.brand) === plainMpn(b.brand);
  const mpn = isOneBrand ? firstShared(a.mpns, b.mpns, plainMpn) : undefined;
  const picture = firstShared(a.pictures, b.pictures, (hash) => hash);
  const likeness = likenessOf(a.title, b.title);
  return [
    ...(gtin === undefined ? [] : [{ kind: "gtin", weight: WEIGHT.gtin, detail: gtin } as const]),
    ...(mpn === undefined
      ? []
      : [{ kind: "mpn", weight: WEIGHT.mpn, detail: `${a.brand ?? ""} ${mpn}` } as const]),
    ...(picture === undefined
      ? []
      : [{ kind: "picture", weight: WEIGHT.picture, detail: "The same file." } as const]),
    ...(likeness < TITLE_LIKENESS_MIN
      ? []
      : [{ kind: "title", weight: Math.round(likeness * TITLE_WEIGHT), detail: String(likeness) } as const]),
  ];
}

export const reported = (detail: string): Reason => ({ kind: "reported", weight: WEIGHT.reported, detail });

/** As sure as all reasons together make it: each takes its share of what the others left in doubt. */
export const scoreOf = (reasons: readonly Reason[]): number =>
  Math.round(THOUSAND * (1 - reasons.reduce((doubt, { weight }) => doubt * (1 - weight / THOUSAND), 1)));

/** Which of two stays: what is on sale before what is not, then the one that was there first. */
export function chooseMaster<P extends { readonly id: string; readonly state: string }>(
  a: P,
  b: P,
): readonly [P, P] {
  const isOnSale = ({ state }: P) => state === "published";
  if (isOnSale(a) !== isOnSale(b)) return isOnSale(a) ? [a, b] : [b, a];
  return a.id < b.id ? [a, b] : [b, a];
}
