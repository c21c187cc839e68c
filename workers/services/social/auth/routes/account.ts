import { defineRoute, type newApp } from "#kernel/app";
import { zPage, zPageQuery } from "#kernel/page";
import { buyer, open } from "#kernel/policy";
import { askEmailChange, changePassword, confirmEmailChange, undoEmailChange } from "../commands/email.ts";
import { endSession, signOutEverywhere } from "../commands/session.ts";
import { getAccount, listEvents, listSessions } from "../queries.ts";
import {
  ACCEPTED,
  toInstant,
  zAccepted,
  zAccess,
  zAccount,
  zAddressed,
  zCaller,
  zEvent,
  zNothing,
  zPasswordChange,
  zSession,
  zSessionRef,
  zTokenOnly,
} from "../schemas.ts";
import { clientOf } from "./caller.ts";
import { EXAMPLE } from "./examples.ts";

type App = ReturnType<typeof newApp>;

/** What a signed-in person sees and changes of how they sign in. */
export const addAccount = (app: App) => addChanges(addSessions(app));

const addSessions = (app: App) =>
  addAudit(app)
    .route(
      defineRoute({
        method: "get",
        path: "/account",
        summary: "How the caller may sign in, and what guards it.",
        policy: buyer,
        request: {},
        responses: { 200: zAccount },
        example: {},
      }),
      async (ctx) => getAccount(ctx),
    )
    .route(
      defineRoute({
        method: "get",
        path: "/sessions",
        summary: "Where the caller is signed in.",
        policy: buyer,
        request: { query: zPageQuery },
        responses: { 200: zPage(zSession) },
        example: { limit: 20 },
      }),
      async (ctx, input) => listSessions(ctx, input),
    )
    .route(
      defineRoute({
        method: "delete",
        path: "/sessions",
        summary: "Logs out everywhere: every session ends, and access tokens die at once.",
        policy: buyer,
        request: { headers: zCaller },
        responses: { 204: zNothing },
        example: {},
      }),
      async (ctx, { headers }) => {
        await signOutEverywhere(ctx, { client: clientOf(ctx, headers) });
        return null;
      },
    )
    .route(
      defineRoute({
        method: "delete",
        path: "/sessions/{sessionId}",
        summary: "Ends one session, such as that of a lost phone.",
        policy: buyer,
        request: { params: zSessionRef, headers: zCaller },
        responses: { 204: zNothing },
        example: { sessionId: EXAMPLE.sessionId },
      }),
      async (ctx, { headers, sessionId }) => {
        await endSession(ctx, { sessionId, client: clientOf(ctx, headers) });
        return null;
      },
    );

const addAudit = (app: App) =>
  app.route(
    defineRoute({
      method: "get",
      path: "/audit",
      summary: "What happened to the caller's account.",
      policy: buyer,
      request: { query: zPageQuery },
      responses: { 200: zPage(zEvent) },
      example: { limit: 20 },
    }),
    async (ctx, input) => listEvents(ctx, input),
  );

const addChanges = (app: App) =>
  addEmail(app).route(
    defineRoute({
      method: "put",
      path: "/password",
      summary: "Sets a new password and ends the other sessions. Asks for a fresh sign-in.",
      policy: buyer,
      request: { body: zPasswordChange, headers: zCaller },
      responses: { 200: zAccess },
      example: { password: EXAMPLE.password },
    }),
    async (ctx, { headers, password }) => {
      const access = await changePassword(ctx, { password, client: clientOf(ctx, headers) });
      return { ...access, expiresAt: toInstant(access.expiresAt) };
    },
  );

const addEmail = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/email",
        summary: "Asks for another address: it is told by mail and has to be confirmed from there.",
        policy: buyer,
        request: { body: zAddressed, headers: zCaller },
        responses: { 202: zAccepted },
        example: { email: EXAMPLE.email },
      }),
      async (ctx, { headers, email }) => {
        await askEmailChange(ctx, { email, client: clientOf(ctx, headers) });
        return ACCEPTED;
      },
    )
    .route(
      defineRoute({
        method: "post",
        path: "/email/confirm",
        summary: "Changes the address, with the token of the link that was mailed to the new one.",
        policy: buyer,
        request: { body: zTokenOnly, headers: zCaller },
        responses: { 204: zNothing },
        example: { token: EXAMPLE.token },
      }),
      async (ctx, { headers, token }) => {
        await confirmEmailChange(ctx, { token, client: clientOf(ctx, headers) });
        return null;
      },
    )
    .route(
      defineRoute({
        method: "post",
        path: "/email/undo",
        summary: "Takes the change back, with the token of the link that was mailed to the old address.",
        policy: open,
        request: { body: zTokenOnly, headers: zCaller },
        responses: { 204: zNothing },
        example: { token: EXAMPLE.token },
      }),
      async (ctx, { headers, token }) => {
        await undoEmailChange(ctx, { token, client: clientOf(ctx, headers) });
        return null;
      },
    );
