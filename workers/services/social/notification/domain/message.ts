import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";

/** What a message is for. A mandatory one is always sent: it concerns the account's safety or a contract. */
const MANDATORY = {
  security: true,
  purchase: true,
  account: true,
  order_update: false,
  shop: false,
  chat: false,
  live: false,
};
export type Category = keyof typeof MANDATORY;
export const isMandatory = (category: Category): boolean => MANDATORY[category];
export const OPTIONAL = ["order_update", "shop", "chat", "live"] as const;
export type OptionalCategory = (typeof OPTIONAL)[number];

export const EMAIL_STATES = ["queued", "sent", "failed", "suppressed"] as const;
export type EmailState = (typeof EMAIL_STATES)[number];
export const SUPPRESSION_REASONS = ["bounce", "complaint", "unsubscribe"] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export type TemplateData = { readonly [field: string]: unknown };
/** A file of the DOCUMENTS bucket. */
export type Attachment = {
  readonly key: string;
  readonly filename: string;
  readonly contentType: string;
};

/** A person with an account is known by id; a guest by the address of the order. */
export type Recipient = {
  readonly userId?: Id<"user"> | undefined;
  readonly email?: string | undefined;
  readonly locale?: Locale | undefined;
};

/** What an event wants said, before it is known who may be told and where. */
export type Intent = {
  readonly transactionId: string;
  readonly template: string;
  readonly data: TemplateData;
  readonly to: Recipient;
  readonly attachment?: Attachment;
  /** A secret in it is dead after this, and the mail not worth sending. */
  readonly expiresAt?: number | undefined;
  /** Left out: wherever the template and the person have a place for it. */
  readonly only?: "email" | "inbox";
};

/** A message in somebody's inbox. */
export type Entry = {
  readonly id: Id<"notification">;
  readonly category: Category;
  readonly title: string;
  readonly body: string;
  readonly path: string | null;
  readonly createdAt: number;
  readonly readAt: number | null;
};

type Profile = {
  readonly email: string;
  readonly locale: Locale;
  readonly notifications: {
    readonly [category: string]:
      | { readonly email?: boolean | undefined; readonly inbox?: boolean | undefined }
      | undefined;
  };
};
export type Delivery = {
  /** Undefined: no mail. */
  readonly address: string | undefined;
  readonly inbox: boolean;
  readonly locale: Locale;
};

/** Where a message goes. An event's own address wins: a changed mail address is told at the old one. */
export function decideDelivery(
  category: Category,
  to: Recipient,
  profile: Profile | undefined,
  usual: Locale,
): Delivery {
  const choice = isMandatory(category) ? undefined : profile?.notifications[category];
  const address = to.email ?? profile?.email;
  return {
    address: choice?.email === false ? undefined : address,
    inbox: to.userId !== undefined && choice?.inbox !== false,
    locale: to.locale ?? profile?.locale ?? usual,
  };
}

/** Message-IDs are made of dots, digits, letters and a few signs (RFC 5322, 3.6.4). */
export const messageIdOf = (transactionId: string, domain: string): string =>
  `<${transactionId.replace(/[^\w.!#$%&'*+/=?^`{|}~-]/g, "-")}@${domain}>`;
