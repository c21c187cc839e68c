import { requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import { ok, orThrow } from "#kernel/result";
import { addressQuery } from "#services/social/user/index";
import {
  type Checkout,
  type CheckoutChange,
  decideCancel,
  decideChange,
  needsRates,
} from "../domain/checkout.ts";
import { fail } from "../errors.ts";
import * as checkouts from "../repository.ts";
import type { Change, ChangeCheckout, CheckoutRef } from "../schemas.ts";
import { toSnapshot } from "./address.ts";
import { quoteCheckout, refuseAmount } from "./quote.ts";

export async function changeCheckout(ctx: Ctx, { checkoutId, ...input }: ChangeCheckout): Promise<Checkout> {
  const buyerId = requireBuyer(ctx);
  const outcome = await untilFresh("checkout.stale", async () => {
    const { checkout, address } = await loadChange(ctx, { buyerId, checkoutId }, input);
    const { email, paymentMethod: method, voucherCodes, bestVouchers, rates } = input;
    const change: CheckoutChange = { email, address, method, voucherCodes, bestVouchers, rates };
    const decision = decideChange(checkout, change, { market: ctx.market, now: ctx.clock.now() });
    if (!decision.ok) return decision;
    const changed = await quoteCheckout(ctx, decision.value, { rates: needsRates(change) });
    if (method) refuseAmount(ctx, changed);
    const committed = await ctx.db.commit([checkouts.save(changed)]);
    return committed.ok ? ok(changed) : committed;
  });
  return orThrow(outcome, fail);
}

type Owned = Parameters<typeof checkouts.checkoutQuery>[0];

async function loadChange(ctx: Ctx, owned: Owned, input: Change) {
  if (input.addressId === undefined || ctx.actor.kind !== "user") {
    const [checkout] = await ctx.db.load(checkouts.checkoutQuery(owned));
    if (!checkout) throw fail("checkout.not_found");
    return { checkout, address: input.address };
  }
  const saved = addressQuery(ctx.actor.userId, input.addressId);
  const [checkout, address] = await ctx.db.load(checkouts.checkoutQuery(owned), saved);
  if (!checkout) throw fail("checkout.not_found");
  if (!address) throw fail("checkout.address_not_found");
  return { checkout, address: toSnapshot(address) };
}

export async function cancelCheckout(ctx: Ctx, { checkoutId }: CheckoutRef): Promise<Checkout> {
  const buyerId = requireBuyer(ctx);
  const outcome = await untilFresh("checkout.stale", async () => {
    const [checkout] = await ctx.db.load(checkouts.checkoutQuery({ buyerId, checkoutId }));
    if (!checkout) throw fail("checkout.not_found");
    const decision = decideCancel(checkout);
    if (!decision.ok || decision.value === checkout) return decision;
    const committed = await ctx.db.commit([checkouts.save(decision.value)]);
    return committed.ok ? decision : committed;
  });
  return orThrow(outcome, fail);
}
