import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import type { SigningKey } from "./types.ts";

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = () => Math.floor(Date.now() / 1_000);
/** https://developers.cloudflare.com/stream/viewing-videos/securing-your-stream/: an hour when nobody says. */
const LIFETIME_SECONDS = 3_600;

export function createKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return {
    id: randomBytes(16).toString("hex"),
    privatePem: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    created: new Date().toISOString(),
  };
}

/** As the API answers it, once: PEM and JWK, each in base64. */
export function keyAnswer({ id, privatePem, created }: SigningKey) {
  const jwk = {
    use: "sig",
    kid: id,
    alg: "RS256",
    ...createPrivateKey(privatePem).export({ format: "jwk" }),
  };
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return { id, pem: base64(privatePem), jwk: base64(JSON.stringify(jwk)), created };
}

export function signToken(key: SigningKey, subject: string, about: Record<string, unknown>): string {
  const claims = { exp: now() + LIFETIME_SECONDS, ...about, sub: subject, kid: key.id };
  const signed = `${encode({ alg: "RS256", kid: key.id })}.${encode(claims)}`;
  return `${signed}.${signBytes("sha256", Buffer.from(signed), key.privatePem).toString("base64url")}`;
}

/** What a token opens, or undefined when it is forged, too old or too young. */
export function readToken(token: string, keyOf: (id: string) => SigningKey | undefined): string | undefined {
  const [head = "", body = "", signature = ""] = token.split(".");
  try {
    const { alg, kid } = JSON.parse(Buffer.from(head, "base64url").toString()) as Record<string, string>;
    const key = keyOf(kid ?? "");
    if (alg !== "RS256" || !key) return undefined;
    const bytes = Buffer.from(`${head}.${body}`);
    const publicKey = createPublicKey(key.privatePem);
    if (!verifyBytes("sha256", bytes, publicKey, Buffer.from(signature, "base64url"))) return undefined;
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
    if (Number(claims.exp) <= now() || Number(claims.nbf ?? 0) > now()) return undefined;
    return typeof claims.sub === "string" ? claims.sub : undefined;
  } catch {
    return undefined;
  }
}
