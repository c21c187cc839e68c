import * as z from "zod";
import { defineRoute, type newApp, Reply } from "#kernel/app";
import { buyer, open } from "#kernel/policy";
import { beginOAuth, finishOAuth, unlinkProvider } from "../commands/oauth.ts";
import { TICKET_MS } from "../domain.ts";
import {
  zBeginOAuth,
  zCaller,
  zFinishOAuth,
  zNothing,
  zOAuthBegun,
  zPassed,
  zProviderRef,
} from "../schemas.ts";
import { clientOf, readCookie, toPassed, writeCookie } from "./caller.ts";
import { EXAMPLE } from "./examples.ts";

type App = ReturnType<typeof newApp>;

const BINDING_SECONDS = TICKET_MS.oauth / 1_000;

/** Sign-in by providers that speak OpenID Connect; which there are is the market's configuration. */
export const addOAuth = (app: App) => addFlow(addProviders(app));

const addProviders = (app: App) =>
  app
    .route(
      defineRoute({
        method: "get",
        path: "/oauth",
        summary: "Names of the providers that people may sign in with.",
        policy: open,
        request: {},
        responses: { 200: z.object({ providers: z.array(z.string()) }) },
        example: {},
      }),
      async (ctx) => ({ providers: Object.keys(ctx.config.oauth) }),
    )
    .route(
      defineRoute({
        method: "delete",
        path: "/oauth/{provider}",
        summary: "Unlinks a provider from the caller's account.",
        policy: buyer,
        request: { params: zProviderRef, headers: zCaller },
        responses: { 204: zNothing },
        example: { provider: "google" },
      }),
      async (ctx, { headers, provider }) => {
        await unlinkProvider(ctx, { provider, client: clientOf(ctx, headers) });
        return null;
      },
    );

const addFlow = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/oauth/{provider}",
        summary: "Begins: answers with the provider's address, and binds the answer to this browser.",
        policy: open,
        request: { params: zProviderRef, body: zBeginOAuth, headers: zCaller },
        responses: { 200: zOAuthBegun },
        example: { provider: "google", link: false },
      }),
      async (ctx, { headers, ...input }) => {
        const client = clientOf(ctx, headers);
        const { url, binding } = await beginOAuth(ctx, { ...input, client });
        if (!client.isBrowser) return { url, binding };
        const cookie = writeCookie(ctx, "oauth", { value: binding, maxAgeSeconds: BINDING_SECONDS });
        return new Reply({ url }, { headers: { "set-cookie": cookie } });
      },
    )
    .route(
      defineRoute({
        method: "post",
        path: "/oauth/{provider}/callback",
        summary: "Finishes with what the provider sent back: signs in, joins or makes an account.",
        policy: open,
        request: { params: zProviderRef, body: zFinishOAuth, headers: zCaller },
        responses: { 200: zPassed },
        example: { provider: "google", code: "4/0AX", state: EXAMPLE.token },
      }),
      async (ctx, { headers, ...input }) => {
        const binding = readCookie(ctx, "oauth", headers) ?? input.binding;
        const client = clientOf(ctx, headers);
        return toPassed(ctx, headers, await finishOAuth(ctx, { ...input, binding, client }));
      },
    );
