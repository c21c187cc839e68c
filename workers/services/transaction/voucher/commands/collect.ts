import { requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { orThrow } from "#kernel/result";
import { standingRefusals } from "../domain/eligibility.ts";
import { knownCodes, type Standing } from "../domain/quote.ts";
import type { Voucher } from "../domain/terms.ts";
import { fail } from "../errors.ts";
import { guessing } from "../queries/guesses.ts";
import { situationOf, whoIs } from "../queries/quote.ts";
import { collect } from "../repository/redemptions.ts";
import { standingByIdQuery, standingQuery } from "../repository/standing.ts";
import type { CollectCode, VoucherRef } from "../schemas.ts";

/** What does not stop somebody from putting a voucher by: it may hold again, or he is about to collect it. */
const PASSING: readonly string[] = [
  "not_started",
  "not_collected",
  "outside_hours",
  "day_exhausted",
  "buyer_day_limit",
];

/** One that is shown to everybody. */
export async function collectVoucher(ctx: Ctx, { voucherId }: VoucherRef): Promise<Voucher> {
  const buyerId = requireBuyer(ctx);
  const [standing] = await ctx.db.load(standingByIdQuery(whoIs(ctx, buyerId), voucherId));
  if (!standing?.voucher.isListed) throw fail("voucher.not_found");
  return keep(ctx, standing);
}

/** One whose code somebody was given. */
export async function collectCode(ctx: Ctx, { code }: CollectCode): Promise<Voucher> {
  const buyerId = requireBuyer(ctx);
  const { tried } = knownCodes([code]);
  const which = { codes: tried, auto: false, sellerIds: [] };
  const [standing] = await guessing(ctx, { buyerId, codes: 1 }, async () => {
    const [found] = await ctx.db.load(standingQuery(whoIs(ctx, buyerId), which));
    return { found: found.length, answer: found };
  });
  if (!standing) throw fail("voucher.not_found");
  return keep(ctx, standing);
}

async function keep(ctx: Ctx, { voucher, usage }: Standing): Promise<Voucher> {
  const buyerId = requireBuyer(ctx);
  const situation = { ...situationOf(ctx, buyerId), amountMinor: 1n };
  const refusals = standingRefusals(voucher, usage, situation);
  if (refusals.some(({ reason }) => !PASSING.includes(reason))) throw fail("voucher.not_collectable");
  orThrow(await ctx.db.commit([collect(ctx, { buyerId, voucherId: voucher.voucherId })]), fail);
  return voucher;
}
