import type { Statement } from "#kernel/db";
import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import type { Channel, Consent, OptionalCategory } from "./domain.ts";
import { appendConsents, insertProfile, patchProfile, switchOff } from "./repository.ts";

export type { Address, Channel, ErasureStep, OptionalCategory, Place, Profile } from "./domain.ts";
export { hashAddress } from "./queries.ts";
export {
  addressQuery,
  consentsQuery,
  profileQuery,
  profilesQuery,
  recordSteps as recordErasure,
} from "./repository.ts";
export { toAddressDto, zAddress } from "./schemas.ts";

type NewProfile = {
  readonly userId: Id<"user">;
  readonly name: string;
  readonly email: string;
  readonly locale: Locale;
  readonly now: number;
};

/** Part of the commit that makes the account. */
export const createProfile = ({ userId, name, email, locale, now }: NewProfile): Statement =>
  insertProfile({
    userId,
    name,
    email,
    locale,
    phone: null,
    timeZone: null,
    currency: null,
    notifications: {},
    createdAt: now,
    version: 1,
  });

/** Part of the commit that changes the address somebody signs in with. */
export const changeEmail = (userId: Id<"user">, email: string): Statement => patchProfile(userId, { email });

/** Adds rows to the ledger beside another write, such as the terms that were accepted at sign-up. */
export const recordConsents = (consents: readonly Consent[]): Statement => appendConsents(consents);

/** What one-click unsubscribe does. */
export const switchOffNotification = (
  userId: Id<"user">,
  category: OptionalCategory,
  channel: Channel,
): Statement => switchOff(userId, category, channel);
