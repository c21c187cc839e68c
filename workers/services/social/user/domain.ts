import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import type { Place } from "#kernel/place";

/** What a person may switch off; security and purchase mail is mandatory and not in this list. */
export const OPTIONAL_CATEGORIES = ["order_update", "shop", "chat", "live", "marketing"] as const;
export type OptionalCategory = (typeof OPTIONAL_CATEGORIES)[number];
export const CHANNELS = ["email", "inbox"] as const;
export type Channel = (typeof CHANNELS)[number];
export type NotificationChoices = {
  readonly [C in OptionalCategory]?: { readonly [H in Channel]?: boolean | undefined } | undefined;
};

export const CONSENT_PURPOSES = ["terms", "privacy", "marketing", "personalisation", "analytics"] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];
export const CONSENT_SOURCES = ["sign_up", "account", "checkout", "unsubscribe"] as const;
export type ConsentSource = (typeof CONSENT_SOURCES)[number];
export type Consent = {
  readonly id: Id<"consent">;
  readonly userId: Id<"user">;
  readonly purpose: ConsentPurpose;
  readonly version: string;
  readonly granted: boolean;
  readonly source: ConsentSource;
  readonly at: number;
};

/** `retained` is a legal hold or a proof; its reason says which. */
export const ERASURE_ACTIONS = ["erased", "anonymised", "retained"] as const;
export type ErasureAction = (typeof ERASURE_ACTIONS)[number];
export type ErasureStep = {
  readonly userId: Id<"user">;
  readonly store: string;
  readonly action: ErasureAction;
  readonly reason: string;
  readonly at: number;
};

export type Erasure = {
  readonly userId: Id<"user">;
  readonly requestedAt: number;
  /** When the last consumer had recorded the erasure. */
  readonly completedAt: number | null;
};

export type Profile = {
  readonly userId: Id<"user">;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly locale: Locale;
  /** Null: the market's own. */
  readonly timeZone: string | null;
  readonly currency: Currency | null;
  readonly notifications: NotificationChoices;
  readonly createdAt: number;
  readonly version: number;
};

/** Where something is sent: what an order keeps as its snapshot. */
export type { Place };
export type Address = Place & {
  readonly id: Id<"address">;
  readonly userId: Id<"user">;
  readonly label: string | null;
  readonly isDefaultShipping: boolean;
  readonly isDefaultBilling: boolean;
  readonly createdAt: number;
  readonly version: number;
};

/** More is not an address book but somebody else's mailing list. */
export const ADDRESSES_MAX = 100;

/** Formats of the markets and their neighbours; elsewhere three to ten letters and digits will do. */
const POSTAL_CODE: { readonly [country: string]: RegExp } = {
  ID: /^[1-9]\d{4}$/,
  SG: /^\d{6}$/,
  MY: /^\d{5}$/,
  GB: /^(GIR 0AA|[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2})$/,
  US: /^\d{5}(-\d{4})?$/,
};
const ANY_POSTAL_CODE = /^[A-Z\d][A-Z\d -]{1,8}[A-Z\d]$/;

type Located = Pick<Place, "country" | "region" | "district" | "postalCode">;
export type AddressFlaw = { readonly field: keyof Located; readonly message: string };

/** What a country asks of its addresses: Indonesia's go province, regency, district, (village). */
export function addressFlaws({ country, region, district, postalCode }: Located): readonly AddressFlaw[] {
  const flaws: AddressFlaw[] = [];
  if (!(POSTAL_CODE[country] ?? ANY_POSTAL_CODE).test(postalCode)) {
    flaws.push({ field: "postalCode", message: `This is no postal code of ${country}.` });
  }
  if (country === "ID" && !region) flaws.push({ field: "region", message: "Name the province." });
  if (country === "ID" && !district) flaws.push({ field: "district", message: "Name the district." });
  return flaws;
}

/** Whether the platform knows this IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** The later choice wins by category and channel; what was not chosen stays. */
export function mergeChoices(before: NotificationChoices, change: NotificationChoices): NotificationChoices {
  const merged = OPTIONAL_CATEGORIES.flatMap((category) => {
    const channels = { ...before[category], ...change[category] };
    return Object.keys(channels).length === 0 ? [] : [[category, channels] as const];
  });
  return Object.fromEntries(merged);
}

type ProfileChange = { readonly [F in keyof Profile]?: Profile[F] | undefined };

/** The changed profile and the names of what changed; without a change it is the one that was given. */
export function changeProfile(
  before: Profile,
  change: Omit<ProfileChange, "userId" | "email" | "createdAt" | "version">,
): { readonly profile: Profile; readonly fields: readonly string[] } {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const after: Profile = {
    ...before,
    ...given,
    notifications: mergeChoices(before.notifications, change.notifications ?? {}),
    version: before.version + 1,
  };
  const fields = (Object.keys(given) as (keyof Profile)[]).filter(
    (field) => JSON.stringify(after[field]) !== JSON.stringify(before[field]),
  );
  return fields.length === 0 ? { profile: before, fields } : { profile: after, fields };
}

const TAX_LAW = "Tax law asks for orders, payments and invoices to be kept; they are locked until then.";

/** What the erasure does by itself, and what stays whatever the other services do. */
const OWN_STEPS: readonly (readonly [string, ErasureAction, string])[] = [
  ["user.user_profile", "anonymised", "Emptied; the id stays, because orders under legal hold name it."],
  ["user.user_address", "erased", "All addresses are deleted."],
  ["user.user_consent", "retained", "Evidence of what was agreed to; it names nobody but the id."],
  ["user.user_erasure", "retained", "This proof."],
  ["order.order", "retained", TAX_LAW],
  ["order.invoice", "retained", TAX_LAW],
  ["payment.payment", "retained", TAX_LAW],
  ["kernel.outbox", "retained", "Events of the past are deleted 90 days after they were handled."],
  ["kernel.idempotency", "retained", "Stored answers are deleted after 48 hours."],
];

export const ownErasureSteps = (userId: Id<"user">, at: number): readonly ErasureStep[] =>
  OWN_STEPS.map(([store, action, reason]) => ({ userId, store, action, reason, at }));
