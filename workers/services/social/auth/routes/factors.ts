import { defineRoute, type newApp } from "#kernel/app";
import { zPage } from "#kernel/page";
import { buyer, open } from "#kernel/policy";
import { completeMfa } from "../commands/mfa.ts";
import {
  addPasskey,
  askPasskey,
  beginPasskey,
  dropPasskey,
  namePasskey,
  signInWithPasskey,
} from "../commands/passkeys.ts";
import { stepUp } from "../commands/step-up.ts";
import { confirmTotp, removeSecondFactor, renewRecoveryCodes, setUpTotp } from "../commands/totp.ts";
import { listPasskeys, toPasskeyDto } from "../queries.ts";
import {
  toInstant,
  zAccess,
  zAddPasskey,
  zCaller,
  zConfirmTotp,
  zMfa,
  zNothing,
  zPassed,
  zPasskey,
  zPasskeyName,
  zPasskeyRef,
  zRecoveryCodes,
  zStepUp,
  zTotpSetUp,
  zUsePasskey,
  zWebAuthnOptions,
} from "../schemas.ts";
import { clientOf, toPassed } from "./caller.ts";
import { EXAMPLE } from "./examples.ts";

type App = ReturnType<typeof newApp>;

/** The second factor, and passkeys, which are two in one. */
export const addFactors = (app: App) => addPasskeyList(addPasskeySignIn(addTotp(addMfa(app))));

const addMfa = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/mfa",
        summary: "Finishes a sign-in with a code of the authenticator app, or a recovery code.",
        policy: open,
        request: { body: zMfa, headers: zCaller },
        responses: { 200: zPassed },
        example: { mfaToken: EXAMPLE.token, code: "123456" },
      }),
      async (ctx, { headers, ...input }) =>
        toPassed(ctx, headers, await completeMfa(ctx, { ...input, client: clientOf(ctx, headers) })),
    )
    .route(
      defineRoute({
        method: "post",
        path: "/step-up",
        summary: "Shows once more who is signed in, as security and money routes ask for.",
        policy: buyer,
        request: { body: zStepUp, headers: zCaller },
        responses: { 200: zAccess },
        example: { method: "password", password: EXAMPLE.password },
      }),
      async (ctx, { headers, ...input }) => {
        const access = await stepUp(ctx, { ...input, client: clientOf(ctx, headers) });
        return { ...access, expiresAt: toInstant(access.expiresAt) };
      },
    );

const addTotp = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/totp",
        summary: "Makes the secret of a second factor; it guards nothing until a code confirms it.",
        policy: buyer,
        request: { headers: zCaller },
        responses: { 201: zTotpSetUp },
        example: {},
      }),
      async (ctx, { headers }) => setUpTotp(ctx, { client: clientOf(ctx, headers) }),
    )
    .route(
      defineRoute({
        method: "post",
        path: "/totp/confirm",
        summary: "Turns the second factor on, and shows the recovery codes this once.",
        policy: buyer,
        request: { body: zConfirmTotp, headers: zCaller },
        responses: { 200: zRecoveryCodes },
        example: { code: "123456" },
      }),
      async (ctx, { headers, code }) => confirmTotp(ctx, { code, client: clientOf(ctx, headers) }),
    )
    .route(
      defineRoute({
        method: "delete",
        path: "/totp",
        summary: "Turns the second factor off.",
        policy: buyer,
        request: { headers: zCaller },
        responses: { 204: zNothing },
        example: {},
      }),
      async (ctx, { headers }) => {
        await removeSecondFactor(ctx, { client: clientOf(ctx, headers) });
        return null;
      },
    )
    .route(
      defineRoute({
        method: "post",
        path: "/recovery-codes",
        summary: "Makes new recovery codes; the old ones are worth nothing from then on.",
        policy: buyer,
        request: { headers: zCaller },
        responses: { 201: zRecoveryCodes },
        example: {},
      }),
      async (ctx, { headers }) => renewRecoveryCodes(ctx, { client: clientOf(ctx, headers) }),
    );

const addPasskeySignIn = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/passkeys/options",
        summary: "What `navigator.credentials.get` is given to sign in or to step up.",
        policy: open,
        request: {},
        responses: { 200: zWebAuthnOptions },
        example: {},
      }),
      async (ctx) => ({ ...(await askPasskey(ctx)) }),
    )
    .route(
      defineRoute({
        method: "post",
        path: "/passkeys/sign-in",
        summary: "Signs in with a passkey; with user verification it is two factors.",
        policy: open,
        request: { body: zUsePasskey, headers: zCaller },
        responses: { 200: zPassed },
        example: { credential: EXAMPLE.assertion },
      }),
      async (ctx, { headers, credential }) =>
        toPassed(ctx, headers, await signInWithPasskey(ctx, { credential, client: clientOf(ctx, headers) })),
    )
    .route(
      defineRoute({
        method: "post",
        path: "/passkeys/registration",
        summary: "What `navigator.credentials.create` is given to make a passkey.",
        policy: buyer,
        request: { headers: zCaller },
        responses: { 200: zWebAuthnOptions },
        example: {},
      }),
      async (ctx, { headers }) => ({ ...(await beginPasskey(ctx, { client: clientOf(ctx, headers) })) }),
    );

const addPasskeyList = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/passkeys",
        summary: "Keeps the passkey that the authenticator has made.",
        policy: buyer,
        request: { body: zAddPasskey, headers: zCaller },
        responses: { 201: zPasskey },
        example: { name: "Laptop", credential: EXAMPLE.attestation },
      }),
      async (ctx, { headers, ...input }) =>
        toPasskeyDto(await addPasskey(ctx, { ...input, client: clientOf(ctx, headers) })),
    )
    .route(
      defineRoute({
        method: "get",
        path: "/passkeys",
        summary: "The caller's passkeys.",
        policy: buyer,
        request: {},
        responses: { 200: zPage(zPasskey) },
        example: {},
      }),
      async (ctx) => listPasskeys(ctx),
    )
    .route(
      defineRoute({
        method: "patch",
        path: "/passkeys/{passkeyId}",
        summary: "Renames a passkey.",
        policy: buyer,
        request: { params: zPasskeyRef, body: zPasskeyName },
        responses: { 204: zNothing },
        example: { passkeyId: EXAMPLE.passkeyId, name: "Phone" },
      }),
      async (ctx, input) => {
        await namePasskey(ctx, input);
        return null;
      },
    )
    .route(
      defineRoute({
        method: "delete",
        path: "/passkeys/{passkeyId}",
        summary: "Removes a passkey.",
        policy: buyer,
        request: { params: zPasskeyRef, headers: zCaller },
        responses: { 204: zNothing },
        example: { passkeyId: EXAMPLE.passkeyId },
      }),
      async (ctx, { headers, passkeyId }) => {
        await dropPasskey(ctx, { passkeyId, client: clientOf(ctx, headers) });
        return null;
      },
    );
