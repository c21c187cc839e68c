import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { zPage, zPageQuery } from "#kernel/page";
import { anyOf, operator, service } from "#kernel/policy";
import { adjust, confirmPayout, freezeOwner, setStanding, writePayoutFile } from "../commands/operate.ts";
import { exportLedger } from "../queries/export.ts";
import { readPayoutFile } from "../queries/payout-file.ts";
import { listDays, trialBalance } from "../queries/trial.ts";
import { listAllPayouts } from "../queries/wallet.ts";
import {
  toPayoutDto,
  zAdjust,
  zAdjusted,
  zAtQuery,
  zConfirm,
  zDay,
  zFreeze,
  zOwnerRef,
  zPayout,
  zPayoutFile,
  zPayoutFileRef,
  zPayoutList,
  zPayoutRef,
  zStanding,
  zTrialBalance,
} from "../schemas.ts";

const OWNER = "slr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const reads = operator("ledger:read");
const writes = operator("ledger:write");

export const app = newApp("/v1/ledger")
  .route(
    defineRoute({
      method: "get",
      path: "/trial-balance",
      summary: "Every kind of account now or at an instant, from the log alone, with GMV.",
      policy: anyOf(reads, service("platform")),
      request: { query: zAtQuery },
      responses: { 200: zTrialBalance },
      example: { at: "2026-01-31T17:00:00Z" },
    }),
    (ctx, input) => trialBalance(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/days",
      summary: "List closed days with the hash chain of their trial balances, newest first.",
      policy: anyOf(reads, service("platform")),
      request: { query: zPageQuery },
      responses: { 200: zPage(zDay) },
      example: { limit: 20 },
    }),
    (ctx, input) => listDays(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/export",
      summary: "Download the whole ledger as JSON lines, for `npm run ledger:verify`.",
      policy: anyOf(reads, service("platform")),
      request: {},
      responses: { 200: z.any() },
      example: {},
    }),
    async (ctx) => exportLedger(ctx),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/adjustments",
      summary: "Set right by hand what a wallet or shop should have, with a reason.",
      policy: writes,
      request: { body: zAdjust },
      responses: { 201: zAdjusted },
      idempotency: "required",
      example: { owner: OWNER, amountMinor: "-5000000", reason: "Paid twice on 3 May" },
    }),
    async (ctx, input) => ({ transferId: await adjust(ctx, input) }),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/owners/{owner}/freeze",
      summary: "Freeze a wallet or shop's account with a reason; null lets it go.",
      policy: writes,
      request: { params: zOwnerRef, body: zFreeze },
      responses: { 204: z.null() },
      example: { owner: OWNER, reason: "Suspected takeover" },
    }),
    async (ctx, { owner, reason }) => {
      await freezeOwner(ctx, owner, reason);
      return null;
    },
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/owners/{owner}",
      summary: "Set how well an owner is known, and by which document he is exempt of withholding.",
      policy: writes,
      request: { params: zOwnerRef, body: zStanding },
      responses: { 204: z.null() },
      example: { owner: OWNER, tier: "verified", exemption: "SKB-123/2026" },
    }),
    async (ctx, { owner, ...standing }) => {
      await setStanding(ctx, owner, standing);
      return null;
    },
  )
  .route(
    defineRoute({
      method: "get",
      path: "/payouts",
      summary: "List payouts of all, newest first.",
      policy: reads,
      request: { query: zPayoutList },
      responses: { 200: zPage(zPayout) },
      example: { state: "created" },
    }),
    (ctx, input) => listAllPayouts(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/payout-files",
      summary: "Write the payouts that wait for the bank into one CSV file.",
      policy: writes,
      request: {},
      responses: { 201: zPayoutFile },
      idempotency: "required",
      example: {},
    }),
    async (ctx) => (await writePayoutFile(ctx)) ?? { fileId: null, key: null, payouts: 0 },
  )
  .route(
    defineRoute({
      method: "get",
      path: "/payout-files/{fileId}",
      summary: "Download a file of payouts for the bank.",
      policy: writes,
      request: { params: zPayoutFileRef },
      responses: { 200: z.any() },
      example: { fileId: "doc_01jd8zt4w8h5vc6q1m9a2r7sxy" },
    }),
    (ctx, input) => readPayoutFile(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/payouts/{payoutId}/confirm",
      summary: "Say what the bank did with a payout that nobody else tells of.",
      policy: writes,
      request: { params: zPayoutRef, body: zConfirm },
      responses: { 200: zPayout },
      idempotency: "required",
      example: {
        payoutId: "pyo_01jd8zt4w8h5vc6q1m9a2r7sxy",
        outcome: "completed",
        note: "Statement of 3 May",
      },
    }),
    async (ctx, { note, ...input }) =>
      toPayoutDto(await confirmPayout(ctx, { ...input, note: note ?? null })),
  );
