import { requireOperator, requireShop } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import type { Scope } from "#kernel/permission";
import { orThrow } from "#kernel/result";
import { signToken } from "#kernel/token";
import { ACCESS_MS, API_KEYS_MAX, type Client, decideKeyScopes } from "../domain.ts";
import { fail } from "../errors.ts";
import { hashSecret, newSecret } from "../providers/secrets.ts";
import { note } from "../repository/events.ts";
import { type ApiKey, insertKey, keyQuery, liveKeysQuery, revokeKey, touchKey } from "../repository/keys.ts";
import { requireFresh } from "./fresh.ts";
import type { Access } from "./gate.ts";
import { limitExchange } from "./limits.ts";

/** Scanners find leaked keys by it. */
const PREFIX = "tck_";
const START_CHARS = 8;

export type KeyOwner = "shop" | "platform";

/** Whose keys the caller may see and make: the shop's that they act for, or the platform's. */
export function keyOwner(ctx: Ctx, owner: KeyOwner): Id<"seller"> | null {
  if (owner === "shop") return requireShop(ctx, "member:write");
  requireOperator(ctx, "platform:write");
  return null;
}

type Making = {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly owner: KeyOwner;
  readonly expiresInDays?: number | undefined;
  readonly client: Client;
};

/** The key is shown this once; we keep its hash. */
export async function makeKey(
  ctx: Ctx,
  { name, scopes, owner, expiresInDays, client }: Making,
): Promise<ApiKey & { readonly apiKey: string }> {
  const { userId, sessionId } = await requireFresh(ctx);
  const sellerId = keyOwner(ctx, owner);
  const role = ctx.actor.kind === "user" && sellerId !== null ? ctx.actor.shop?.role : undefined;
  const granted = orThrow(decideKeyScopes(scopes, role), fail);
  const [count] = await ctx.db.load(liveKeysQuery(sellerId));
  if (count >= API_KEYS_MAX) throw fail("auth.keys_too_many");
  const now = ctx.clock.now();
  const apiKey = `${PREFIX}${newSecret()}`;
  const key: ApiKey = {
    ...keyRow(apiKey),
    id: ctx.ids.next("apiKey"),
    name,
    scopes: granted,
    sellerId,
    createdBy: userId,
    createdAt: now,
    expiresAt: expiresInDays === undefined ? null : now + expiresInDays * DAY_MS,
    lastUsedAt: null,
    revokedAt: null,
  };
  const detail = { keyId: key.id, scopes: granted.join(" ") };
  await ctx.db.commit([insertKey(key), note(ctx, "key_made", { userId, sessionId, client, detail })]);
  return { ...key, apiKey };
}

export const keyRow = (apiKey: string): Pick<ApiKey, "hash" | "start"> => ({
  hash: hashSecret(apiKey),
  start: apiKey.slice(0, START_CHARS),
});

type Revoking = { readonly keyId: Id<"apiKey">; readonly owner: KeyOwner; readonly client: Client };

export async function dropKey(ctx: Ctx, { keyId, owner, client }: Revoking): Promise<void> {
  const { userId, sessionId } = await requireFresh(ctx);
  const sellerId = keyOwner(ctx, owner);
  const committed = await ctx.db.commit([
    revokeKey(sellerId, { keyId, now: ctx.clock.now() }),
    note(ctx, "key_revoked", { userId, sessionId, client, detail: { keyId } }),
  ]);
  orThrow(committed, fail);
}

/** A key is traded for the same short token that everybody has, so that all else knows tokens only. */
export async function exchangeKey(
  ctx: Ctx,
  { apiKey }: { readonly apiKey: string },
): Promise<Access & { readonly scopes: readonly Scope[] }> {
  await limitExchange(ctx);
  const now = ctx.clock.now();
  const [key] = await ctx.db.load(keyQuery(hashSecret(apiKey)));
  const isDead = !key || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now);
  if (isDead) throw fail("auth.key_wrong");
  const { id, scopes, sellerId } = key;
  const claims = {
    use: "service",
    sub: id,
    scp: [...scopes],
    ...(sellerId ? { sh: sellerId } : {}),
  } as const;
  const accessToken = await signToken(ctx, { ...claims, scp: [...scopes] }, { now, lifetimeMs: ACCESS_MS });
  ctx.defer(ctx.db.commit([touchKey(id, now)]).catch(() => undefined));
  return { accessToken, expiresAt: now + ACCESS_MS, scopes };
}
