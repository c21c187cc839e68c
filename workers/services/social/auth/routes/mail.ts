import { defineRoute, type newApp } from "#kernel/app";
import { buyer, open } from "#kernel/policy";
import {
  askMagicLink,
  askOtp,
  askReset,
  askVerification,
  resetPassword,
  useMagicLink,
  useOtp,
  verifyEmail,
} from "../commands/mail-proof.ts";
import {
  ACCEPTED,
  zAccepted,
  zAddressed,
  zCaller,
  zNothing,
  zOtp,
  zOtpSent,
  zPassed,
  zReset,
  zTokenOnly,
  zVerified,
  zVerify,
} from "../schemas.ts";
import { clientOf, toPassed } from "./caller.ts";
import { EXAMPLE } from "./examples.ts";

type App = ReturnType<typeof newApp>;

/** What is proved by reading mail. Links are opened by pages; only these POSTs spend a token. */
export const addMail = (app: App) => addOtp(addMagicLink(addReset(addVerify(app))));

const addVerify = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/verify",
        summary: "Confirms the address of a new account with the token of the mailed link.",
        policy: open,
        request: { body: zVerify, headers: zCaller },
        responses: { 200: zVerified },
        example: { token: EXAMPLE.token, password: EXAMPLE.password },
      }),
      async (ctx, { headers, ...input }) => {
        const verified = await verifyEmail(ctx, { ...input, client: clientOf(ctx, headers) });
        return verified.status === "verified" ? verified : toPassed(ctx, headers, verified);
      },
    )
    .route(
      defineRoute({
        method: "post",
        path: "/verify/resend",
        summary: "Mails the link once more.",
        policy: buyer,
        request: { headers: zCaller },
        responses: { 202: zAccepted },
        example: {},
      }),
      async (ctx, { headers }) => {
        await askVerification(ctx, { client: clientOf(ctx, headers) });
        return ACCEPTED;
      },
    );

const addReset = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/reset",
        summary: "Mails a link to choose a new password. The answer is the same for every address.",
        policy: open,
        request: { body: zAddressed, headers: zCaller },
        responses: { 202: zAccepted },
        example: { email: EXAMPLE.email },
      }),
      async (ctx, { headers, email }) => {
        await askReset(ctx, { email, client: clientOf(ctx, headers) });
        return ACCEPTED;
      },
    )
    .route(
      defineRoute({
        method: "post",
        path: "/reset/confirm",
        summary: "Sets the new password and ends every session.",
        policy: open,
        request: { body: zReset, headers: zCaller },
        responses: { 204: zNothing },
        example: { token: EXAMPLE.token, password: EXAMPLE.password },
      }),
      async (ctx, { headers, ...input }) => {
        await resetPassword(ctx, { ...input, client: clientOf(ctx, headers) });
        return null;
      },
    );

const addMagicLink = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/magic-link",
        summary: "Mails a link that signs in. The answer is the same for every address.",
        policy: open,
        request: { body: zAddressed, headers: zCaller },
        responses: { 202: zAccepted },
        example: { email: EXAMPLE.email },
      }),
      async (ctx, { headers, email }) => {
        await askMagicLink(ctx, { email, client: clientOf(ctx, headers) });
        return ACCEPTED;
      },
    )
    .route(
      defineRoute({
        method: "post",
        path: "/magic-link/confirm",
        summary: "Signs in with the token of the mailed link.",
        policy: open,
        request: { body: zTokenOnly, headers: zCaller },
        responses: { 200: zPassed },
        example: { token: EXAMPLE.token },
      }),
      async (ctx, { headers, token }) =>
        toPassed(ctx, headers, await useMagicLink(ctx, { token, client: clientOf(ctx, headers) })),
    );

const addOtp = (app: App) =>
  app
    .route(
      defineRoute({
        method: "post",
        path: "/otp",
        summary: "Mails a code of six digits, and answers with the token that goes with it.",
        policy: open,
        request: { body: zAddressed, headers: zCaller },
        responses: { 202: zOtpSent },
        example: { email: EXAMPLE.email },
      }),
      async (ctx, { headers, email }) => ({
        ...ACCEPTED,
        ...(await askOtp(ctx, { email, client: clientOf(ctx, headers) })),
      }),
    )
    .route(
      defineRoute({
        method: "post",
        path: "/otp/confirm",
        summary: "Signs in with the mailed code.",
        policy: open,
        request: { body: zOtp, headers: zCaller },
        responses: { 200: zPassed },
        example: { token: EXAMPLE.token, code: "123456" },
      }),
      async (ctx, { headers, ...input }) =>
        toPassed(ctx, headers, await useOtp(ctx, { ...input, client: clientOf(ctx, headers) })),
    );
