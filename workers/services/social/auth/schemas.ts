import * as z from "zod";
import { LOCALES } from "#kernel/errors";
import { zId } from "#kernel/ids";
import { OPERATOR_ROLES, zScope } from "#kernel/permission";
import { EVENT_TYPES } from "./domain.ts";

/** NIST SP 800-63B asks for eight at least; beyond the other it is no password but a way to keep us busy. */
const PASSWORD_CHARS_MIN = 8;
const PASSWORD_CHARS_MAX = 128;
const NAME_CHARS_MAX = 100;
const TOKEN_CHARS = 43;

export const zEmail = z.string().trim().toLowerCase().max(254).pipe(z.email());
const zGivenPassword = z.string().min(1).max(PASSWORD_CHARS_MAX);
const zNewPassword = z.string().min(PASSWORD_CHARS_MIN).max(PASSWORD_CHARS_MAX);
/** 256 bits, base64url. */
const zToken = z
  .string()
  .regex(/^[\w-]+$/)
  .length(TOKEN_CHARS);
const zCode = z.string().regex(/^\d{6}$/);
const zName = z.string().trim().min(1).max(NAME_CHARS_MAX);

/** What of a request's head says who calls: a browser sends Origin with every POST, and an app never does. */
export const zCaller = z.object({
  "user-agent": z.string().optional(),
  origin: z.string().optional(),
  host: z.string().optional(),
  cookie: z.string().optional(),
});
export type Caller = z.output<typeof zCaller>;

export const zSignUp = z.object({
  email: zEmail,
  password: zNewPassword,
  name: zName,
  locale: z.enum(LOCALES).optional(),
});
export const zSignIn = z.object({ email: zEmail, password: zGivenPassword });
export const zRefresh = z.object({ refreshToken: zToken.optional() });
export const zAddressed = z.object({ email: zEmail });
export const zTokenOnly = z.object({ token: zToken });
export const zVerify = z.object({ token: zToken, password: zGivenPassword.optional() });
export const zReset = z.object({ token: zToken, password: zNewPassword });
export const zPasswordChange = z.object({ password: zNewPassword });
export const zOtp = z.object({ token: zToken, code: zCode });
export const zMfa = z
  .object({ mfaToken: zToken, code: zCode.optional(), recoveryCode: z.string().max(40).optional() })
  .refine((input) => (input.code === undefined) !== (input.recoveryCode === undefined), {
    error: "Give either code or recoveryCode.",
  });
export const zConfirmTotp = z.object({ code: zCode });
export const zSessionRef = z.object({ sessionId: zId("session") });
export const zPasskeyRef = z.object({ passkeyId: zId("passkey") });
export const zKeyRef = z.object({ keyId: zId("apiKey") });
export const zUserRef = z.object({ userId: zId("user") });
export const zProviderRef = z.object({ provider: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/) });

const zBytes = (max: number) =>
  z
    .string()
    .regex(/^[\w-]+$/)
    .max(max);
/** WebAuthn level 3, RegistrationResponseJSON and AuthenticationResponseJSON, as far as they are read. */
const zCredential = { id: zBytes(1_400), rawId: zBytes(1_400), type: z.literal("public-key") };
const zExtensions = z.looseObject({}).default({});
export const zAttestation = z.object({
  ...zCredential,
  clientExtensionResults: zExtensions,
  response: z.object({
    clientDataJSON: zBytes(4_096),
    attestationObject: zBytes(16_384),
    transports: z.array(z.string().max(20)).max(8).optional(),
  }),
});
export const zAssertion = z.object({
  ...zCredential,
  clientExtensionResults: zExtensions,
  response: z.object({
    clientDataJSON: zBytes(4_096),
    authenticatorData: zBytes(2_048),
    signature: zBytes(2_048),
    userHandle: zBytes(100).nullish(),
  }),
});
export type Attestation = z.output<typeof zAttestation>;
export type Assertion = z.output<typeof zAssertion>;

export const zAddPasskey = z.object({ name: zName.default("Passkey"), credential: zAttestation });
export const zUsePasskey = z.object({ credential: zAssertion });
export const zPasskeyName = z.object({ name: zName });
/** What the browser's `navigator.credentials` is given; its form is WebAuthn's. */
export const zWebAuthnOptions = z.looseObject({ challenge: z.string() });

export const zStepUp = z.discriminatedUnion("method", [
  z.object({ method: z.literal("password"), password: zGivenPassword }),
  z.object({ method: z.literal("totp"), code: zCode }),
  z.object({ method: z.literal("passkey"), credential: zAssertion }),
]);

export const zBeginOAuth = z.object({ link: z.boolean().default(false) });
export const zOAuthBegun = z.object({ url: z.url(), binding: zToken.optional() });
export const zFinishOAuth = z.object({
  code: z.string().min(1).max(2_048),
  state: zToken,
  iss: z.url().optional(),
  /** For apps, which have no cookie: what the first step answered. */
  binding: zToken.optional(),
});

