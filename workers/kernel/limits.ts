import { actorKey, type Counted } from "./actor.ts";

const WINDOW_SECONDS = 60;
/** Keys counted in an isolate; more than this in a minute is an attack, and the binding still counts it. */
const KEYS_MAX = 20_000;
/** Below this share of a limit the isolate's own count is enough; asking the binding costs a call. */
const TRUSTED_SHARE = 0.1;

type Window = { readonly startsAt: number; readonly counts: Map<string, number> };
const windows = new WeakMap<object, Window>();

export type Limit = { readonly within: boolean; readonly max: number; readonly resetSeconds: number };
type Bucket = {
  readonly name: "address" | "user" | "key";
  readonly binding: RateLimit;
  readonly max: number;
};

function bucketOf(env: Env, actor: Counted): Bucket {
  if (actor.kind === "service")
    return { name: "key", binding: env.KEY_LIMIT, max: Number(env.RATE_LIMIT_KEY) };
  if (actor.kind === "user")
    return { name: "user", binding: env.USER_LIMIT, max: Number(env.RATE_LIMIT_USER) };
  return { name: "address", binding: env.ADDRESS_LIMIT, max: Number(env.RATE_LIMIT_ADDRESS) };
}

function countOwn(
  env: Env,
  key: string,
  now: number,
): { readonly used: number; readonly resetSeconds: number } {
  const startsAt = now - (now % (WINDOW_SECONDS * 1_000));
  let window = windows.get(env);
  if (window?.startsAt !== startsAt || window.counts.size > KEYS_MAX) {
    window = { startsAt, counts: new Map() };
    windows.set(env, window);
  }
  const used = (window.counts.get(key) ?? 0) + 1;
  window.counts.set(key, used);
  return { used, resetSeconds: Math.ceil((startsAt + WINDOW_SECONDS * 1_000 - now) / 1_000) };
}

/** Coarse limit by address, person or key (decision 24); exact ones are token-bucket objects. */
export async function limitRate(env: Env, actor: Counted, address: string, now: number): Promise<Limit> {
  const { name, binding, max } = bucketOf(env, actor);
  const key = name === "address" ? `address ${address}` : actorKey(actor);
  const { used, resetSeconds } = countOwn(env, key, now);
  const within = used <= max && (used <= max * TRUSTED_SHARE || (await binding.limit({ key })).success);
  return { within, max, resetSeconds };
}

// draft-ietf-httpapi-ratelimit-headers: the policy on every answer, what is left on a refusal.
export const ratePolicy = ({ max }: Limit) => `"minute";q=${max};w=${WINDOW_SECONDS}`;
export const rateLeft = ({ resetSeconds }: Limit) => `"minute";r=0;t=${resetSeconds}`;
