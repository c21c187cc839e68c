import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";
import { OPERATOR_ROLES } from "#kernel/permission";

const zPerson = z.object({ userId: zId("user"), email: z.email(), locale: z.enum(["en", "id"]) });
const zPlace = z.object({ device: z.string(), addressPrefix: z.string() });

/** The account exists; the address is proved only by `auth.email_verified`. */
export const SignedUp = defineEvent("auth.signed_up", 1, zPerson.extend({ name: z.string() }));

/** From here on what was bought as a guest under this address may be claimed. */
export const EmailVerified = defineEvent("auth.email_verified", 1, zPerson);

export const SignedInOnNewDevice = defineEvent(
  "auth.signed_in_on_new_device",
  1,
  zPerson.extend({ sessionId: zId("session"), ...zPlace.shape }),
);

/**
 * What only the mail may hold: `sealed` is base64url(iv + ciphertext) of the JSON of `zMailSecret`, opened
 * with `openSealed` of the kernel. Events are kept for weeks and a link in them would be a key under the mat.
 */
export const zMailSecret = z.object({ link: z.url().optional(), code: z.string().optional() });
export type MailSecret = z.output<typeof zMailSecret>;

export const MAIL_TEMPLATES = [
  /** Link: confirms the address of a new account. */
  "verify_email",
  /** No secret: somebody signed up with an address that has an account. */
  "already_signed_up",
  /** Link. */
  "reset_password",
  /** Link. */
  "magic_link",
  /** Code of six digits. */
  "email_otp",
  /** Link, to the new address. */
  "confirm_new_email",
  /** Link, to the old address: takes the change back. */
  "email_changed",
] as const;
export type MailTemplate = (typeof MAIL_TEMPLATES)[number];

export const MailRequested = defineEvent(
  "auth.mail_requested",
  1,
  zPerson.extend({
    template: z.enum(MAIL_TEMPLATES),
    sealed: z.string().optional(),
    /** Epoch ms after which the secret is dead, and the mail not worth sending. */
    expiresAt: z.int().optional(),
  }),
);

export const SECURITY_CHANGES = [
  "password_changed",
  "passkey_added",
  "passkey_removed",
  "second_factor_on",
  "second_factor_off",
  "recovery_code_used",
  "provider_linked",
  "session_reused",
] as const;
export type SecurityChange = (typeof SECURITY_CHANGES)[number];

/** The owner is told by mail: a change he did not make is how he learns of a thief. */
export const SecurityChanged = defineEvent(
  "auth.security_changed",
  1,
  zPerson.extend({ change: z.enum(SECURITY_CHANGES), ...zPlace.shape }),
);

/** The owner is told at once, why and until when. */
export const ActingStarted = defineEvent(
  "auth.acting_started",
  1,
  zPerson.omit({ locale: true }).extend({
    actingId: zId("session"),
    reason: z.string(),
    /** Epoch ms. */
    expiresAt: z.int(),
  }),
);

export const EmailChanged = defineEvent("auth.email_changed", 1, zPerson.extend({ previous: z.email() }));

export const OperatorChanged = defineEvent(
  "auth.operator_changed",
  1,
  z.object({ userId: zId("user"), role: z.enum(OPERATOR_ROLES).nullable(), by: zId("user").nullable() }),
);

/** Clears away tickets, tokens and sessions that are over. Without a queue: the sweep runs it. */
export const FORGET = defineJob("auth.forget", undefined, z.object({}));