const KEY_DAYS_MAX = 730;
const KEYS_SCOPES_MAX = 10;
export const zKeyOwner = z.enum(["shop", "platform"]);
export const zNewKey = z.object({
  name: zName,
  scopes: z.array(zScope).min(1).max(KEYS_SCOPES_MAX),
  owner: zKeyOwner.default("shop"),
  expiresInDays: z.int().min(1).max(KEY_DAYS_MAX).optional(),
});
export const zKeyOwnerQuery = z.object({ owner: zKeyOwner.default("shop") });
export const zExchange = z.object({ apiKey: z.string().regex(/^tck_[\w-]{20,80}$/) });
export const zOperatorRole = z.object({ role: z.enum(OPERATOR_ROLES).nullable() });
const REASON_CHARS_MIN = 10;
const REASON_CHARS_MAX = 300;
export const zActAs = z.object({
  /** The person reads it. */
  reason: z.string().trim().min(REASON_CHARS_MIN).max(REASON_CHARS_MAX),
  orderId: zId("order").optional(),
});
export const zActingRef = z.object({ actingId: zId("session") });
export const zDisabled = z.object({ disabled: z.boolean() });

const zInstant = z.iso.datetime();
export const zAccepted = z.object({ status: z.literal("accepted") });
export const ACCEPTED = { status: "accepted" } as const;
export const zNothing = z.null();
export const zSignedIn = z.object({
  status: z.literal("signed_in"),
  userId: zId("user"),
  sessionId: zId("session"),
  accessToken: z.string(),
  expiresAt: zInstant,
  /** Only for callers without Origin; a browser has it in a cookie that scripts cannot read. */
  refreshToken: zToken.optional(),
});
export const zMfaRequired = z.object({
  status: z.literal("mfa_required"),
  mfaToken: zToken,
  methods: z.array(z.enum(["totp", "recovery_code"])),
  expiresAt: zInstant,
});
export const zPassed = z.discriminatedUnion("status", [zSignedIn, zMfaRequired]);
export const zVerified = z.discriminatedUnion("status", [
  zSignedIn,
  zMfaRequired,
  z.object({ status: z.literal("verified") }),
]);
export const zAccess = z.object({ accessToken: z.string(), expiresAt: zInstant });
export const zServiceAccess = zAccess.extend({ scopes: z.array(zScope) });
export const zOtpSent = z.object({ status: z.literal("accepted"), token: zToken });
export const zTotpSetUp = z.object({ secret: z.string(), uri: z.string() });
export const zRecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) });

export const zAccount = z.object({
  userId: zId("user"),
  email: z.email(),
  isEmailVerified: z.boolean(),
  hasPassword: z.boolean(),
  hasTotp: z.boolean(),
  recoveryCodesLeft: z.int(),
  passkeys: z.int(),
  providers: z.array(z.string()),
  operatorRole: z.enum(OPERATOR_ROLES).nullable(),
});
export const zSession = z.object({
  id: zId("session"),
  device: z.string(),
  addressPrefix: z.string(),
  amr: z.array(z.string()),
  isCurrent: z.boolean(),
  createdAt: zInstant,
  lastUsedAt: zInstant,
});
export const zPasskey = z.object({
  id: zId("passkey"),
  name: z.string(),
  isBackedUp: z.boolean(),
  createdAt: zInstant,
  lastUsedAt: zInstant.nullable(),
});
export const zKey = z.object({
  id: zId("apiKey"),
  name: z.string(),
  start: z.string(),
  scopes: z.array(zScope),
  sellerId: zId("seller").nullable(),
  createdAt: zInstant,
  expiresAt: zInstant.nullable(),
  lastUsedAt: zInstant.nullable(),
  revokedAt: zInstant.nullable(),
});
/** The only time that the key itself is shown. */
export const zMadeKey = zKey.extend({ apiKey: z.string() });
export const zEvent = z.object({
  id: zId("event"),
  type: z.enum(EVENT_TYPES),
  sessionId: zId("session").nullable(),
  device: z.string(),
  addressPrefix: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  at: zInstant,
});

export const zActingStarted = zAccess.extend({
  actingId: zId("session"),
  userId: zId("user"),
  email: z.string(),
  reason: z.string(),
});
/** What support did in the person's own name. */
export const zActing = z.object({
  id: zId("session"),
  reason: z.string(),
  orderId: zId("order").nullable(),
  startedAt: zInstant,
  /** When it ended or ends by itself. */
  until: zInstant,
  isLive: z.boolean(),
  commands: z.array(z.object({ command: z.string(), status: z.int().nullable(), at: zInstant })),
});
export const zActingOfAll = zActing.extend({
  userId: zId("user"),
  userEmail: z.string().nullable(),
  operatorId: zId("user"),
  operatorEmail: z.string().nullable(),
});

export const toInstant = (ms: number): string => new Date(ms).toISOString();
export const toInstantOrNull = (ms: number | null): string | null => (ms === null ? null : toInstant(ms));
