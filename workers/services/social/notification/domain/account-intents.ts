import type {
  ActingStarted,
  MailRequested,
  SecurityChanged,
  SignedInOnNewDevice,
} from "#services/social/auth/facts";
import type { Intent } from "./message.ts";

type Told = typeof ActingStarted | typeof MailRequested | typeof SecurityChanged | typeof SignedInOnNewDevice;
/** What is told of an account, to the address that it had then. */
export function accountIntent(fact: ReturnType<Told["make"]>): Intent {
  const { userId, email } = fact.payload;
  const transactionId = `${fact.type}/${fact.id}`;
  if (fact.type === "auth.acting_started") {
    const data = { reason: fact.payload.reason, until: fact.payload.expiresAt };
    // In his own language, and not in the operator's.
    return { transactionId, template: fact.type, data, to: { userId, email } };
  }
  const base = { transactionId, to: { userId, email, locale: fact.payload.locale } };
  if (fact.type === "auth.mail_requested") {
    const { template, sealed, expiresAt } = fact.payload;
    return { ...base, template: `auth.${template}`, data: { sealed }, expiresAt };
  }
  const { device, addressPrefix } = fact.payload;
  if (fact.type === "auth.signed_in_on_new_device") {
    return { ...base, template: "auth.new_device", data: { device, addressPrefix } };
  }
  const data = { device, addressPrefix, change: fact.payload.change };
  return { ...base, template: "auth.security_changed", data };
}
