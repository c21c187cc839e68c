import { Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import type { Passed, SignedIn } from "../commands/gate.ts";
import { type Client, nameDevice, prefixOf, REFRESH_IDLE_MS } from "../domain.ts";
import { fail } from "../errors.ts";
import { type Caller, toInstant } from "../schemas.ts";

type Cookie = { readonly value: string; readonly maxAgeSeconds: number };
type Jar = "refresh" | "oauth";

/**
 * `__Host-` cookies are bound to one host and need https, which `npm start` has not: locally they go without
 * the prefix and `Secure`. The market is in the name, because locally all markets share one host.
 */
const cookieName = ({ env, cell }: Ctx, jar: Jar): string =>
  env.ENVIRONMENT === "local" ? `${jar}-${cell}` : `__Host-${jar}-${cell}`;

export function writeCookie(ctx: Ctx, jar: Jar, { value, maxAgeSeconds }: Cookie): string {
  const secure = ctx.env.ENVIRONMENT === "local" ? "" : " Secure;";
  const terms = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly;${secure} SameSite=Lax`;
  return `${cookieName(ctx, jar)}=${value}; ${terms}`;
}

export function readCookie(ctx: Ctx, jar: Jar, { cookie = "" }: Caller): string | undefined {
  const start = `${cookieName(ctx, jar)}=`;
  const pair = cookie.split("; ").find((one) => one.startsWith(start));
  const value = pair?.slice(start.length);
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}

export const clientOf = ({ address }: Ctx, caller: Caller): Client => ({
  device: nameDevice(caller["user-agent"] ?? ""),
  addressPrefix: prefixOf(address),
  isBrowser: caller.origin !== undefined,
});

/** A cookie comes along whoever's page asks: only our own pages may use it. */
function requireOwnOrigin({ config, env }: Ctx, { origin = "", host = "" }: Caller): void {
  const own = [config.origin.replace(/\/$/, ""), ...env.CORS_ORIGINS.split(",")];
  const isSame = /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, "") === host;
  if (origin === "" || !(own.includes(origin) || isSame)) throw fail("auth.origin_refused");
}

type Named = { readonly refreshToken?: string | undefined };

/** The body's token, as apps send it, or the cookie's. */
export function readRefresh(ctx: Ctx, caller: Caller, { refreshToken }: Named): string | undefined {
  if (refreshToken !== undefined) return refreshToken;
  const token = readCookie(ctx, "refresh", caller);
  if (token !== undefined) requireOwnOrigin(ctx, caller);
  return token;
}

export const clearRefresh = (ctx: Ctx): Readonly<Record<string, string>> => ({
  "set-cookie": writeCookie(ctx, "refresh", { value: "", maxAgeSeconds: 0 }),
});

function toSignedIn(ctx: Ctx, { isBrowser }: Client, { refreshToken, expiresAt, ...rest }: SignedIn) {
  const body = { ...rest, expiresAt: toInstant(expiresAt) };
  if (!isBrowser) return new Reply({ ...body, refreshToken });
  const cookie = { value: refreshToken, maxAgeSeconds: REFRESH_IDLE_MS / 1_000 };
  return new Reply<typeof body & Named>(body, {
    headers: { "set-cookie": writeCookie(ctx, "refresh", cookie) },
  });
}

const METHODS = ["totp", "recovery_code"] as const;

/** Answers what the gate said. In a browser the refresh token never meets a script. */
export function toPassed(ctx: Ctx, caller: Caller, passed: Passed) {
  if (passed.status === "signed_in") return toSignedIn(ctx, clientOf(ctx, caller), passed);
  return new Reply({ ...passed, methods: [...METHODS], expiresAt: toInstant(passed.expiresAt) });
}
export const toRefreshed = (ctx: Ctx, caller: Caller, signedIn: SignedIn) =>
  toSignedIn(ctx, clientOf(ctx, caller), signedIn);
