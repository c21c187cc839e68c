import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { orThrow } from "#kernel/result";
import { type Account, type Client, decideJoin, decideRemoval } from "../domain.ts";
import { fail } from "../errors.ts";
import { openIdProvider, type SignInProvider, type Told } from "../providers/openid.ts";
import { hashSecret, isSame, newSecret } from "../providers/secrets.ts";
import {
  accountByEmail,
  accountById,
  accountByIdentity,
  deleteIdentity,
  insertIdentity,
} from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import { consumeTicket, insertTicket, ticketQuery } from "../repository/tickets.ts";
import { freshAccount, requireFresh } from "./fresh.ts";
import { finish, type Passed } from "./gate.ts";
import { tellOf } from "./letters.ts";
import { newAccount } from "./sign-up.ts";

/** The provider sends people back to a page of the storefront, and that page posts what it was given. */
function providerOf(ctx: Ctx, name: string): SignInProvider {
  const config = Object.hasOwn(ctx.config.oauth, name) ? ctx.config.oauth[name] : undefined;
  if (!config) throw fail("auth.provider_not_found");
  const redirectUri = `${ctx.config.origin.replace(/\/$/, "")}/sign-in/oauth/${name}`;
  return openIdProvider(config, { env: ctx.env, redirectUri });
}

/** Made of the state, so that neither has to be kept: who has not the state and our key has neither. */
const secretsOf = ({ keys }: Ctx, state: string) => ({
  state,
  nonce: keys.sign("ticket", `nonce\n${state}`),
  verifier: keys.sign("ticket", `verifier\n${state}`),
});

type Beginning = { readonly provider: string; readonly link: boolean; readonly client: Client };

/** `binding` goes into a cookie: a state that another browser began is no state here. */
export async function beginOAuth(ctx: Ctx, { provider: name, link }: Beginning) {
  const provider = providerOf(ctx, name);
  const userId = link ? (await requireFresh(ctx)).userId : null;
  const state = newSecret();
  const binding = newSecret();
  const url = await provider.begin(secretsOf(ctx, state));
  const payload = { provider: name, binding: hashSecret(binding) };
  const ticket = { hash: hashSecret(state), purpose: "oauth", userId, payload } as const;
  await ctx.db.commit([insertTicket(ticket, ctx.clock.now())]);
  return { url, binding };
}

type Ending = {
  readonly provider: string;
  readonly state: string;
  readonly code: string;
  readonly iss?: string | undefined;
  readonly binding: string | undefined;
  readonly client: Client;
};

/** The state is spent before the provider is asked: an answer that fails cannot be tried again. */
export async function finishOAuth(
  ctx: Ctx,
  { provider: name, state, code, iss, binding = "", client }: Ending,
): Promise<Passed> {
  const provider = providerOf(ctx, name);
  const hash = hashSecret(state);
  const now = ctx.clock.now();
  const [ticket] = await ctx.db.load(ticketQuery(hash, "oauth", now));
  const isOurs =
    ticket?.payload.provider === name && isSame(ticket.payload.binding ?? "", hashSecret(binding));
  if (!ticket || !isOurs) throw fail("auth.ticket_dead");
  orThrow(await ctx.db.commit([consumeTicket(hash, "oauth", now)]), fail);
  const parameters = { code, state, ...(iss === undefined ? {} : { iss }) };
  const told = await provider.finish({ ...secretsOf(ctx, state), parameters });
  if (!told) throw fail("auth.provider_refused");
  const { account, also } = await accountFor(ctx, { name, told, client, linkTo: ticket.userId });
  return orThrow(await finish(ctx, account, { amr: ["fed"], client, also }), fail);
}

type Known = {
  readonly name: string;
  readonly told: Told;
  readonly client: Client;
  readonly linkTo: Account["userId"] | null;
};
type Person = {
  readonly account: Account;
  readonly also: readonly Statement<"auth.stale" | "auth.email_taken">[];
};

/** The account that this identity signs in to; it is linked or made in the commit of the sign-in. */
async function accountFor(ctx: Ctx, { name, told, client, linkTo }: Known): Promise<Person> {
  const email = told.email ?? "";
  const [linked, sameAddress] = await ctx.db.load(
    accountByIdentity(name, told.subject, client),
    accountByEmail(email, client),
  );
  if (linkTo !== null) return linkPerson(ctx, { name, told, client, linkTo }, linked);
  if (linked) return { account: linked, also: [] };
  if (told.email === undefined) throw fail("auth.provider_refused");
  const decision = decideJoin(told, sameAddress);
  if (decision === "refuse") throw fail("auth.provider_unverified");
  if (decision === "join" && sameAddress) {
    return { account: sameAddress, also: linking(ctx, sameAddress, { name, told, client }) };
  }
  return makePerson(ctx, { name, told, client });
}

type Linking = Omit<Known, "linkTo">;

function linking(ctx: Ctx, account: Account, { name, told, client }: Linking): Statement<"auth.stale">[] {
  const { userId } = account;
  const identity = { provider: name, subject: told.subject, userId, createdAt: ctx.clock.now() };
  return [
    insertIdentity(identity),
    note(ctx, "provider_linked", { userId, client, detail: { provider: name } }),
    tellOf(ctx, account, "provider_linked", client),
  ];
}

/** They began signed in: whoever the provider says it is becomes another way into that account. */
async function linkPerson(ctx: Ctx, known: Known, linked: Account | undefined): Promise<Person> {
  const { linkTo } = known;
  if (linked) {
    if (linked.userId !== linkTo) throw fail("auth.email_taken");
    return { account: linked, also: [] };
  }
  if (linkTo === null || ctx.actor.kind !== "user" || ctx.actor.userId !== linkTo) {
    throw fail("auth.ticket_dead");
  }
  const [account] = await ctx.db.load(accountById(linkTo, known.client));
  if (!account) throw fail("auth.ticket_dead");
  return { account, also: linking(ctx, account, known) };
}

function makePerson(ctx: Ctx, { name, told, client }: Linking): Person {
  const email = told.email ?? "";
  const now = ctx.clock.now();
  const made = newAccount(ctx, {
    email,
    name: told.name ?? email.split("@")[0] ?? email,
    emailVerifiedAt: now,
    operatorRole: null,
  });
  const account: Account = {
    userId: made.userId,
    email,
    emailVerifiedAt: now,
    sessionEpoch: 0,
    operatorRole: null,
    handle: "",
    disabledAt: null,
    version: 1,
    passwordHash: null,
    bcryptSalt: null,
    hasTotp: false,
    passkeys: 0,
    identities: 1,
    isNewDevice: false,
  };
  const identity = { provider: name, subject: told.subject, userId: made.userId, createdAt: now };
  return {
    account,
    also: [
      ...made.statements,
      insertIdentity(identity),
      note(ctx, "signed_up", { userId: made.userId, client, detail: { provider: name } }),
    ],
  };
}

export async function unlinkProvider(
  ctx: Ctx,
  { provider, client }: { readonly provider: string; readonly client: Client },
): Promise<void> {
  const { account, fresh } = await freshAccount(ctx, client);
  if (account.identities === 0) throw fail("auth.provider_not_found");
  orThrow(decideRemoval(account, "identity"), fail);
  const committed = await ctx.db.commit([
    deleteIdentity(account.userId, provider),
    note(ctx, "provider_unlinked", { ...fresh, client, detail: { provider } }),
  ]);
  orThrow(committed, fail);
}
