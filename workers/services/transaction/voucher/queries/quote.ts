import type { BuyerId } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { languageIn } from "#kernel/money-text";
import { type CategoryNode, categoryTree } from "#services/catalog/category/index";
import type { Basket } from "../domain/basket.ts";
import { wallOf } from "../domain/eligibility.ts";
import { explain } from "../domain/explain.ts";
import { knownCodes, type Quoted, quote, type Rejected, type Standing } from "../domain/quote.ts";
import type { Redeemed } from "../domain/reprice.ts";
import type { Conditions, Scope, Terms } from "../domain/terms.ts";
import { redeemedQuery } from "../repository/redemptions.ts";
import { standingQuery, type Who } from "../repository/standing.ts";
import { guessing } from "./guesses.ts";

export type QuoteVouchers = {
  readonly buyerId: BuyerId;
  /** Known or not, a guest's limits count by his address too. */
  readonly email?: string | null;
  readonly codes: readonly string[];
  /** Also tries what needs no code: automatic vouchers, and those that the buyer has collected. */
  readonly auto: boolean;
  readonly basket: Basket;
};
/** `detail` says in the reader's language why a code does not apply, and what would make it apply. */
export type Discounts = Omit<Quoted, "rejected"> & {
  readonly rejected: readonly (Rejected & { readonly detail: string })[];
};

/** The second name of a person; the address itself is not kept. */
export const emailKeyOf = ({ keys }: Pick<Ctx, "keys">, email: string): string =>
  keys.sign("voucher", email.trim().toLowerCase());

/** The market's day and this moment, as limits count them. */
export const dayOf = ({ clock, market }: Pick<Ctx, "clock" | "market">): string =>
  wallOf(clock.now(), market.timeZone).day;

export const whoIs = (ctx: Ctx, buyerId: BuyerId, email?: string | null): Who => ({
  buyerId,
  emailKey: email ? emailKeyOf(ctx, email) : null,
  day: dayOf(ctx),
  now: ctx.clock.now(),
});

/** What a voucher is measured against, apart from the basket. A guest has no wallet. */
export const situationOf = ({ clock, market }: Pick<Ctx, "clock" | "market">, buyerId: BuyerId) => ({
  now: clock.now(),
  timeZone: market.timeZone,
  isGuest: buyerId.startsWith("gst_"),
});

/** The best combination for a basket. It promises nothing: what holds is what `redeemVouchers` commits. */
export async function quoteVouchers(ctx: Ctx, asked: QuoteVouchers): Promise<Discounts> {
  const { buyerId, email, codes, auto, basket } = asked;
  const { tried } = knownCodes(codes);
  if (tried.length === 0 && !auto) return { applied: [], rejected: [], cashbackMinor: 0n };
  const sellerIds = basket.parcels.map((parcel) => parcel.sellerId);
  const load = async () => {
    const which = { codes: tried, auto, sellerIds };
    const [standing] = await ctx.db.load(standingQuery(whoIs(ctx, buyerId, email), which));
    return standing;
  };
  const count = async () => {
    const answer = await load();
    return { answer, found: answer.filter(({ voucher }) => tried.includes(voucher.code)).length };
  };
  const guess = { buyerId, codes: tried.length };
  const standing = await withCategories(
    ctx,
    tried.length === 0 ? await load() : await guessing(ctx, guess, count),
  );
  const { timeZone, countries, cashStepMinor, voucher: rules } = ctx.market;
  const situation = { ...situationOf(ctx, buyerId), method: basket.method };
  const purse = { currency: basket.currency, cashStepMinor };
  const quoted = quote({ codes, standing, basket, situation, rules, purse });
  const { locale } = ctx;
  const language = languageIn(locale, countries);
  const speaking = { locale, language, currency: basket.currency, timeZone };
  return {
    ...quoted,
    rejected: quoted.rejected.map((one) => ({ ...one, detail: explain(one, speaking) })),
  };
}

async function withCategories(ctx: Ctx, standing: readonly Standing[]): Promise<readonly Standing[]> {
  const terms = await expandAll(
    ctx,
    standing.map(({ voucher }) => voucher),
  );
  return terms.flatMap((voucher, i) => {
    const one = standing[i];
    return one ? [{ ...one, voucher }] : [];
  });
}

type Scoped = Pick<Terms, "conditions" | "benefit">;

const namesCategories = ({ conditions: { include, exclude }, benefit }: Scoped): boolean =>
  include.categoryIds.length + exclude.categoryIds.length > 0 ||
  (benefit.kind === "bxgy" && (benefit.get?.categoryIds.length ?? 0) > 0);

/** A category stands for all below it; the tree is only asked for when a voucher names one. */
export async function expandAll<T extends Scoped>(ctx: Ctx, terms: readonly T[]): Promise<readonly T[]> {
  if (!terms.some(namesCategories)) return terms;
  const nodes = await categoryTree(ctx);
  return terms.map((one) => {
    const conditions: Conditions = {
      ...one.conditions,
      include: expand(one.conditions.include, nodes),
      exclude: expand(one.conditions.exclude, nodes),
    };
    const { benefit } = one;
    if (benefit.kind !== "bxgy" || benefit.get === null) return { ...one, conditions };
    return { ...one, conditions, benefit: { ...benefit, get: expand(benefit.get, nodes) } };
  });
}

function expand(scope: Scope, nodes: readonly CategoryNode[]): Scope {
  const named: readonly string[] = scope.categoryIds;
  const below = nodes.filter(({ path }) => path.some((id) => named.includes(id))).map(({ id }) => id);
  return { ...scope, categoryIds: [...new Set([...scope.categoryIds, ...below])] };
}

/** What an order group used, ready for `reprice`. */
export async function loadRedeemed(ctx: Ctx, orderGroupId: Id<"orderGroup">): Promise<readonly Redeemed[]> {
  const [redeemed] = await ctx.db.load(redeemedQuery(orderGroupId));
  return expandAll(ctx, redeemed);
}
