import { requireOperator, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import type { Session } from "./domain.ts";
import { fail } from "./errors.ts";
import { accountById, identitiesQuery } from "./repository/accounts.ts";
import { type ActingRow, actingsQuery } from "./repository/acting.ts";
import { type AuditRow, eventsQuery } from "./repository/events.ts";
import { factorsQuery, type Passkey, passkeysQuery } from "./repository/factors.ts";
import { type ApiKey, keysQuery } from "./repository/keys.ts";
import { sessionsQuery } from "./repository/sessions.ts";
import { toInstant, toInstantOrNull } from "./schemas.ts";

/** How the caller may sign in, and what guards it. */
export async function getAccount(ctx: Ctx) {
  const userId = requireUser(ctx);
  const [account, { hasTotp, recoveryCodesLeft }, identities] = await ctx.db.load(
    accountById(userId),
    factorsQuery(userId),
    identitiesQuery(userId),
  );
  if (!account) throw fail("auth.user_not_found");
  return {
    userId,
    email: account.email,
    isEmailVerified: account.emailVerifiedAt !== null,
    hasPassword: account.passwordHash !== null,
    hasTotp,
    recoveryCodesLeft,
    passkeys: account.passkeys,
    providers: identities.map((one) => one.provider),
    operatorRole: account.operatorRole,
  };
}

/** Pages of a list whose order is the order of its ids, the latest first. */
async function walk<Row extends { readonly id: string }, T>(
  ctx: Ctx,
  { limit, cursor, scope }: PageQuery & { readonly scope: string },
  {
    load,
    toItem,
  }: {
    readonly load: (page: { limit: number; after: string | undefined }) => Promise<readonly Row[]>;
    readonly toItem: (row: Row) => T;
  },
) {
  const [after] = decodeCursor(ctx, scope, cursor) ?? [];
  const rows = await load({ limit: limit + 1, after: after === undefined ? undefined : String(after) });
  const { items, nextCursor } = toPage(ctx, scope, limit, rows, (row) => [row.id], toItem);
  return { items: [...items], nextCursor };
}

export async function listSessions(ctx: Ctx, page: PageQuery) {
  const userId = requireUser(ctx);
  const current = ctx.actor.kind === "user" ? ctx.actor.sessionId : undefined;
  const now = ctx.clock.now();
  return walk(
    ctx,
    { ...page, scope: `sessions ${userId}` },
    {
      load: async (part) => (await ctx.db.load(sessionsQuery(userId, { ...part, now })))[0],
      toItem: ({ id, device, addressPrefix, amr, createdAt, lastUsedAt }: Session) => ({
        id,
        device,
        addressPrefix,
        amr: [...amr],
        isCurrent: id === current,
        createdAt: toInstant(createdAt),
        lastUsedAt: toInstant(lastUsedAt),
      }),
    },
  );
}

export const toPasskeyDto = ({ id, name, isBackedUp, createdAt, lastUsedAt }: Passkey) => ({
  id,
  name,
  isBackedUp,
  createdAt: toInstant(createdAt),
  lastUsedAt: toInstantOrNull(lastUsedAt),
});

export async function listPasskeys(ctx: Ctx) {
  const [passkeys] = await ctx.db.load(passkeysQuery(requireUser(ctx)));
  return { items: passkeys.map(toPasskeyDto), nextCursor: null };
}

export const toKeyDto = (key: ApiKey) => ({
  id: key.id,
  name: key.name,
  start: key.start,
  scopes: [...key.scopes],
  sellerId: key.sellerId,
  createdAt: toInstant(key.createdAt),
  expiresAt: toInstantOrNull(key.expiresAt),
  lastUsedAt: toInstantOrNull(key.lastUsedAt),
  revokedAt: toInstantOrNull(key.revokedAt),
});

export async function listKeys(ctx: Ctx, page: PageQuery & { readonly sellerId: Id<"seller"> | null }) {
  const { sellerId } = page;
  return walk(
    ctx,
    { ...page, scope: `keys ${sellerId ?? "platform"}` },
    { load: async (part) => (await ctx.db.load(keysQuery(sellerId, part)))[0], toItem: toKeyDto },
  );
}

const toEventDto = ({ id, type, sessionId, device, addressPrefix, detail, at }: AuditRow) => ({
  id,
  type,
  sessionId,
  device,
  addressPrefix,
  detail: { ...detail },
  at: toInstant(at),
});

async function pageOfEvents(ctx: Ctx, userId: Id<"user">, page: PageQuery) {
  return walk(
    ctx,
    { ...page, scope: `audit ${userId}` },
    { load: async (part) => (await ctx.db.load(eventsQuery(userId, part)))[0], toItem: toEventDto },
  );
}

/** What happened to the caller's account. */
export const listEvents = async (ctx: Ctx, page: PageQuery) => pageOfEvents(ctx, requireUser(ctx), page);

const toActingDto = (
  { id, reason, orderId, startedAt, expiresAt, endedAt, commands }: ActingRow,
  now: number,
) => ({
  id,
  reason,
  orderId,
  startedAt: toInstant(startedAt),
  until: toInstant(Math.min(endedAt ?? expiresAt, expiresAt)),
  isLive: endedAt === null && expiresAt > now,
  commands: commands.map(({ command, status, at }) => ({ command, status, at: toInstant(at) })),
});

/** When support acted in the caller's name, why, and what it did. */
export async function listActingsOnMe(ctx: Ctx, page: PageQuery) {
  const userId = requireUser(ctx);
  const now = ctx.clock.now();
  return walk(
    ctx,
    { ...page, scope: `acting ${userId}` },
    {
      load: async (part) => (await ctx.db.load(actingsQuery({ ...part, userId })))[0],
      toItem: (row: ActingRow) => toActingDto(row, now),
    },
  );
}

type ActingFilter = PageQuery & { readonly userId?: Id<"user"> | undefined };

/** The log of all, or of one person, for operators. */
export async function listActings(ctx: Ctx, { userId, ...page }: ActingFilter) {
  requireOperator(ctx, "user:read");
  const now = ctx.clock.now();
  return walk(
    ctx,
    { ...page, scope: `acting of ${userId ?? "all"}` },
    {
      load: async (part) => (await ctx.db.load(actingsQuery({ ...part, ...(userId && { userId }) })))[0],
      toItem: (row: ActingRow) => ({
        ...toActingDto(row, now),
        userId: row.userId,
        userEmail: row.userEmail,
        operatorId: row.operatorId,
        operatorEmail: row.operatorEmail,
      }),
    },
  );
}

/** What happened to somebody's account, for support. */
export async function listEventsOf(
  ctx: Ctx,
  { userId, ...page }: PageQuery & { readonly userId: Id<"user"> },
) {
  requireOperator(ctx, "user:read");
  return pageOfEvents(ctx, userId, page);
}
