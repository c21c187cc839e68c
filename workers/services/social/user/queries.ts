import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { decodeCursor, type Page, type PageQuery, toPage } from "#kernel/page";
import type { Address, Consent, Erasure, ErasureStep, Profile } from "./domain.ts";
import { fail } from "./errors.ts";
import * as people from "./repository.ts";
import { toAddressDto, toConsentDto, toProfileDto } from "./schemas.ts";

export type ErasureProof = { readonly erasure: Erasure; readonly steps: readonly ErasureStep[] };

export async function getMe(ctx: Ctx): Promise<Profile> {
  const [profile] = await ctx.db.load(people.profileQuery(requireUser(ctx)));
  if (!profile) throw fail("user.not_found");
  return profile;
}

export async function listAddresses(ctx: Ctx): Promise<readonly Address[]> {
  const [addresses] = await ctx.db.load(people.addressesQuery(requireUser(ctx)));
  return addresses;
}

export async function getAddress(
  ctx: Ctx,
  { addressId }: { readonly addressId: Id<"address"> },
): Promise<Address> {
  const [address] = await ctx.db.load(people.addressQuery(requireUser(ctx), addressId));
  if (!address) throw fail("address.not_found");
  return address;
}

export async function listConsents(ctx: Ctx, { limit, cursor }: PageQuery) {
  const userId = requireUser(ctx);
  const scope = `consents ${userId}`;
  const [after] = decodeCursor(ctx, scope, cursor) ?? [];
  const walk = { limit: limit + 1, ...(after === undefined ? {} : { after: String(after) }) };
  const [rows] = await ctx.db.load(people.consentsQuery(userId, walk));
  const page: Page<ReturnType<typeof toConsentDto>> = toPage(
    ctx,
    scope,
    limit,
    rows,
    (row: Consent) => [row.id],
    toConsentDto,
  );
  return { items: [...page.items], nextCursor: page.nextCursor };
}

type Keyed = Pick<Ctx, "keys">;

/** Finds the rows of an address without telling the address: only this cell's key makes the same hash. */
export const hashAddress = ({ keys }: Keyed, email: string): string =>
  keys.sign("address", email.trim().toLowerCase());

const proofText = (userId: Id<"user">) => `erasure ${userId}`;

/** The proof outlives the account, so it is reached by a signed link and not by signing in. */
export const proofPath = ({ keys }: Keyed, userId: Id<"user">): string =>
  `/v1/users/erasures/${userId}?signature=${keys.sign("link", proofText(userId))}`;

const isProofLink = ({ keys }: Keyed, userId: Id<"user">, signature: string): boolean =>
  keys.verify("link", proofText(userId), signature);

export async function getErasure(ctx: Ctx, userId: Id<"user">): Promise<ErasureProof> {
  const [erasure, steps] = await ctx.db.load(people.erasureQuery(userId), people.stepsQuery(userId));
  if (!erasure) throw fail("erasure.not_found");
  return { erasure, steps };
}

type ProofLink = { readonly userId: Id<"user">; readonly signature: string };

/** A wrong signature is answered as if there were nothing, or it would tell who has left. */
export async function readProof(ctx: Ctx, { userId, signature }: ProofLink): Promise<ErasureProof> {
  if (!isProofLink(ctx, userId, signature)) throw fail("erasure.not_found");
  return getErasure(ctx, userId);
}

/** What another service holds of a person, as plain data. */
export type Exporter = (userId: Id<"user">) => Query<unknown>;
/** By the service's name; each is loaded when somebody asks for an export. */
export type Exporters = { readonly [service: string]: () => Promise<Exporter> };

export async function exportMe(ctx: Ctx, exporters: Exporters) {
  const userId = requireUser(ctx);
  const names = Object.keys(exporters);
  const others = await Promise.all(Object.values(exporters).map((load) => load()));
  const [profile, addresses, consents, ...held] = await ctx.db.load(
    people.profileQuery(userId),
    people.addressesQuery(userId),
    people.consentsQuery(userId),
    ...others.map((exporter) => exporter(userId)),
  );
  if (!profile) throw fail("user.not_found");
  return {
    userId,
    exportedAt: new Date(ctx.clock.now()).toISOString(),
    profile: toProfileDto(profile, ctx.market),
    addresses: addresses.map(toAddressDto),
    consents: consents.map(toConsentDto),
    services: Object.fromEntries(names.map((name, i) => [name, held[i] ?? null])),
  };
}
