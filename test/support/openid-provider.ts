import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { serveEngine } from "../../local/engine-child.ts";

/** Who is signed in at the provider, and what it does wrong: in `login_hint`, or typed into its page. */
export type Login = {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly wrong?: "nonce" | "issuer" | "audience" | "signature" | "expired";
};
export const OPENID_CLIENT = { clientId: "titan-test", clientSecret: "a secret of the test's provider" };

type Options = { readonly port: number };
type Grant = {
  readonly login: Login;
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
};

/** A code is good for one exchange and this long. */
const CODE_MS = 60_000;
const BODY_CHARS_MAX = 20_000;

async function makeKey() {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" } };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > BODY_CHARS_MAX) throw new Error("the form is too large");
  }
  return new URLSearchParams(text);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** OpenID Connect Core 1.0, the code flow with PKCE (RFC 7636), as far as a sign-in needs it. */
class Provider {
  issuer = "";
  readonly #codes = new Map<string, Grant>();
  readonly #key: Awaited<ReturnType<typeof makeKey>>;
  readonly #otherKey: Awaited<ReturnType<typeof makeKey>>;

  constructor(key: Awaited<ReturnType<typeof makeKey>>, otherKey: Awaited<ReturnType<typeof makeKey>>) {
    this.#key = key;
    this.#otherKey = otherKey;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.issuer);
    if (url.pathname === "/.well-known/openid-configuration") return send(response, 200, this.#metadata());
    if (url.pathname === "/jwks") return send(response, 200, { keys: [this.#key.jwk] });
    if (url.pathname === "/authorize") return this.#authorize(url.searchParams, response);
    if (url.pathname === "/token") return this.#token(request, response);
    return send(response, 404, { error: "not_found" });
  }

  #metadata() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      token_endpoint_auth_methods_supported: ["client_secret_basic"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
    };
  }

  #authorize(asked: URLSearchParams, response: ServerResponse): void {
    const of = (name: string) => asked.get(name) ?? "";
    const isWhole =
      of("client_id") === OPENID_CLIENT.clientId &&
      of("response_type") === "code" &&
      of("code_challenge_method") === "S256" &&
      of("scope").split(" ").includes("openid") &&
      [of("state"), of("nonce"), of("code_challenge"), of("redirect_uri")].every((one) => one !== "");
    if (!isWhole) {
      send(response, 400, { error: "invalid_request" });
      return;
    }
    const login = loginOf(asked);
    if (login === "unknown") {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(loginPage(asked));
      return;
    }
    const answer = login === "denied" ? { error: "access_denied" } : { code: this.#grant(login, asked) };
    const back = new URL(of("redirect_uri"));
    for (const [name, value] of Object.entries({ ...answer, state: of("state"), iss: this.issuer })) {
      back.searchParams.set(name, value);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  #grant(login: Login, asked: URLSearchParams): string {
    const of = (name: string) => asked.get(name) ?? "";
    const code = randomBytes(16).toString("base64url");
    const [nonce, challenge, redirectUri] = [of("nonce"), of("code_challenge"), of("redirect_uri")];
    this.#codes.set(code, { login, nonce, challenge, redirectUri });
    setTimeout(() => this.#codes.delete(code), CODE_MS).unref();
    return code;
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await readForm(request);
    const code = form.get("code") ?? "";
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    const isClient = readBasic(request.headers.authorization) === Object.values(OPENID_CLIENT).join(":");
    if (!isClient) return send(response, 401, { error: "invalid_client" });
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const holds = grant?.challenge === challenge && grant.redirectUri === form.get("redirect_uri");
    if (!grant || !holds) return send(response, 400, { error: "invalid_grant" });
    send(response, 200, {
      access_token: randomBytes(16).toString("base64url"),
      token_type: "Bearer",
      expires_in: 300,
      id_token: await this.#idToken(grant),
    });
  }

  #idToken({ login: { wrong, sub, ...claims }, nonce }: Grant): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const key = wrong === "signature" ? this.#otherKey : this.#key;
    return new SignJWT({ ...claims, nonce: wrong === "nonce" ? "another" : nonce })
      .setProtectedHeader({ alg: "RS256", kid: "k1" })
      .setSubject(sub)
      .setIssuer(wrong === "issuer" ? "http://another.test" : this.issuer)
      .setAudience(wrong === "audience" ? "another" : OPENID_CLIENT.clientId)
      .setIssuedAt(now)
      .setExpirationTime(wrong === "expired" ? now - 600 : now + 300)
      .sign(key.privateKey);
  }
}

/** A test's hint, or what somebody typed into the page; `sub` is made of the address that he has there. */
function loginOf(asked: URLSearchParams): Login | "denied" | "unknown" {
  const hint = asked.get("login_hint");
  if (hint !== null) return JSON.parse(Buffer.from(hint, "base64url").toString("utf8")) as Login;
  const pressed = asked.get("press");
  if (pressed === null) return "unknown";
  if (pressed === "cancel") return "denied";
  const email = asked.get("email") ?? "";
  const sub = createHash("sha256").update(email).digest("base64url");
  return { sub, email, email_verified: asked.has("verified"), name: asked.get("name") ?? "" };
}

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

/** Where a person says who he is, or goes back. */
function loginPage(asked: URLSearchParams): string {
  const hidden = [...asked].map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return `<!doctype html><html lang="en"><title>Local</title><link rel="icon" href="data:,"><h1>Local</h1>
<form>${hidden.join("")}
<p><label>E-mail <input name="email" type="email"></label>
<p><label>Name <input name="name"></label>
<p><label><input name="verified" type="checkbox" checked> The address is confirmed</label>
<p><button name="press" value="allow">Allow</button> <button name="press" value="cancel">Cancel</button>
</form>`;
}

/** RFC 6749, 2.3.1: both halves are form-encoded before they are joined. */
function readBasic(header = ""): string {
  const pair = Buffer.from(header.replace(/^Basic /i, ""), "base64").toString("utf8");
  return pair
    .split(":")
    .map((half: string) => decodeURIComponent(half.replaceAll("+", " ")))
    .join(":");
}

export async function startOpenIdProvider({ port }: Options) {
  const provider = new Provider(await makeKey(), await makeKey());
  const server = createServer((request, response) => {
    provider.answer(request, response).catch((error: unknown) => {
      console.error(error);
      send(response, 500, { error: "server_error" });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  // A server that listens on a TCP port always has an address of this form.
  provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: provider.issuer, close };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await serveEngine(async (options: Options) => {
    const { url, close } = await startOpenIdProvider(options);
    return { report: { facts: { url } }, stop: close };
  });
}
