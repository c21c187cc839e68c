import * as z from "zod";
import { requireShop, requireUser } from "#kernel/actor";
import { defineRoute, newApp } from "#kernel/app";
import { toMoneyDto } from "#kernel/money";
import { zPage } from "#kernel/page";
import { buyer, seller } from "#kernel/policy";
import { requireFresh } from "#services/social/auth/index";
import { setBankAccount } from "../commands/account.ts";
import { cancelPayout, requestPayout, requestWithdrawal } from "../commands/payout.ts";
import { requirePin, setPin } from "../commands/pin.ts";
import { sendMoney } from "../commands/send.ts";
import {
  getBankAccount,
  getPaidTo,
  getSellerAccount,
  getStatement,
  getWallet,
  listEntries,
  listPayouts,
  shopAccounts,
  userAccounts,
} from "../queries/wallet.ts";
import {
  toBankAccountDto,
  toPaidToDto,
  toPayoutDto,
  zBankAccount,
  zEntriesQuery,
  zKnownBankAccount,
  zKnownPaidTo,
  zMovement,
  zPaidTo,
  zPayout,
  zPayoutRef,
  zPayoutWish,
  zRange,
  zSellerAccount,
  zSend,
  zSent,
  zSetPin,
  zWallet,
  zWithdraw,
} from "../schemas.ts";

const BANK = {
  bank: "bca",
  accountNumber: "1234567891",
  holderName: "Ayu Lestari",
  email: "ayu@example.com",
};
const RANGE = { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" };
const reads = seller("payout:read");
const pays = seller("payout:write");

export const app = newApp("/v1/wallet")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Read one's wallet: cash, what is reserved, and bonus with its ends.",
      policy: buyer,
      request: {},
      responses: { 200: zWallet },
      example: {},
    }),
    (ctx) => getWallet(ctx),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/entries",
      summary: "List what moved in one's wallet, newest first.",
      policy: buyer,
      request: { query: zEntriesQuery },
      responses: { 200: zPage(zMovement) },
      example: { limit: 20 },
    }),
    (ctx, input) => listEntries(ctx, userAccounts(ctx), input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/statement",
      summary: "Download one's statement as CSV, of at most a year.",
      policy: buyer,
      request: { query: zRange },
      responses: { 200: z.any() },
      example: RANGE,
    }),
    async (ctx, input) => getStatement(ctx, userAccounts(ctx), input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/pin",
      summary: "Set the PIN that moving money asks for; somebody who has just signed in may.",
      policy: buyer,
      request: { body: zSetPin },
      responses: { 204: z.null() },
      example: { pin: "271828" },
    }),
    async (ctx, { pin }) => {
      await setPin(ctx, pin);
      return null;
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/sends",
      summary: "Send money to another wallet at once.",
      policy: buyer,
      request: { body: zSend },
      responses: { 201: zSent },
      idempotency: "required",
      example: { to: "usr_01jd8zt4w8h5vc6q1m9a2r7sxy", amountMinor: "5000000", pin: "271828", note: "makan" },
    }),
    async (ctx, input) => {
      const { transferId, amount } = await sendMoney(ctx, input);
      return { transferId, amount: toMoneyDto(amount) };
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/withdrawals",
      summary: "Send cash of the wallet to one's bank account.",
      policy: buyer,
      request: { body: zWithdraw },
      responses: { 201: zPayout },
      idempotency: "required",
      example: { amountMinor: "5000000", pin: "271828" },
    }),
    async (ctx, { amountMinor: minor, pin, idempotencyKey: key }) => {
      await requirePin(ctx, pin);
      return toPayoutDto(await requestWithdrawal(ctx, { minor, key }));
    },
  )
  .route(
    defineRoute({
      method: "get",
      path: "/withdrawals",
      summary: "List one's withdrawals, newest first.",
      policy: buyer,
      request: { query: zEntriesQuery },
      responses: { 200: zPage(zPayout) },
      example: { limit: 20 },
    }),
    (ctx, input) => listPayouts(ctx, requireUser(ctx), input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/bank-account",
      summary: "Read the bank account that withdrawals go to.",
      policy: buyer,
      request: {},
      responses: { 200: zKnownBankAccount },
      example: {},
    }),
    (ctx) => getBankAccount(ctx, requireUser(ctx)),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/bank-account",
      summary: "Say where withdrawals go; the bank is asked whose account it is.",
      policy: buyer,
      request: { body: zBankAccount },
      responses: { 200: zBankAccount },
      example: BANK,
    }),
    async (ctx, input) =>
      toBankAccountDto(await setBankAccount(ctx, (await requireFresh(ctx)).userId, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/seller",
      summary: "Read the shop's account: available, in escrow, on its way to the bank.",
      policy: reads,
      request: {},
      responses: { 200: zSellerAccount },
      example: {},
    }),
    (ctx) => getSellerAccount(ctx),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/seller/entries",
      summary: "List what moved in the shop's accounts, with commission and taxes, newest first.",
      policy: reads,
      request: { query: zEntriesQuery },
      responses: { 200: zPage(zMovement) },
      example: { limit: 20 },
    }),
    (ctx, input) => listEntries(ctx, shopAccounts(ctx), input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/seller/statement",
      summary: "Download the shop's statement as CSV, of at most a year.",
      policy: reads,
      request: { query: zRange },
      responses: { 200: z.any() },
      example: RANGE,
    }),
    async (ctx, input) => getStatement(ctx, shopAccounts(ctx), input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/seller/bank-account",
      summary: "Say where payouts go; the bank is asked whose account it is, and another one cools off.",
      policy: pays,
      request: { body: zBankAccount },
      responses: { 200: zPaidTo },
      example: BANK,
    }),
    async (ctx, input) => {
      await requireFresh(ctx);
      return toPaidToDto(await setBankAccount(ctx, requireShop(ctx, "payout:write"), input));
    },
  )
  .route(
    defineRoute({
      method: "get",
      path: "/seller/bank-account",
      summary: "Read where the shop's payouts go, and from when on.",
      policy: reads,
      request: {},
      responses: { 200: zKnownPaidTo },
      example: {},
    }),
    (ctx) => getPaidTo(ctx),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/seller/payouts/{payoutId}/cancel",
      summary: "Take back a payout that waits for its account to cool off.",
      policy: pays,
      request: { params: zPayoutRef },
      responses: { 200: zPayout },
      idempotency: "required",
      example: { payoutId: "pyo_01jd8zt4w8h5vc6q1m9a2r7sxy" },
    }),
    async (ctx, input) => toPayoutDto(await cancelPayout(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/seller/payouts",
      summary: "Pay out what is available, or part of it.",
      policy: pays,
      request: { body: zPayoutWish },
      responses: { 201: zPayout },
      idempotency: "required",
      example: { amountMinor: "5000000" },
    }),
    async (ctx, input) => toPayoutDto(await requestPayout(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/seller/payouts",
      summary: "List the shop's payouts, newest first.",
      policy: reads,
      request: { query: zEntriesQuery },
      responses: { 200: zPage(zPayout) },
      example: { limit: 20 },
    }),
    (ctx, input) => listPayouts(ctx, requireShop(ctx, "payout:read"), input),
  );
