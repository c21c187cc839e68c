import { defineRoute, type newApp, Reply } from "#kernel/app";
import { open } from "#kernel/policy";
import { refresh, signOut } from "../commands/session.ts";
import { signIn } from "../commands/sign-in.ts";
import { signUp } from "../commands/sign-up.ts";
import { fail } from "../errors.ts";
import {
  ACCEPTED,
  zAccepted,
  zCaller,
  zNothing,
  zPassed,
  zRefresh,
  zSignedIn,
  zSignIn,
  zSignUp,
} from "../schemas.ts";
import { clearRefresh, clientOf, readRefresh, toPassed, toRefreshed } from "./caller.ts";
import { EXAMPLE } from "./examples.ts";

type App = ReturnType<typeof newApp>;

/** The way in that everybody takes; the others are beside this file. */
export const addSignIn = (app: App) => addRefresh(addPassword(app));

const addPassword = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/sign-up",
        summary: "Makes an account. The answer is the same whether or not the address has one already.",
        policy: open,
        request: { body: zSignUp, headers: zCaller },
        responses: { 202: zAccepted },
        example: { email: EXAMPLE.email, password: EXAMPLE.password, name: "Sari" },
      }),
      async (ctx, { headers, ...input }) => {
        await signUp(ctx, { ...input, client: clientOf(ctx, headers) });
        return ACCEPTED;
      },
    )
    .route(
      defineRoute({
        method: "post",
        path: "/sign-in",
        summary: "Opens a session, or asks for the second factor.",
        policy: open,
        request: { body: zSignIn, headers: zCaller },
        responses: { 200: zPassed },
        example: { email: EXAMPLE.email, password: EXAMPLE.password },
      }),
      async (ctx, { headers, ...input }) =>
        toPassed(ctx, headers, await signIn(ctx, { ...input, client: clientOf(ctx, headers) })),
    );

const addRefresh = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/refresh",
        summary: "Trades a refresh token, which then is spent, for an access token and its successor.",
        policy: open,
        request: { body: zRefresh, headers: zCaller },
        responses: { 200: zSignedIn },
        example: { refreshToken: EXAMPLE.token },
      }),
      async (ctx, { headers, ...input }) => {
        const refreshToken = readRefresh(ctx, headers, input);
        if (refreshToken === undefined) throw fail("auth.refresh_dead");
        const signedIn = await refresh(ctx, { refreshToken, client: clientOf(ctx, headers) });
        return toRefreshed(ctx, headers, signedIn);
      },
    )
    .route(
      defineRoute({
        method: "post",
        path: "/sign-out",
        summary: "Ends the session of the refresh token, or else of the access token.",
        policy: open,
        request: { body: zRefresh, headers: zCaller },
        responses: { 204: zNothing },
        example: { refreshToken: EXAMPLE.token },
      }),
      async (ctx, { headers, ...input }) => {
        const refreshToken = readRefresh(ctx, headers, input);
        await signOut(ctx, { refreshToken, client: clientOf(ctx, headers) });
        return new Reply(null, { headers: clearRefresh(ctx) });
      },
    );
