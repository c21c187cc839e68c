import { DAY_MS, HOUR_MS, MINUTE_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { type OperatorRole, type Scope, type ShopRole, shopRoleGrants } from "#kernel/permission";
import { err, ok, type Result } from "#kernel/result";

/** Short, because nothing but its end and the session epoch takes an access token back (decision 25). */
export const ACCESS_MS = 5 * MINUTE_MS;
export const REFRESH_IDLE_MS = 30 * DAY_MS;
export const SESSION_MS = 90 * DAY_MS;
/** A lost answer or a second tab within this gets the same successor; later it is a stolen token. */
export const REFRESH_GRACE_MS = 10_000;
/** As long as a conversation about one thing takes; longer needs another reason. */
export const ACTING_MS = 15 * MINUTE_MS;
/** Old enough to reach for a phone, young enough that an open tab is not enough. */
export const FRESH_MS = 10 * MINUTE_MS;

export const TICKET_PURPOSES = [
  "verify_email",
  "reset_password",
  "magic_link",
  "email_otp",
  "mfa",
  "confirm_email",
  "undo_email",
  "passkey_add",
  "passkey_use",
  "oauth",
] as const;
export type TicketPurpose = (typeof TICKET_PURPOSES)[number];
export const TICKET_MS: { readonly [P in TicketPurpose]: number } = {
  verify_email: 2 * DAY_MS,
  reset_password: HOUR_MS,
  magic_link: 15 * MINUTE_MS,
  email_otp: 10 * MINUTE_MS,
  mfa: 10 * MINUTE_MS,
  confirm_email: HOUR_MS,
  undo_email: 7 * DAY_MS,
  passkey_add: 5 * MINUTE_MS,
  passkey_use: 5 * MINUTE_MS,
  oauth: 10 * MINUTE_MS,
};
/** What a ticket remembers; which fields there are follows from its purpose. */
export type TicketPayload = {
  /** mfa: the first factor that was shown. */
  readonly amr?: readonly string[];
  /** confirm_email: the new address; undo_email: the old one. */
  readonly email?: string;
  /** email_otp: keyed hash of the code. */
  readonly codeHash?: string;
  readonly provider?: string;
  /** oauth: hash of the cookie of the browser that began. */
  readonly binding?: string;
};
/** Six digits bear this many guesses. */
export const CODE_ATTEMPTS_MAX = 5;

/** RFC 6238 with the usual parameters; one step either way forgives a clock. */
export const TOTP_STEP_MS = 30_000;
export const TOTP_WINDOW = 1;
export const TOTP_FAILURES_MAX = 5;
export const TOTP_LOCK_MS = 15 * MINUTE_MS;
export const RECOVERY_CODES = 10;
export const PASSKEYS_MAX = 20;
export const API_KEYS_MAX = 50;

export const REVOKED_WHY = [
  "signed_out",
  "revoked",
  "everywhere",
  "reuse",
  "password",
  "proof",
  "email",
  "disabled",
] as const;
export type RevokedWhy = (typeof REVOKED_WHY)[number];

export const EVENT_TYPES = [
  "signed_up",
  "sign_up_repeated",
  "signed_in",
  "sign_in_failed",
  "mfa_asked",
  "mfa_failed",
  "signed_out",
  "signed_out_everywhere",
  "session_revoked",
  "session_reused",
  "stepped_up",
  "mail_sent",
  "email_verified",
  "email_change_asked",
  "email_changed",
  "email_change_undone",
  "password_changed",
  "password_reset",
  "password_rehashed",
  "totp_on",
  "totp_off",
  "recovery_codes_made",
  "recovery_code_used",
  "passkey_added",
  "passkey_removed",
  "passkey_refused",
  "provider_linked",
  "provider_unlinked",
  "key_made",
  "key_revoked",
  "operator_changed",
  "account_disabled",
  "account_enabled",
  "acting_started",
  "acting_ended",
  "acted",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];
/** Codes and ids, never what a person typed. */
export type EventDetail = { readonly [field: string]: string | number | boolean | null };

/** Where a request comes from, as far as it is kept. */
export type Client = {
  readonly device: string;
  readonly addressPrefix: string;
  /** A browser gets its refresh token in a cookie that scripts cannot read, and never in the body. */
  readonly isBrowser: boolean;
};

export type Account = {
  readonly userId: Id<"user">;
  readonly email: string;
  readonly emailVerifiedAt: number | null;
  readonly sessionEpoch: number;
  readonly operatorRole: OperatorRole | null;
  readonly handle: string;
  readonly disabledAt: number | null;
  readonly version: number;
  readonly passwordHash: string | null;
  readonly bcryptSalt: string | null;
  readonly hasTotp: boolean;
  readonly passkeys: number;
  readonly identities: number;
  /** Not the first sign-in, and the first from this device at this place. */
  readonly isNewDevice: boolean;
};

export type Session = {
  readonly id: Id<"session">;
  readonly userId: Id<"user">;
  readonly amr: readonly string[];
  readonly authenticatedAt: number;
  readonly device: string;
  readonly addressPrefix: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
};

/** RFC 8176 where it has a name: pwd, otp, mfa, pop (a passkey); `email`, `fed` and `rec` are ours. */
export type Method = "pwd" | "otp" | "mfa" | "pop" | "email" | "fed" | "rec";

/** The gate: nothing but `mfa` takes a person with a second factor past it. */
export const needsSecondFactor = (account: Pick<Account, "hasTotp">, amr: readonly string[]): boolean =>
  account.hasTotp && !amr.includes("mfa");

type Held = { readonly amr: readonly string[]; readonly authenticatedAt: number };
type Wanted = { readonly maxAgeMs: number; readonly now: number; readonly hasTotp: boolean };

/** Step-up: signed in just now, and with the second factor where there is one. */
export function decideFresh(
  { amr, authenticatedAt }: Held,
  { maxAgeMs, now, hasTotp }: Wanted,
): Result<undefined, "auth.step_up_required"> {
  const isFresh = now - authenticatedAt <= maxAgeMs && !needsSecondFactor({ hasTotp }, amr);
  return isFresh ? ok(undefined) : err("auth.step_up_required");
}

type Told = { readonly emailVerified: boolean };
type Known = Pick<Account, "emailVerifiedAt"> | undefined;

/** An account is joined only when both the provider and we have proof of the address. */
export function decideJoin({ emailVerified }: Told, known: Known): "join" | "create" | "refuse" {
  if (!emailVerified) return "refuse";
  if (!known) return "create";
  return known.emailVerifiedAt === null ? "refuse" : "join";
}

/** Scopes that the owner of a shop may give a key of the shop. */
const SHOP_SCOPES: readonly Scope[] = ["catalogue:write", "inventory:write", "order:read", "order:write"];

export function decideKeyScopes(
  scopes: readonly Scope[],
  role: ShopRole | undefined,
): Result<readonly Scope[], "auth.key_scope"> {
  const isShops = role !== undefined;
  const mayMake = !isShops || shopRoleGrants(role, "member:write");
  const allowed = !isShops || scopes.every((scope) => SHOP_SCOPES.includes(scope));
  return mayMake && allowed && scopes.length > 0 ? ok([...new Set(scopes)]) : err("auth.key_scope");
}

/** Removing it must leave a way in: mail always is one once it is verified. */
export function decideRemoval(
  { emailVerifiedAt, passwordHash, passkeys, identities }: Account,
  what: "passkey" | "identity",
): Result<undefined, "auth.last_method"> {
  const left =
    passkeys + identities - 1 + (passwordHash === null ? 0 : 1) + (emailVerifiedAt === null ? 0 : 1);
  return left > 0 || (what === "passkey" ? passkeys : identities) > 1
    ? ok(undefined)
    : err("auth.last_method");
}

/** The most used of eight characters and more in public leaks, without the runs that the rule below finds. */
const LEAKED = new Set(
  `password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword qwertyuiop qwerty123
  qwerty1234 qwertyui q1w2e3r4 q1w2e3r4t5 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc zaq12wsx zaq1zaq1
  asdfghjkl asdf1234 asdfasdf zxcvbnm1 iloveyou iloveyou1 sunshine princess football baseball superman
  starwars trustno1 whatever letmein1 letmein123 welcome1 welcome123 admin123 administrator abcd1234
  abc12345 abc123456 a1b2c3d4 aa123456 a1234567 a12345678 computer internet michelle jennifer charlie1
  michael1 jordan23 liverpool chelsea1 arsenal1 changeme changeme1 default1 testtest test1234 test12345
  bismillah indonesia indonesia1 sayangku sayang123 rahasia1 rahasia123 katasandi katasandi1 jakarta1
  bandung1 singapore singapore1`.split(/\s+/),
);

const isRun = (text: string): boolean => {
  const steps = new Set([...text].slice(1).map((char, i) => char.charCodeAt(0) - text.charCodeAt(i)));
  return steps.size <= 1 && Math.abs([...steps][0] ?? 0) <= 1;
};

/** NIST SP 800-63B: length is checked at the edge; here, what a guesser tries first. */
export function isWeakPassword(password: string, email: string): boolean {
  const lower = password.toLowerCase();
  const [local = ""] = email.split("@");
  return LEAKED.has(lower) || isRun(lower) || lower === email || lower === local;
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];
const DEVICE_CHARS_MAX = 60;

/** What a person recognises in a list of sessions: `Chrome on Windows`, or what an app calls itself. */
export function nameDevice(userAgent: string): string {
  const nameOf = (table: typeof BROWSERS) => table.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = nameOf(BROWSERS);
  const system = nameOf(SYSTEMS);
  if (browser && system) return `${browser} on ${system}`;
  const plain = userAgent.replace(/[^\x20-\x7e]/g, "").trim();
  return plain === "" ? "Unknown device" : plain.slice(0, DEVICE_CHARS_MAX);
}

/** The network and not the person: /24 of IPv4, /48 of IPv6. */
export function prefixOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/i.exec(address);
  if (v4) return `${v4[1]}.${v4[2]}.${v4[3]}.0/24`;
  if (!/^[\da-f:]+$/i.test(address) || !address.includes(":")) return "unknown";
  const [head = ""] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const three = [...groups, "0", "0", "0"].slice(0, 3);
  return `${three.map((group) => group.toLowerCase().replace(/^0+(?=.)/, "")).join(":")}::/48`;
}

