import type { Redis } from "@upstash/redis/cloudflare";
import type { Cell } from "./cell.ts";
import type { Id } from "./ids.ts";

/** "Log out everywhere" reaches every isolate within this time; access tokens die by themselves soon. */
const KEPT_MS = 30_000;
const USERS_MAX = 10_000;

type Known = { readonly epoch: number; readonly until: number };
const known = new WeakMap<object, Map<string, Known>>();

const redisKey = (cell: Cell, userId: Id<"user">) => `${cell}:epoch:${userId}`;

/** The lowest session epoch that still counts. Without Redis nobody is locked out: tokens live minutes. */
export async function sessionEpoch(
  env: Env,
  cell: Cell,
  userId: Id<"user">,
  redis: () => Redis,
): Promise<number> {
  const cache = known.get(env) ?? new Map<string, Known>();
  known.set(env, cache);
  const name = redisKey(cell, userId);
  const near = cache.get(name);
  if (near && near.until > Date.now()) return near.epoch;
  const epoch = Number(
    (await redis()
      .get<number>(name)
      .catch(() => null)) ?? 0,
  );
  if (cache.size >= USERS_MAX) cache.clear();
  cache.set(name, { epoch, until: Date.now() + KEPT_MS });
  return epoch;
}

/** Outlives every access token that was signed under a lower epoch. */
const EPOCH_SECONDS = 3_600;

export async function raiseSessionEpoch(
  { cell, redis, env }: { readonly cell: Cell; readonly redis: Redis; readonly env: Env },
  userId: Id<"user">,
  epoch: number,
): Promise<void> {
  known.get(env)?.delete(redisKey(cell, userId));
  await redis.set(redisKey(cell, userId), epoch, { ex: EPOCH_SECONDS });
}
