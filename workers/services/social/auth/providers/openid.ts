import type { AuthorizationServer } from "oauth4webapi";
import { zEmail } from "../schemas.ts";

/** What a provider says of a person once they have signed in there. */
export type Told = {
  readonly subject: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly name: string | undefined;
};

type Beginning = { readonly state: string; readonly nonce: string; readonly verifier: string };
type Ending = Beginning & { readonly parameters: Readonly<Record<string, string>> };

/** The port that every provider stands behind; OpenID Connect is the one form that is spoken today. */
export type SignInProvider = {
  /** Where the person is sent. */
  begin(beginning: Beginning): Promise<string>;
  /** Undefined when the answer does not hold: state, PKCE, nonce, signature, issuer or audience. */
  finish(ending: Ending): Promise<Told | undefined>;
};

type Config = { readonly issuer: string; readonly clientId: string; readonly clientSecret: string };
type Terms = { readonly env: Env; readonly redirectUri: string };

/** A provider that does not answer in this time is down for whoever waits. */
const TIMEOUT_MS = 5_000;
const DISCOVERY_KEPT_MS = 3_600_000;

type Known = { readonly server: AuthorizationServer; readonly until: number };
const discovered = new WeakMap<object, Map<string, Known>>();

// Only who signs in by a provider needs it.
const load = () => import("oauth4webapi");

export function openIdProvider(config: Config, terms: Terms): SignInProvider {
  return {
    begin: (beginning) => authorizationUrl(config, terms, beginning),
    finish: async (ending) => {
      try {
        return await redeemCode(config, terms, ending);
      } catch (error) {
        if (isRefusal(error)) return undefined;
        throw error;
      }
    },
  };
}

/** A provider on this machine speaks plain http; elsewhere that is refused. */
async function requestOptions(env: Env) {
  const { allowInsecureRequests } = await load();
  return {
    signal: () => AbortSignal.timeout(TIMEOUT_MS),
    [allowInsecureRequests]: env.ENVIRONMENT === "local",
  };
}

async function discover({ issuer }: Config, env: Env): Promise<AuthorizationServer> {
  const cache = discovered.get(env) ?? new Map<string, Known>();
  discovered.set(env, cache);
  const known = cache.get(issuer);
  if (known && known.until > Date.now()) return known.server;
  const { discoveryRequest, processDiscoveryResponse } = await load();
  const url = new URL(issuer);
  const server = await processDiscoveryResponse(url, await discoveryRequest(url, await requestOptions(env)));
  cache.set(issuer, { server, until: Date.now() + DISCOVERY_KEPT_MS });
  return server;
}

async function authorizationUrl(config: Config, { env, redirectUri }: Terms, beginning: Beginning) {
  const { calculatePKCECodeChallenge } = await load();
  const { authorization_endpoint: endpoint } = await discover(config, env);
  if (endpoint === undefined) throw new Error(`${config.issuer} names no authorization endpoint`);
  const url = new URL(endpoint);
  const parameters = {
    client_id: config.clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid email profile",
    state: beginning.state,
    nonce: beginning.nonce,
    code_challenge: await calculatePKCECodeChallenge(beginning.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

async function redeemCode(config: Config, { env, redirectUri }: Terms, ending: Ending) {
  const oauth = await load();
  const server = await discover(config, env);
  const options = await requestOptions(env);
  const client = { client_id: config.clientId };
  const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const proof = methods.includes("client_secret_basic")
    ? oauth.ClientSecretBasic(config.clientSecret)
    : oauth.ClientSecretPost(config.clientSecret);
  const parameters = new URLSearchParams(ending.parameters);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    proof,
    oauth.validateAuthResponse(server, client, parameters, ending.state),
    redirectUri,
    ending.verifier,
    options,
  );
  const checks = { expectedNonce: ending.nonce, requireIdToken: true };
  const answer = await oauth.processAuthorizationCodeResponse(server, client, response, checks);
  // The signature too, though the answer came over TLS: it is what ties the claims to the provider's key.
  await oauth.validateApplicationLevelSignature(server, response, options);
  const claims = oauth.getValidatedIdTokenClaims(answer);
  return claims && toTold(claims);
}

type Claims = { readonly sub: string; readonly [claim: string]: unknown };

function toTold({ sub, email, email_verified: verified, name }: Claims): Told {
  return {
    subject: sub,
    // Whoever has given none there may come with an empty one.
    email: zEmail.safeParse(email).data,
    // Some providers write the boolean as text.
    emailVerified: verified === true || verified === "true",
    name: typeof name === "string" && name.trim() !== "" ? name.trim() : undefined,
  };
}

/** The library's own errors say that the answer does not hold; a network that is away is not among them. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  /^(OperationProcessingError|ResponseBodyError|AuthorizationResponseError|WWWAuth)/.test(error.name);
