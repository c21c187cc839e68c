import { type CryptoKey, errors, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from "jose";
import * as z from "zod";
import { type Actor, ANONYMOUS } from "./actor.ts";
import type { Cell, CellConfig } from "./cell.ts";
import { fail } from "./errors.ts";
import { type Id, zId } from "./ids.ts";
import { OPERATOR_ROLES, SHOP_ROLES, zScope } from "./permission.ts";

const ALGORITHM = "EdDSA";
/** RFC 9068: a token of another type (a cart's, a ticket) is no access token. */
const ACCESS_TYPE = "at+jwt";
const CART_TYPE = "cart+jwt";
/** Verified tokens kept in an isolate: a signature costs more than the rest of a cached read. */
const VERIFIED_MAX = 2_000;

const zClaims = z.discriminatedUnion("use", [
  z.object({
    use: z.literal("user"),
    sub: zId("user"),
    sid: zId("session"),
    amr: z.array(z.string()).max(8),
    at: z.int(),
    op: z.enum(OPERATOR_ROLES).optional(),
    sh: z.array(z.tuple([zId("seller"), z.enum(SHOP_ROLES)])).max(20),
    /** Session epoch: "log out everywhere" makes every lower one worthless. */
    ep: z.int(),
    /** RFC 8693, 4.1: who acts for the subject. */
    act: z.object({ sub: zId("user") }).optional(),
  }),
  z.object({
    use: z.literal("service"),
    sub: zId("apiKey"),
    scp: z.array(zScope),
    sh: zId("seller").optional(),
  }),
  z.object({ use: z.literal("guest"), sub: zId("guest") }),
]);
export type Claims = z.output<typeof zClaims>;

const zSigningKeys = z
  .array(z.looseObject({ kid: z.string(), kty: z.literal("OKP"), x: z.string(), d: z.string() }))
  .min(1);

type KeyRing = { readonly signing: JWK & { kid: string }; readonly all: readonly (JWK & { kid: string })[] };
const rings = new WeakMap<object, KeyRing>();
const imported = new WeakMap<object, Map<string, CryptoKey>>();
type Verified = { readonly claims: Claims; readonly expiresAt: number };
/** By cell, then by the header as it came: taking it apart at each request costs as much as the look-up. */
const verified = new WeakMap<object, Map<Cell, Map<string, Verified>>>();

function verifiedOf({ env, cell }: Issue): Map<string, Verified> {
  const cells = verified.get(env) ?? new Map<Cell, Map<string, Verified>>();
  verified.set(env, cells);
  const known = cells.get(cell) ?? new Map<string, Verified>();
  cells.set(cell, known);
  return known;
}

/** The first key signs; the others verify until their tokens are dead, or are published ahead of use. */
function ringOf(env: Env): KeyRing {
  const known = rings.get(env);
  if (known) return known;
  const all = zSigningKeys.parse(JSON.parse(env.SIGNING_KEYS)) as readonly (JWK & { kid: string })[];
  const [signing] = all;
  if (!signing) throw new Error("SIGNING_KEYS is empty");
  const ring = { signing, all };
  rings.set(env, ring);
  return ring;
}

/** Public halves, RFC 7517. */
export function publicKeys(env: Env): { readonly keys: readonly JWK[] } {
  return {
    keys: ringOf(env).all.map(({ kid, x, kty }) => ({
      kty,
      crv: "Ed25519",
      kid,
      x,
      alg: ALGORITHM,
      use: "sig",
    })) as JWK[],
  };
}

async function keyOf(env: Env, jwk: JWK & { kid: string }, half: "private" | "public"): Promise<CryptoKey> {
  const cache = imported.get(env) ?? new Map<string, CryptoKey>();
  imported.set(env, cache);
  const name = `${half} ${jwk.kid}`;
  const known = cache.get(name);
  if (known) return known;
  const { kty, x, d } = jwk;
  const material = half === "private" ? { kty, crv: "Ed25519", x, d } : { kty, crv: "Ed25519", x };
  const key = (await importJWK(material as JWK, ALGORITHM)) as CryptoKey;
  cache.set(name, key);
  return key;
}

type Issue = { readonly env: Env; readonly cell: Cell; readonly config: CellConfig };

/** A cart token lives long and says only which visitor it is; an access token lives minutes. */
export async function signToken(
  { env, cell, config }: Issue,
  claims: Claims,
  { now, lifetimeMs }: { readonly now: number; readonly lifetimeMs: number },
): Promise<string> {
  const { signing } = ringOf(env);
  return new SignJWT({ ...claims } as unknown as JWTPayload)
    .setProtectedHeader({
      alg: ALGORITHM,
      kid: signing.kid,
      typ: claims.use === "guest" ? CART_TYPE : ACCESS_TYPE,
    })
    .setIssuer(config.origin)
    .setAudience(cell)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(Math.floor((now + lifetimeMs) / 1_000))
    .sign(await keyOf(env, signing, "private"));
}

/** The audience is the cell: a token of another market is no token here. Times are checked against `now`. */
async function verify({ env, cell, config }: Issue, token: string, now: number): Promise<Verified> {
  const { payload, protectedHeader } = await jwtVerify(
    token,
    async ({ kid }) => {
      const jwk = ringOf(env).all.find((one) => one.kid === kid);
      if (!jwk) throw new errors.JWKSNoMatchingKey();
      return keyOf(env, jwk, "public");
    },
    { algorithms: [ALGORITHM], audience: cell, issuer: config.origin, currentDate: new Date(now) },
  );
  const claims = zClaims.parse(payload);
  const type = claims.use === "guest" ? CART_TYPE : ACCESS_TYPE;
  if (protectedHeader.typ !== type) throw fail("actor.unauthenticated");
  return { claims, expiresAt: (payload.exp ?? 0) * 1_000 };
}

type Bearer = { readonly token: string | null; readonly shop: string | null; readonly now: number };

/** No token is nobody; a bad token is refused, so that a client learns that its session has ended. */
export async function readActor(
  issue: Issue,
  { token, shop, now }: Bearer,
): Promise<{ readonly actor: Actor; readonly epoch: number | undefined }> {
  if (token === null) return { actor: ANONYMOUS, epoch: undefined };
  const all = verifiedOf(issue);
  let known = all.get(token);
  if (!known) {
    known = await readBearer(issue, token, now);
    if (all.size >= VERIFIED_MAX) all.clear();
    all.set(token, known);
  }
  const { claims, expiresAt } = known;
  if (expiresAt <= now) throw fail("actor.unauthenticated");
  return { actor: toActor(claims, shop), epoch: claims.use === "user" ? claims.ep : undefined };
}

async function readBearer(issue: Issue, header: string, now: number): Promise<Verified> {
  const token = /^Bearer ([\w.-]{1,4096})$/i.exec(header)?.[1];
  if (token === undefined) throw fail("actor.unauthenticated");
  try {
    return await verify(issue, token, now);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) throw fail("actor.unauthenticated");
    throw error;
  }
}

function toActor(claims: Claims, wanted: string | null): Actor {
  if (claims.use === "guest") return { kind: "guest", guestId: claims.sub };
  if (claims.use === "service") {
    return { kind: "service", keyId: claims.sub, scopes: claims.scp, sellerId: claims.sh };
  }
  const shops = claims.sh.map(([sellerId, role]) => ({ sellerId, role }));
  const shop = wanted === null ? only(shops) : shops.find((one) => one.sellerId === (wanted as Id<"seller">));
  return {
    kind: "user",
    userId: claims.sub,
    sessionId: claims.sid,
    amr: claims.amr,
    authenticatedAt: claims.at,
    operator: claims.op,
    shops,
    shop,
    ...(claims.act && { actingBy: claims.act.sub }),
  };
}

const only = <T>(items: readonly T[]): T | undefined => (items.length === 1 ? items[0] : undefined);
