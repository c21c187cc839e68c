import { defineRoute, type newApp } from "#kernel/app";
import { zPage, zPageQuery } from "#kernel/page";
import { anyOf, open, operator, seller } from "#kernel/policy";
import { dropKey, exchangeKey, keyOwner, makeKey } from "../commands/api-keys.ts";
import { setDisabled, setOperatorRole } from "../commands/operators.ts";
import { listEventsOf, listKeys, toKeyDto } from "../queries.ts";
import {
  toInstant,
  zCaller,
  zDisabled,
  zEvent,
  zExchange,
  zKey,
  zKeyOwnerQuery,
  zKeyRef,
  zMadeKey,
  zNewKey,
  zNothing,
  zOperatorRole,
  zServiceAccess,
  zUserRef,
} from "../schemas.ts";
import { clientOf } from "./caller.ts";
import { EXAMPLE } from "./examples.ts";

type App = ReturnType<typeof newApp>;
/** Keys of a shop are its owner's affair, keys of the platform an administrator's. */
const keyMaker = anyOf(seller("member:write"), operator("platform:write"));

export const addKeys = (app: App) => addPeople(addApiKeys(app));

const addApiKeys = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/token",
        summary: "Trades an API key for an access token of five minutes.",
        policy: open,
        request: { body: zExchange },
        responses: { 200: zServiceAccess },
        example: { apiKey: `tck_${EXAMPLE.token}` },
      }),
      async (ctx, input) => {
        const access = await exchangeKey(ctx, input);
        return { ...access, expiresAt: toInstant(access.expiresAt) };
      },
    )
    .route(
      defineRoute({
        method: "post",
        path: "/api-keys",
        summary: "Makes an API key and shows it this once. Asks for a fresh sign-in.",
        policy: keyMaker,
        request: { body: zNewKey, headers: zCaller },
        responses: { 201: zMadeKey },
        example: { name: "Stock sync", scopes: ["inventory:write"], owner: "shop" },
      }),
      async (ctx, { headers, ...input }) => {
        const key = await makeKey(ctx, { ...input, client: clientOf(ctx, headers) });
        return { ...toKeyDto(key), apiKey: key.apiKey };
      },
    )
    .route(
      defineRoute({
        method: "get",
        path: "/api-keys",
        summary: "The API keys of the shop, or of the platform.",
        policy: keyMaker,
        request: { query: zPageQuery.extend(zKeyOwnerQuery.shape) },
        responses: { 200: zPage(zKey) },
        example: { owner: "shop", limit: 20 },
      }),
      async (ctx, { owner, ...page }) => listKeys(ctx, { ...page, sellerId: keyOwner(ctx, owner) }),
    )
    .route(
      defineRoute({
        method: "delete",
        path: "/api-keys/{keyId}",
        summary: "Revokes an API key; its last access token dies within five minutes.",
        policy: keyMaker,
        request: { params: zKeyRef, query: zKeyOwnerQuery, headers: zCaller },
        responses: { 204: zNothing },
        example: { keyId: EXAMPLE.keyId, owner: "shop" },
      }),
      async (ctx, { headers, ...input }) => {
        await dropKey(ctx, { ...input, client: clientOf(ctx, headers) });
        return null;
      },
    );

const addPeople = (app: App) =>
  app
    .route(
      defineRoute({
        method: "put",
        path: "/users/{userId}/operator-role",
        summary: "Makes somebody an operator, changes the role or takes it away. Asks for a fresh sign-in.",
        policy: operator("user:write"),
        request: { params: zUserRef, body: zOperatorRole, headers: zCaller },
        responses: { 204: zNothing },
        example: { userId: EXAMPLE.userId, role: "support" },
      }),
      async (ctx, { headers, ...input }) => {
        await setOperatorRole(ctx, { ...input, client: clientOf(ctx, headers) });
        return null;
      },
    )
    .route(
      defineRoute({
        method: "put",
        path: "/users/{userId}/disabled",
        summary: "Blocks an account and ends its sessions, or opens it again. Asks for a fresh sign-in.",
        policy: operator("user:write"),
        request: { params: zUserRef, body: zDisabled, headers: zCaller },
        responses: { 204: zNothing },
        example: { userId: EXAMPLE.userId, disabled: true },
      }),
      async (ctx, { headers, ...input }) => {
        await setDisabled(ctx, { ...input, client: clientOf(ctx, headers) });
        return null;
      },
    )
    .route(
      defineRoute({
        method: "get",
        path: "/users/{userId}/audit",
        summary: "What happened to somebody's account.",
        policy: operator("user:read"),
        request: { params: zUserRef, query: zPageQuery },
        responses: { 200: zPage(zEvent) },
        example: { userId: EXAMPLE.userId, limit: 20 },
      }),
      async (ctx, input) => listEventsOf(ctx, input),
    );
