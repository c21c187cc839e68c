import { requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { languageIn } from "#kernel/money-text";
import { decodeCursor, type Page, toPage } from "#kernel/page";
import { standingRefusals } from "../domain/eligibility.ts";
import { explain } from "../domain/explain.ts";
import type { Standing } from "../domain/quote.ts";
import { fail } from "../errors.ts";
import { collectedQuery } from "../repository/standing.ts";
import { collectorsQuery, countedQuery, usedByDayQuery, usedQuery } from "../repository/usage.ts";
import { listedQuery, type Owner, voucherQuery, vouchersQuery } from "../repository/vouchers.ts";
import {
  type ListMine,
  type ListOffered,
  type ListVouchers,
  toNeedDto,
  toOfferedDto,
  toReportDto,
  toVoucherDto,
  type VoucherRef,
} from "../schemas.ts";
import { situationOf, whoIs } from "./quote.ts";

type VoucherId = Id<"voucher">;
const positionOf = ({ voucherId }: { readonly voucherId: string }) => [voucherId];

/** What the owner has made, the newest first. */
export async function listVouchers(ctx: Ctx, owner: Owner, { state, limit, cursor }: ListVouchers) {
  const list = `vouchers ${owner ?? ""} ${state ?? ""}`;
  const before = decodeCursor(ctx, list, cursor)?.[0] as VoucherId | undefined;
  const [rows] = await ctx.db.load(vouchersQuery({ owner, state, before, limit: limit + 1 }));
  return toPage(ctx, list, limit, rows, positionOf, toVoucherDto);
}

export async function getVoucher(ctx: Ctx, owner: Owner, { voucherId }: VoucherRef) {
  const [voucher] = await ctx.db.load(voucherQuery(owner, voucherId));
  if (!voucher) throw fail("voucher.not_found");
  return voucher;
}

export async function reportOn(ctx: Ctx, owner: Owner, { voucherId }: VoucherRef) {
  const [voucher, used, counted, collectors, days] = await ctx.db.load(
    voucherQuery(owner, voucherId),
    usedQuery(voucherId),
    countedQuery(voucherId),
    collectorsQuery(voucherId),
    usedByDayQuery(voucherId),
  );
  if (!voucher) throw fail("voucher.not_found");
  return toReportDto(voucher, { used, counted, collectors, days });
}

/** What everybody may collect, of one shop or of all. */
export async function listOffered(ctx: Ctx, { sellerId, limit, cursor }: ListOffered) {
  const list = `vouchers offered ${sellerId ?? ""}`;
  const before = decodeCursor(ctx, list, cursor)?.[0] as VoucherId | undefined;
  const now = ctx.clock.now();
  const [rows] = await ctx.db.load(listedQuery({ sellerId, now, before, limit: limit + 1 }));
  return toPage(ctx, list, limit, rows, positionOf, toOfferedDto);
}

type Mine = ReturnType<typeof toMineDto>;

/** What the buyer has collected, and for each why it cannot be used now, if it cannot. */
export async function listMine(ctx: Ctx, { limit, cursor }: ListMine): Promise<Page<Mine>> {
  const buyerId = requireBuyer(ctx);
  const list = `vouchers of ${buyerId}`;
  const after = decodeCursor(ctx, list, cursor)?.[0] as VoucherId | undefined;
  const [rows] = await ctx.db.load(collectedQuery(whoIs(ctx, buyerId), { after, limit: limit + 1 }));
  const position = ({ voucher }: Standing) => positionOf(voucher);
  return toPage(ctx, list, limit, rows, position, (standing) => toMineDto(ctx, standing));
}

function toMineDto(ctx: Ctx, { voucher, usage }: Standing) {
  const situation = { ...situationOf(ctx, requireBuyer(ctx)), amountMinor: 1n };
  const refusals = standingRefusals(voucher, usage, situation);
  const [first] = refusals;
  if (!first) return { ...toOfferedDto(voucher), whyNot: null };
  const { currency } = voucher;
  const needs = refusals.flatMap((one) => one.needs);
  const { locale, market } = ctx;
  const language = languageIn(locale, market.countries);
  const speaking = { locale, language, currency, timeZone: market.timeZone };
  return {
    ...toOfferedDto(voucher),
    whyNot: {
      reason: first.reason,
      reasons: refusals.map(({ reason }) => reason),
      needs: needs.map((need) => toNeedDto(need, currency)),
      detail: explain({ reason: first.reason, needs }, speaking),
    },
  };
}
