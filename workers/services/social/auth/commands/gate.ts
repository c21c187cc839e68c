import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import type { OperatorRole } from "#kernel/permission";
import { err, ok, type Result } from "#kernel/result";
import { raiseSessionEpoch } from "#kernel/session-epoch";
import { type Claims, signToken } from "#kernel/token";
import { membershipsQuery } from "#services/catalog/seller/index";
import {
  ACCESS_MS,
  type Account,
  type Client,
  type Method,
  needsSecondFactor,
  REFRESH_IDLE_MS,
  SESSION_MS,
  type Session,
  TICKET_MS,
} from "../domain.ts";
import { SignedInOnNewDevice } from "../facts.ts";
import { hashSecret, newSecret } from "../providers/secrets.ts";
import { note } from "../repository/events.ts";
import { openSession } from "../repository/sessions.ts";
import { insertTicket } from "../repository/tickets.ts";

/** The token holds no more shops than this; a member of more names the shop by signing in to it. */
const SHOPS_MAX = 20;

export type Access = { readonly accessToken: string; readonly expiresAt: number };
export type SignedIn = Access & {
  readonly status: "signed_in";
  readonly userId: Id<"user">;
  readonly sessionId: Id<"session">;
  readonly refreshToken: string;
};
export type MfaRequired = {
  readonly status: "mfa_required";
  readonly mfaToken: string;
  readonly expiresAt: number;
};
export type Passed = SignedIn | MfaRequired;

type Bearer = {
  readonly userId: Id<"user">;
  readonly sessionId: Id<"session">;
  readonly amr: readonly string[];
  readonly authenticatedAt: number;
  readonly sessionEpoch: number;
  readonly operatorRole: OperatorRole | null;
};
type Shops = readonly { readonly sellerId: Id<"seller">; readonly role: "owner" | "manager" | "staff" }[];

/** Says who it is, how they signed in and for whom they may act: nothing personal. */
export async function issueAccess(ctx: Ctx, bearer: Bearer, shops?: Shops): Promise<Access> {
  const [loaded] = shops ? [shops] : await ctx.db.load(membershipsQuery(bearer.userId));
  const now = ctx.clock.now();
  const claims: Claims = {
    use: "user",
    sub: bearer.userId,
    sid: bearer.sessionId,
    amr: [...bearer.amr],
    at: bearer.authenticatedAt,
    ...(bearer.operatorRole ? { op: bearer.operatorRole } : {}),
    sh: loaded.slice(0, SHOPS_MAX).map(({ sellerId, role }) => [sellerId, role]),
    ep: bearer.sessionEpoch,
  };
  const accessToken = await signToken(ctx, claims, { now, lifetimeMs: ACCESS_MS });
  return { accessToken, expiresAt: now + ACCESS_MS };
}

type Showing<C extends string> = {
  readonly amr: readonly Method[];
  readonly client: Client;
  /** What becomes true together with the sign-in: the ticket that is spent, the code that is used. */
  readonly also?: readonly Statement<C>[];
};

/** The one gate: every method of signing in ends here, and only here sessions are opened. */
export async function finish<C extends string = never>(
  ctx: Ctx,
  account: Account,
  { amr, client, also = [] }: Showing<C>,
): Promise<Result<Passed, C | "auth.stale" | "auth.account_disabled">> {
  if (account.disabledAt !== null) return err("auth.account_disabled");
  return needsSecondFactor(account, amr)
    ? askSecondFactor(ctx, account, { amr, client, also })
    : open(ctx, account, { amr, client, also });
}

async function askSecondFactor<C extends string>(
  ctx: Ctx,
  { userId }: Account,
  { amr, client, also = [] }: Showing<C>,
): Promise<Result<Passed, C>> {
  const mfaToken = newSecret();
  const now = ctx.clock.now();
  const committed = await ctx.db.commit<C>([
    ...also,
    insertTicket({ hash: hashSecret(mfaToken), purpose: "mfa", userId, payload: { amr } }, now),
    note(ctx, "mfa_asked", { userId, client, detail: { amr: amr.join(" ") } }),
  ]);
  return committed.ok ? ok({ status: "mfa_required", mfaToken, expiresAt: now + TICKET_MS.mfa }) : committed;
}

async function open<C extends string>(
  ctx: Ctx,
  account: Account,
  { amr, client, also = [] }: Showing<C>,
): Promise<Result<Passed, C | "auth.stale">> {
  const { userId, sessionEpoch } = account;
  const now = ctx.clock.now();
  const { device, addressPrefix } = client;
  const session: Session = {
    id: ctx.ids.next("session"),
    userId,
    amr,
    authenticatedAt: now,
    device,
    addressPrefix,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: now + SESSION_MS,
  };
  const refreshToken = newSecret();
  const opening = {
    session,
    sessionEpoch,
    refreshHash: hashSecret(refreshToken),
    refreshExpiresAt: now + REFRESH_IDLE_MS,
  };
  const detail = { amr: amr.join(" "), newDevice: account.isNewDevice };
  const [committed, [shops]] = await Promise.all([
    ctx.db.commit<C | "auth.stale">([
      ...also,
      ...openSession(opening),
      note(ctx, "signed_in", { userId, sessionId: session.id, client, detail }),
      ...tellOfDevice(ctx, account, session),
    ]),
    ctx.db.load(membershipsQuery(userId)),
  ]);
  if (!committed.ok) return committed;
  const bearer = { ...account, sessionId: session.id, amr, authenticatedAt: now };
  const access = await issueAccess(ctx, bearer, shops);
  return ok({ status: "signed_in", userId, sessionId: session.id, refreshToken, ...access });
}

function tellOfDevice(
  ctx: Ctx,
  { userId, email, version, isNewDevice }: Account,
  session: Session,
): Statement[] {
  if (!isNewDevice) return [];
  const { id: sessionId, device, addressPrefix } = session;
  const payload = { userId, email, locale: ctx.locale, sessionId, device, addressPrefix };
  return [append(SignedInOnNewDevice.make(ctx, { id: userId, version }, payload))];
}

/** Until Redis hears of it, access tokens that were signed before live on: five minutes at most. */
export async function publishEpoch(ctx: Ctx, userId: Id<"user">, epoch: number): Promise<void> {
  await raiseSessionEpoch(ctx, userId, epoch).catch(() => {
    ctx.log.warn("auth.epoch_unpublished", { userId });
  });
}
