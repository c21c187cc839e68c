import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import type { Place } from "#kernel/place";
import type { Texts } from "#kernel/texts";

/** A time in which nobody sends anything: a public holiday, a stock-taking. */
export type Closure = { readonly from: number; readonly until: number; readonly name: string };

/** Where returns are sent; checked by the rules of its country where it enters. */
export type ReturnAddress = Place;

/** What a shop's page shows beside its name and goods. */
export type Storefront = {
  readonly tagline: Texts | null;
  readonly announcement: Texts | null;
  readonly returnPolicy: Texts | null;
  readonly shippingPolicy: Texts | null;
  /** Shelves of the page, in the shop's order. */
  readonly shelves: readonly { readonly title: Texts; readonly productIds: readonly string[] }[];
};

export type Profile = {
  readonly taxId: string | null;
  readonly returnAddress: ReturnAddress | null;
  readonly closures: readonly Closure[];
  readonly storefront: Storefront | null;
  readonly version: number;
};
export const NO_PROFILE: Profile = {
  taxId: null,
  returnAddress: null,
  closures: [],
  storefront: null,
  version: 0,
};

/** The closure that lasts now, or the next one. */
export const nextClosure = (closures: readonly Closure[], now: number): Closure | undefined =>
  closures.filter(({ until }) => until > now).toSorted((a, b) => a.from - b.from)[0];

export type Requirement = Market["seller"]["requirements"][number];
export const MARKS = ["attested", "verified", "overridden", "withdrawn"] as const;
export type Mark = (typeof MARKS)[number];
export type Marked = {
  readonly mark: Mark;
  readonly by: string | null;
  readonly at: number;
  readonly reason: string | null;
};

/** What there is to compute requirements from, and the last mark on each of the others. */
export type Papers = {
  readonly profile: Profile;
  readonly hasPayoutAccount: boolean;
  readonly documentKinds: ReadonlySet<string>;
  readonly marks: ReadonlyMap<string, Marked>;
};
export type Checked = {
  readonly requirement: Requirement;
  /** The name by which it is marked: a document's carries its kind. */
  readonly code: string;
  readonly state: "met" | "open" | "overridden";
  readonly mark: Marked | null;
};

export const codeOf = (requirement: Requirement): string =>
  requirement.kind === "computed" && requirement.document !== undefined
    ? `${requirement.code}_${requirement.document}`
    : requirement.code;

function isComputed(
  requirement: Extract<Requirement, { readonly kind: "computed" }>,
  papers: Papers,
): boolean {
  const { profile, hasPayoutAccount, documentKinds } = papers;
  switch (requirement.code) {
    case "storefront":
      return profile.storefront !== null;
    case "tax_id":
      return profile.taxId !== null;
    case "return_address":
      return profile.returnAddress !== null;
    case "payout_account":
      return hasPayoutAccount;
    case "document":
      return requirement.document === undefined
        ? documentKinds.size > 0
        : documentKinds.has(requirement.document);
  }
}

/** The list as it stands. An override counts for any kind, an attestation or a check only for its own. */
export function checkRequirements(requirements: readonly Requirement[], papers: Papers): readonly Checked[] {
  return requirements.map((requirement) => {
    const code = codeOf(requirement);
    const mark = papers.marks.get(code) ?? null;
    if (mark?.mark === "overridden") return { requirement, code, mark, state: "overridden" };
    const isMet =
      requirement.kind === "computed" ? isComputed(requirement, papers) : mark?.mark === requirement.kind;
    return { requirement, code, mark, state: isMet ? "met" : "open" };
  });
}

/** What still stands between a shop and its review. */
export const openOnes = (checked: readonly Checked[]): readonly Checked[] =>
  checked.filter(({ requirement, state }) => requirement.required && state === "open");

/** All but the last four, so that an owner knows which account it is and nobody else learns it. */
export const maskNumber = (lastDigits: string): string => `••••${lastDigits}`;

export type PayoutAccount = {
  readonly id: Id<"payoutAccount">;
  readonly sellerId: Id<"seller">;
  readonly bankCode: string;
  readonly sealedNumber: string;
  readonly lastDigits: string;
  readonly holderName: string;
  readonly createdBy: Id<"user">;
  readonly createdAt: number;
  readonly replacedAt: number | null;
};