/**
 * What support may do in somebody's name: what he asks for on the phone and could take back. Everything else
 * that changes something is refused, so a command that is new is refused until it is named here: money that
 * moves, security, consents, and words that others read as his.
 */
export const ACTING_COMMANDS: readonly string[] = [
  "POST /v1/carts/{cartId}/lines",
  "PATCH /v1/carts/{cartId}/lines",
  "DELETE /v1/carts/{cartId}/lines",
  "PATCH /v1/carts/{cartId}/lines/{lineId}",
  "DELETE /v1/carts/{cartId}/lines/{lineId}",
  "POST /v1/orders/{orderId}/cancel",
  "POST /v1/refunds",
  "POST /v1/refunds/evidence",
  "POST /v1/refunds/{refundId}/cancel",
  "POST /v1/refunds/{refundId}/escalate",
  "PATCH /v1/users/me",
  "POST /v1/users/me/addresses",
  "PUT /v1/users/me/addresses/{addressId}",
  "DELETE /v1/users/me/addresses/{addressId}",
  "POST /v1/vouchers/collect",
  "POST /v1/vouchers/{voucherId}/collect",
];
/** Asked for by POST, though all that they do is answer or show; and the end of the acting itself. */
export const ACTING_QUESTIONS: readonly string[] = [
  "POST /v1/carts",
  "POST /v1/recommendations/for-you",
  "POST /v1/shipping/quotes",
  "POST /v1/tracking/{shipmentId}/tickets",
  "POST /v1/vouchers/quote",
  "DELETE /v1/auth/acting/{actingId}",
];
/** What other people said to him, where his money goes, and everything about him at once. */
const ACTING_BLIND = [
  "chats",
  "calls",
  "ledger",
  "backups",
  "auth/api-keys",
  "users/me/export",
  "users/me/consents",
  "wallet/bank-account",
  "wallet/statement",
  "wallet/seller",
];
const isBlind = (path: string): boolean =>
  ACTING_BLIND.some((one) => path === `/v1/${one}` || path.startsWith(`/v1/${one}/`));

const matcherOf = (routes: readonly string[]): RegExp =>
  new RegExp(`^(?:${routes.map((route) => route.replace(/\{\w+\}/g, "[\\w-]+")).join("|")})$`);
const commands = matcherOf(ACTING_COMMANDS);
const questions = matcherOf(ACTING_QUESTIONS);

export type Asked = { readonly method: string; readonly path: string };

/** A `command` leaves a row in the log; what only reads does not. */
export function decideActing({ method, path }: Asked): Result<"command" | "question", "auth.acting_refused"> {
  // A path may be written in more ways than one; what is not in the plain one is nobody's route.
  if (!/^\/v1(\/[\w.~-]+)+$/.test(path)) return err("auth.acting_refused");
  if (method === "GET" || method === "HEAD") {
    return isBlind(path) ? err("auth.acting_refused") : ok("question");
  }
  const asked = `${method} ${path}`;
  if (commands.test(asked)) return ok("command");
  return questions.test(asked) ? ok("question") : err("auth.acting_refused");
}
