import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { type Client, decideRemoval, PASSKEYS_MAX } from "../domain.ts";
import { fail } from "../errors.ts";
import { hashSecret, newSecret } from "../providers/secrets.ts";
import {
  authenticationOptions,
  challengeOf,
  type Party,
  readAssertion,
  readAttestation,
  registrationOptions,
} from "../providers/webauthn.ts";
import { accountByCredential } from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import {
  insertPasskey,
  type Passkey,
  passkeyQuery,
  passkeysQuery,
  removePasskey,
  renamePasskey,
  usePasskey,
} from "../repository/factors.ts";
import { consumeTicket, insertTicket, ticketQuery } from "../repository/tickets.ts";
import type { Assertion, Attestation } from "../schemas.ts";
import { freshAccount } from "./fresh.ts";
import { finish, type Passed } from "./gate.ts";
import { tellOf } from "./letters.ts";

type From = { readonly client: Client };

function partyOf({ config }: Pick<Ctx, "config">): Party {
  const { hostname, origin } = new URL(config.origin);
  return { id: hostname, name: "Titan Commerce", origin };
}

/** The challenge is the ticket: what the authenticator signs over is what may be spent once. */
export async function beginPasskey(ctx: Ctx, { client }: From) {
  const { account } = await freshAccount(ctx, client);
  const { userId, handle, email } = account;
  const [held] = await ctx.db.load(passkeysQuery(userId));
  if (held.length >= PASSKEYS_MAX) throw fail("auth.passkeys_too_many");
  const challenge = newSecret();
  const ticket = { hash: hashSecret(challenge), purpose: "passkey_add", userId } as const;
  await ctx.db.commit([insertTicket(ticket, ctx.clock.now())]);
  return registrationOptions(partyOf(ctx), { handle, email, challenge, held });
}

type Adding = From & { readonly name: string; readonly credential: Attestation };

export async function addPasskey(ctx: Ctx, { name, credential, client }: Adding): Promise<Passkey> {
  const { account, fresh } = await freshAccount(ctx, client);
  const { userId } = account;
  const now = ctx.clock.now();
  const challenge = challengeOf(credential) ?? "";
  const hash = hashSecret(challenge);
  const [ticket] = await ctx.db.load(ticketQuery(hash, "passkey_add", now));
  if (ticket?.userId !== userId) throw fail("auth.ticket_dead");
  const read = await readAttestation(partyOf(ctx), credential, challenge);
  if (!read) throw fail("auth.passkey_refused");
  const passkey = { ...read, id: ctx.ids.next("passkey"), userId, name, createdAt: now, lastUsedAt: null };
  const committed = await ctx.db.commit([
    consumeTicket(hash, "passkey_add", now),
    insertPasskey(passkey),
    note(ctx, "passkey_added", { ...fresh, client, detail: { passkeyId: passkey.id } }),
    tellOf(ctx, account, "passkey_added", client),
  ]);
  orThrow(committed, fail);
  return passkey;
}

export async function askPasskey(ctx: Ctx) {
  const challenge = newSecret();
  const ticket = { hash: hashSecret(challenge), purpose: "passkey_use", userId: null } as const;
  await ctx.db.commit([insertTicket(ticket, ctx.clock.now())]);
  return authenticationOptions(partyOf(ctx), challenge);
}

type Found = {
  readonly passkey: Passkey;
  readonly used: readonly Statement<"auth.ticket_dead" | "auth.passkey_refused">[];
};

/** Which passkey has signed one of our challenges, and what its use changes. */
export async function findPasskey(ctx: Ctx, credential: Assertion): Promise<Found> {
  const now = ctx.clock.now();
  const challenge = challengeOf(credential) ?? "";
  const hash = hashSecret(challenge);
  const [ticket, passkey] = await ctx.db.load(
    ticketQuery(hash, "passkey_use", now),
    passkeyQuery(credential.id),
  );
  if (!ticket || !passkey) throw fail("auth.passkey_refused");
  const read = await readAssertion(partyOf(ctx), credential, { challenge, held: passkey });
  if (!read) throw fail("auth.passkey_refused");
  return {
    passkey,
    used: [consumeTicket(hash, "passkey_use", now), usePasskey(passkey.id, { ...read, now })],
  };
}

/** A passkey with user verification is two factors: something they have, and a finger or a PIN. */
export async function signInWithPasskey(
  ctx: Ctx,
  { credential, client }: From & { readonly credential: Assertion },
): Promise<Passed> {
  const { passkey, used } = await findPasskey(ctx, credential);
  const [account] = await ctx.db.load(accountByCredential(passkey.credentialId, client));
  if (!account) throw fail("auth.passkey_refused");
  const passed = await finish(ctx, account, { amr: ["pop", "mfa"], client, also: used });
  if (!passed.ok && passed.code === "auth.passkey_refused") {
    await ctx.db.commit([note(ctx, "passkey_refused", { userId: account.userId, client })]);
  }
  return orThrow(passed, fail);
}

type Named = From & { readonly passkeyId: Id<"passkey"> };

export async function dropPasskey(ctx: Ctx, { passkeyId, client }: Named): Promise<void> {
  const { account, fresh } = await freshAccount(ctx, client);
  const { userId } = account;
  const [held] = await ctx.db.load(passkeysQuery(userId));
  if (!held.some((one) => one.id === passkeyId)) throw fail("auth.passkey_not_found");
  orThrow(decideRemoval(account, "passkey"), fail);
  const committed = await ctx.db.commit([
    removePasskey({ userId, passkeyId }),
    note(ctx, "passkey_removed", { ...fresh, client, detail: { passkeyId } }),
    tellOf(ctx, account, "passkey_removed", client),
  ]);
  orThrow(committed, fail);
}

export async function namePasskey(
  ctx: Ctx,
  { passkeyId, name }: { readonly passkeyId: Id<"passkey">; readonly name: string },
): Promise<void> {
  const userId = requireUser(ctx);
  orThrow(await ctx.db.commit([renamePasskey({ userId, passkeyId }, name)]), fail);
}
