import { defineRoute, newApp } from "#kernel/app";
import { anyOf, buyer, guest, open, operator, seller } from "#kernel/policy";
import { collectCode, collectVoucher } from "./commands/collect.ts";
import { changeVoucher, makeVoucher, moveVoucher, ownerOf } from "./commands/manage.ts";
import type { Move } from "./domain/life.ts";
import { askQuote } from "./queries/baskets.ts";
import { getVoucher, listMine, listOffered, listVouchers, reportOn } from "./queries/lists.ts";
import {
  toOfferedDto,
  toVoucherDto,
  zAs,
  zChange,
  zCollectCode,
  zListQuery,
  zMinePage,
  zMineQuery,
  zNew,
  zOffered,
  zOfferedPage,
  zOfferedQuery,
  zQuote,
  zQuoted,
  zReport,
  zVoucher,
  zVoucherRef,
  zVouchers,
} from "./schemas.ts";

const shopper = anyOf(buyer, guest);
const maker = anyOf(seller("voucher:write"), operator("marketing:write"));
const EXAMPLE_ID = "01jd8zt4w8h5vc6q1m9a2r7sxy";
const voucherId = `vch_${EXAMPLE_ID}`;

/** The same shape for each, so that none differs by accident. */
const moveRoute = <const M extends Move>(move: M, summary: string) =>
  defineRoute({
    method: "post",
    path: `/{voucherId}/${move}`,
    summary,
    policy: maker,
    request: { params: zVoucherRef, query: zAs },
    responses: { 200: zVoucher },
    example: { voucherId },
  });

export const app = newApp("/v1/vouchers")
  .route(
    defineRoute({
      method: "post",
      path: "/quote",
      summary:
        "What the best combination of vouchers takes off these goods, and why the others do not apply.",
      policy: shopper,
      request: { body: zQuote },
      responses: { 200: zQuoted },
      example: {
        codes: ["HEMAT10"],
        method: "qris",
        lines: [{ offerId: `ofr_${EXAMPLE_ID}`, quantity: 2 }],
      },
    }),
    (ctx, input) => askQuote(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/collectable",
      summary: "Vouchers that everybody may collect, of one shop or of all.",
      policy: open,
      request: { query: zOfferedQuery },
      responses: { 200: zOfferedPage },
      example: { limit: 20 },
    }),
    (ctx, input) => listOffered(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/mine",
      summary: "What the buyer has collected, and why a voucher cannot be used now.",
      policy: shopper,
      request: { query: zMineQuery },
      responses: { 200: zMinePage },
      example: { limit: 20 },
    }),
    (ctx, input) => listMine(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/collect",
      summary: "Puts a voucher by whose code the buyer was given.",
      policy: shopper,
      request: { body: zCollectCode },
      responses: { 200: zOffered },
      example: { code: "HEMAT10" },
    }),
    async (ctx, input) => toOfferedDto(await collectCode(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{voucherId}/collect",
      summary: "Puts a voucher by that is shown to everybody; twice is once.",
      policy: shopper,
      request: { params: zVoucherRef },
      responses: { 200: zOffered },
      example: { voucherId },
    }),
    async (ctx, input) => toOfferedDto(await collectVoucher(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Makes a voucher of a shop, or of the platform.",
      policy: maker,
      request: { body: zNew },
      responses: { 201: zVoucher },
      idempotency: "required",
      example: {
        titles: { en: "10% off, at most Rp20,000" },
        benefit: { kind: "percent", basisPoints: 1_000, cap: { minor: "2000000", currency: "IDR" } },
        startsAt: "2030-12-12T05:00:00Z",
        endsAt: "2030-12-13T05:00:00Z",
        quota: 1_000,
        perBuyer: 1,
      },
    }),
    async (ctx, input) => toVoucherDto(await makeVoucher(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "The vouchers of the shop, or of the platform, the newest first.",
      policy: maker,
      request: { query: zListQuery },
      responses: { 200: zVouchers },
      example: { limit: 20 },
    }),
    (ctx, input) => listVouchers(ctx, ownerOf(ctx, input), input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{voucherId}",
      summary: "A voucher with its terms and limits.",
      policy: maker,
      request: { params: zVoucherRef, query: zAs },
      responses: { 200: zVoucher },
      example: { voucherId },
    }),
    async (ctx, input) => toVoucherDto(await getVoucher(ctx, ownerOf(ctx, input), input)),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{voucherId}",
      summary: "Changes a voucher for orders to come; what was used keeps its terms.",
      policy: maker,
      request: { params: zVoucherRef, body: zChange },
      responses: { 200: zVoucher },
      concurrency: "if-match",
      example: { voucherId, quota: 2_000 },
    }),
    async (ctx, input) => toVoucherDto(await changeVoucher(ctx, input)),
  )
  .route(moveRoute("pause", "Takes a voucher out of use for a while."), async (ctx, input) =>
    toVoucherDto(await moveVoucher(ctx, input, "pause")),
  )
  .route(moveRoute("resume", "Puts a paused voucher back into use."), async (ctx, input) =>
    toVoucherDto(await moveVoucher(ctx, input, "resume")),
  )
  .route(moveRoute("end", "Ends a voucher for good."), async (ctx, input) =>
    toVoucherDto(await moveVoucher(ctx, input, "end")),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{voucherId}/usage",
      summary: "How often a voucher was used and for how much, by day, and what is left of it.",
      policy: maker,
      request: { params: zVoucherRef, query: zAs },
      responses: { 200: zReport },
      example: { voucherId },
    }),
    async (ctx, input) => reportOn(ctx, ownerOf(ctx, input), input),
  );
