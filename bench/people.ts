import { cellConfig } from "../workers/kernel/cell.ts";
import { systemClock } from "../workers/kernel/clock.ts";
import { createIds, type Id } from "../workers/kernel/ids.ts";
import type { OperatorRole } from "../workers/kernel/permission.ts";
import { signToken } from "../workers/kernel/token.ts";

/** The market that is measured. */
export const CELL = "id";
/** Outlives every benchmark. */
const TOKEN_MS = 4 * 3_600_000;
export const ids = createIds(systemClock);

export type Headers_ = Readonly<Record<string, string>>;
/** A platform whose keys are known. */
type Bound = { readonly bindings: Readonly<Record<string, string>> };
type Role = { readonly operator?: OperatorRole; readonly owns?: readonly Id<"seller">[] };

/** Somebody who signed in before the clock started: his token is signed with the platform's own key. */
export async function signIn(
  { bindings }: Bound,
  userId: Id<"user">,
  { operator, owns = [] }: Role = {},
): Promise<Headers_> {
  const env = bindings as unknown as Env;
  const now = Date.now();
  const claims = {
    use: "user" as const,
    sub: userId,
    sid: ids.next("session"),
    amr: ["pwd"],
    at: now,
    sh: owns.map((sellerId): [Id<"seller">, "owner"] => [sellerId, "owner"]),
    ep: 0,
    ...(operator === undefined ? {} : { op: operator }),
  };
  const token = await signToken({ env, ...cellConfig(env, CELL) }, claims, { now, lifetimeMs: TOKEN_MS });
  return { authorization: `Bearer ${token}` };
}

/** The platform's own key. */
export async function signService({ bindings }: Bound): Promise<Headers_> {
  const env = bindings as unknown as Env;
  const claims = { use: "service" as const, sub: ids.next("apiKey"), scp: ["platform" as const] };
  const life = { now: Date.now(), lifetimeMs: TOKEN_MS };
  return { authorization: `Bearer ${await signToken({ env, ...cellConfig(env, CELL) }, claims, life)}` };
}

export const signInMany = (stage: Bound, count: number): Promise<readonly Buyer[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const userId = ids.next("user");
      return { userId, headers: await signIn(stage, userId) };
    }),
  );

export type Buyer = { readonly userId: Id<"user">; readonly headers: Headers_ };
