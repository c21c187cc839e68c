import { defineRoute, type newApp } from "#kernel/app";
import { zPage, zPageQuery } from "#kernel/page";
import { buyer, operator } from "#kernel/policy";
import { actAs, stopActing } from "../commands/acting.ts";
import { listActings, listActingsOnMe } from "../queries.ts";
import {
  toInstant,
  zActAs,
  zActing,
  zActingOfAll,
  zActingRef,
  zActingStarted,
  zNothing,
  zUserRef,
} from "../schemas.ts";
import { EXAMPLE } from "./examples.ts";

type App = ReturnType<typeof newApp>;

/** Support in a person's name: began by an operator, seen and ended by either. */
export const addActing = (app: App) => addStart(addLogs(app));

const addStart = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/users/{userId}/acting",
        summary:
          "Acts in a person's name for a quarter of an hour, told and logged. Asks for a fresh sign-in.",
        policy: operator("user:act"),
        request: { params: zUserRef, body: zActAs },
        responses: { 201: zActingStarted },
        example: {
          userId: EXAMPLE.userId,
          reason: "Asked on the phone to cancel an order",
          orderId: EXAMPLE.orderId,
        },
      }),
      async (ctx, { orderId = null, ...input }) => {
        const started = await actAs(ctx, { ...input, orderId });
        return { ...started, expiresAt: toInstant(started.expiresAt) };
      },
    )
    .route(
      defineRoute({
        method: "delete",
        path: "/acting/{actingId}",
        summary: "Ends it, as the operator or as the person; ending what is over changes nothing.",
        policy: buyer,
        request: { params: zActingRef },
        responses: { 204: zNothing },
        example: { actingId: EXAMPLE.actingId },
      }),
      async (ctx, { actingId }) => {
        await stopActing(ctx, actingId);
        return null;
      },
    );

const addLogs = (app: App) =>
  app
    .route(
      defineRoute({
        method: "get",
        path: "/acting",
        summary: "Who acted in whose name, why, and every command that was given, the latest first.",
        policy: operator("user:read"),
        request: { query: zPageQuery.extend(zUserRef.partial().shape) },
        responses: { 200: zPage(zActingOfAll) },
        example: { limit: 20 },
      }),
      async (ctx, input) => listActings(ctx, input),
    )
    .route(
      defineRoute({
        method: "get",
        path: "/acting/mine",
        summary: "When support acted in the caller's name, why, and what it did.",
        policy: buyer,
        request: { query: zPageQuery },
        responses: { 200: zPage(zActing) },
        example: { limit: 20 },
      }),
      async (ctx, input) => listActingsOnMe(ctx, input),
    );
