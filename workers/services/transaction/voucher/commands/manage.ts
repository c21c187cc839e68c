import { requireOperator, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { FieldError } from "#kernel/errors";
import { randomBytes } from "#kernel/random";
import { ok, orThrow } from "#kernel/result";
import { decideChange, decideState, type Move } from "../domain/life.ts";
import { categoryOf, type Voucher } from "../domain/terms.ts";
import { fail } from "../errors.ts";
import { insert, type Owner, save, voucherQuery } from "../repository/vouchers.ts";
import {
  type As,
  amountsIn,
  type ChangeVoucher,
  fromBenefit,
  fromConditions,
  minorOrNull,
  type NewVoucher,
  type OwnRef,
} from "../schemas.ts";

/** Letters and digits that nobody mistakes for another. */
const CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
/** Beyond what can be guessed at the rate that guesses are answered. */
const CODE_CHARS = 10;

/** A member speaks for his shop, an operator for the platform; who is both says which. */
export function ownerOf(ctx: Ctx, { fundedBy }: As): Owner {
  const { actor } = ctx;
  const isShop = actor.kind === "user" && actor.shop !== undefined;
  if (fundedBy === "seller" || (fundedBy === undefined && isShop)) return requireShop(ctx, "voucher:write");
  requireOperator(ctx, "marketing:write");
  return null;
}

function makeCode(): string {
  const bytes = [...randomBytes(CODE_CHARS)];
  return bytes.map((byte) => CODE_LETTERS.charAt(byte % CODE_LETTERS.length)).join("");
}

export async function makeVoucher(ctx: Ctx, input: NewVoucher): Promise<Voucher> {
  const sellerId = ownerOf(ctx, input);
  refuseForeign(ctx, input);
  const { fundedBy: _, isExclusive, code, budget, benefit, conditions, ...terms } = input;
  const who = ctx.actor.kind === "user" ? ctx.actor.userId : ctx.actor.kind;
  const whole = { benefit: fromBenefit(benefit), conditions: fromConditions(conditions) };
  const made: Voucher = {
    ...terms,
    ...whole,
    voucherId: ctx.ids.next("voucher"),
    code: code ?? makeCode(),
    sellerId,
    category: categoryOf({ sellerId, ...whole }, isExclusive ? "exclusive" : undefined),
    currency: ctx.market.currency,
    budgetMinor: minorOrNull(budget),
    startsAt: Date.parse(input.startsAt),
    endsAt: Date.parse(input.endsAt),
    state: "active",
    createdBy: who,
    createdAt: ctx.clock.now(),
    version: 1,
  };
  refuseInvalid(made, ctx.clock.now());
  orThrow(await ctx.db.commit([insert(made)]), fail);
  return made;
}

/** The currency is the market's, and nobody can pay what is off its cash step. */
function refuseForeign({ market }: Ctx, input: Parameters<typeof amountsIn>[0]): void {
  const errors: FieldError[] = [];
  for (const [path, { minor, currency }] of amountsIn(input)) {
    if (currency !== market.currency) {
      errors.push({
        path: `body.${path}`,
        code: "currency",
        message: `Prices here are in ${market.currency}.`,
      });
    } else if (BigInt(minor) % market.cashStepMinor !== 0n) {
      const message = `Amounts here are multiples of ${market.cashStepMinor}.`;
      errors.push({ path: `body.${path}`, code: "cash_step", message });
    }
  }
  if (errors.length > 0) throw fail("voucher.terms_invalid", { errors });
}

function refuseInvalid(voucher: Voucher, now: number): void {
  const errors = [...invalidTerms(voucher, now)].map(([path, message]): FieldError => {
    return { path: `body.${path}`, code: "terms", message };
  });
  if (errors.length > 0) throw fail("voucher.terms_invalid", { errors });
}

function* invalidTerms(voucher: Voucher, now: number): Iterable<readonly [string, string]> {
  const { startsAt, endsAt, sellerId, conditions, benefit } = voucher;
  if (endsAt <= startsAt) yield ["endsAt", "It ends before it begins."];
  if (endsAt <= now) yield ["endsAt", "It would be over already."];
  if (voucher.isAutomatic && voucher.mustCollect) {
    yield ["isAutomatic", "What must be collected does not come by itself."];
  }
  if (conditions.hours.some(({ from, until }) => from === until)) {
    yield ["conditions.hours", "A span of hours begins and ends at different times."];
  }
  const scopes = [conditions.include, conditions.exclude, ...(benefit.kind === "bxgy" ? [benefit.get] : [])];
  const isForeign = scopes.some((scope) => scope?.sellerIds.some((id) => id !== sellerId));
  if (sellerId !== null && isForeign) yield ["conditions", "A shop's voucher is about its own goods."];
}

/** Changes what orders still to come will find; those that used it keep the terms that they used. */
export async function changeVoucher(ctx: Ctx, input: ChangeVoucher): Promise<Voucher> {
  const owner = ownerOf(ctx, input);
  refuseForeign(ctx, input);
  const [before] = await ctx.db.load(voucherQuery(owner, input.voucherId));
  if (!before) throw fail("voucher.not_found");
  if (before.version !== input.ifMatch) throw fail("voucher.stale");
  const {
    voucherId: _,
    fundedBy: __,
    ifMatch: ___,
    benefit,
    conditions,
    startsAt,
    endsAt,
    budget,
    ...rest
  } = input;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const now = ctx.clock.now();
  const after = orThrow(
    decideChange(
      before,
      {
        ...given,
        ...(benefit && { benefit: fromBenefit(benefit) }),
        ...(conditions && { conditions: fromConditions(conditions) }),
        ...(startsAt !== undefined && { startsAt: Date.parse(startsAt) }),
        ...(endsAt !== undefined && { endsAt: Date.parse(endsAt) }),
        ...(budget !== undefined && { budgetMinor: minorOrNull(budget) }),
      },
      now,
    ),
    fail,
  );
  refuseInvalid(after, now);
  orThrow(await ctx.db.commit([save(after)]), fail);
  return after;
}

/** Pausing, resuming and ending; done already, it is done. */
export async function moveVoucher(ctx: Ctx, { voucherId, ...as }: OwnRef, move: Move): Promise<Voucher> {
  const owner = ownerOf(ctx, as);
  const outcome = await untilFresh("voucher.stale", async () => {
    const [before] = await ctx.db.load(voucherQuery(owner, voucherId));
    if (!before) throw fail("voucher.not_found");
    const decision = decideState(before, move);
    if (!decision.ok || decision.value === before) return decision;
    const committed = await ctx.db.commit([save(decision.value)]);
    return committed.ok ? ok(decision.value) : committed;
  });
  return orThrow(outcome, fail);
}
