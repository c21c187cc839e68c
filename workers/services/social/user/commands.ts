import { requireUser } from "#kernel/actor";
import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { type Address, type Consent, changeProfile, ownErasureSteps, type Profile } from "./domain.ts";
import { fail } from "./errors.ts";
import { UserChanged, UserErased } from "./facts.ts";
import { type ErasureProof, getErasure, hashAddress } from "./queries.ts";
import * as people from "./repository.ts";
import type { GiveConsent, PatchProfile, PutAddress } from "./schemas.ts";

/** What cannot be undone asks for somebody who signed in just now, not for a tab that was left open. */
const RECENT_SIGN_IN_MS = 15 * MINUTE_MS;

export async function patchMe(ctx: Ctx, { ifMatch, ...change }: PatchProfile): Promise<Profile> {
  const userId = requireUser(ctx);
  const [before] = await ctx.db.load(people.profileQuery(userId));
  if (!before) throw fail("user.not_found");
  if (before.version !== ifMatch) throw fail("user.stale");
  const { profile, fields } = changeProfile(before, change);
  if (fields.length === 0) return before;
  const fact = UserChanged.make(
    ctx,
    { id: userId, version: profile.version },
    { userId, fields: [...fields] },
  );
  orThrow(await ctx.db.commit([people.saveProfile(profile), append(fact)]), fail);
  return profile;
}

export async function addAddress(ctx: Ctx, input: PutAddress): Promise<Address> {
  const userId = requireUser(ctx);
  const [others] = await ctx.db.load(people.addressesQuery(userId));
  const address: Address = {
    ...input,
    id: ctx.ids.next("address"),
    userId,
    isDefaultShipping: input.isDefaultShipping || !others.some((one) => one.isDefaultShipping),
    isDefaultBilling: input.isDefaultBilling || !others.some((one) => one.isDefaultBilling),
    createdAt: ctx.clock.now(),
    version: 1,
  };
  const statements = [
    people.lockPerson(userId),
    people.clearDefaults(address),
    ...people.insertAddress(address),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return address;
}

type Replacing = PutAddress & { readonly addressId: Id<"address">; readonly ifMatch: number };

export async function replaceAddress(
  ctx: Ctx,
  { addressId, ifMatch, ...input }: Replacing,
): Promise<Address> {
  const userId = requireUser(ctx);
  const [before] = await ctx.db.load(people.addressQuery(userId, addressId));
  if (!before) throw fail("address.not_found");
  if (before.version !== ifMatch) throw fail("address.stale");
  // A default is moved to another address and never only taken away, so that there always is one.
  const address: Address = {
    ...before,
    ...input,
    isDefaultShipping: input.isDefaultShipping || before.isDefaultShipping,
    isDefaultBilling: input.isDefaultBilling || before.isDefaultBilling,
    version: before.version + 1,
  };
  const statements = [people.lockPerson(userId), people.clearDefaults(address), people.saveAddress(address)];
  orThrow(await ctx.db.commit(statements), fail);
  return address;
}

export async function removeAddress(
  ctx: Ctx,
  { addressId }: { readonly addressId: Id<"address"> },
): Promise<null> {
  const userId = requireUser(ctx);
  const statements = [
    people.lockPerson(userId),
    people.deleteAddress({ userId, addressId }),
    people.fillDefaults(userId),
  ];
  orThrow(await ctx.db.commit(statements), fail);
  return null;
}

export async function giveConsent(ctx: Ctx, input: GiveConsent): Promise<Consent> {
  const userId = requireUser(ctx);
  const consent: Consent = {
    ...input,
    id: ctx.ids.next("consent"),
    userId,
    source: "account",
    at: ctx.clock.now(),
  };
  orThrow(await ctx.db.commit([people.lockPerson(userId), people.appendConsents([consent])]), fail);
  return consent;
}

/** Repeating it answers with the proof of the first time. */
export async function eraseMe(ctx: Ctx): Promise<ErasureProof> {
  const userId = requireUser(ctx);
  const { actor, clock } = ctx;
  const isRecent = actor.kind === "user" && clock.now() - actor.authenticatedAt <= RECENT_SIGN_IN_MS;
  if (!isRecent) throw fail("user.sign_in_again");
  const [profile, earlier] = await ctx.db.load(people.profileQuery(userId), people.erasureQuery(userId));
  if (!profile && !earlier) throw fail("user.not_found");
  if (profile) {
    const at = clock.now();
    const payload = { userId, addressHash: hashAddress(ctx, profile.email) };
    const fact = UserErased.make(ctx, { id: userId, version: profile.version + 1 }, payload);
    const statements = [
      ...people.erase({ userId, eventId: fact.id, at }),
      people.recordSteps(ownErasureSteps(userId, at)),
      append(fact),
    ];
    const committed = await ctx.db.commit(statements);
    if (!committed.ok && committed.code !== "user.not_found") throw fail(committed.code);
  }
  return getErasure(ctx, userId);
}
