import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { schedule } from "#kernel/due";
import { fail as failKernel } from "#kernel/errors";
import { type Id, zId } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { ok, orThrow } from "#kernel/result";
import { decideAccount, decideHolder, type PaidTo } from "../domain/account.ts";
import { type BankAccount, isSameName } from "../domain/payout.ts";
import { fail } from "../errors.ts";
import { CHECK_ACCOUNT, PayoutAccountRefused, PayoutAccountTaken } from "../facts.ts";
import { iris } from "../providers/iris.ts";
import { PayoutSilent } from "../providers/port.ts";
import { payoutAccountQuery, savePayoutAccount } from "../repository/payout.ts";

const RETRY_AFTER_SECONDS = 30;
const ASK_AGAIN_MS = 10 * MINUTE_MS;
const zSellerId = zId("seller");

/** Where nobody can be asked, the owner's word stands. */
const canAsk = ({ market }: Pick<Ctx, "market">): boolean => market.wallet.payoutProvider === "iris";

/** The bank is asked whose account it is before anything is kept. */
export async function setBankAccount(ctx: Ctx, owner: string, given: BankAccount): Promise<PaidTo> {
  const holder = await holderOf(ctx, given);
  if (holder !== undefined && !isSameName(given.holderName, holder)) throw fail("wallet.name_mismatch");
  const account = { ...given, holderName: holder ?? given.holderName };
  const now = ctx.clock.now();
  const outcome = await untilFresh<PaidTo, "wallet.stale">("wallet.stale", async () => {
    const [before] = await ctx.db.load(payoutAccountQuery(owner));
    const after = decideAccount(before, { ...account, owner, setAt: now, checkedAt: now }, coolingOf(ctx));
    const committed = await ctx.db.commit(changing(ctx, before, after));
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, fail);
}

async function holderOf(ctx: Ctx, account: BankAccount): Promise<string | undefined> {
  if (!canAsk(ctx)) return undefined;
  try {
    const holder = await iris(ctx).holderOf(account);
    if (holder === undefined) throw fail("wallet.bank_account_unknown");
    return holder;
  } catch (error) {
    if (error instanceof PayoutSilent) throw failKernel("unavailable", { retryAfter: RETRY_AFTER_SECONDS });
    throw error;
  }
}

const coolingOf = ({ market }: Pick<Ctx, "market">): number => market.wallet.payoutCoolingMs;
const lastDigitsOf = ({ accountNumber }: BankAccount): string => accountNumber.slice(-4);

/** The account as it is now, and that a shop's has changed; nothing where it says nothing new. */
function changing(ctx: Ctx, before: PaidTo | undefined, after: PaidTo): readonly Statement<"wallet.stale">[] {
  if (before === after) return [];
  const { data: sellerId } = zSellerId.safeParse(after.owner);
  const isElsewhere = before?.accountNumber !== after.accountNumber || before?.bank !== after.bank;
  const { bank, usableFrom, owner, version } = after;
  const told = { bank, usableFrom, lastDigits: lastDigitsOf(after) };
  return [
    savePayoutAccount(after),
    ...(sellerId && isElsewhere
      ? [append(PayoutAccountTaken.make(ctx, { id: owner, version }, { ...told, sellerId }))]
      : []),
  ];
}

/** A shop has said elsewhere where its payouts go; its words in the order in which they were said. */
export async function takeAccounts(
  ctx: Ctx,
  sellerId: Id<"seller">,
  given: readonly (BankAccount & { readonly setAt: number })[],
): Promise<readonly Statement<"wallet.stale">[]> {
  const [before] = await ctx.db.load(payoutAccountQuery(sellerId));
  const asked = given.toSorted((a, b) => a.setAt - b.setAt);
  let after = before;
  for (const one of asked) {
    const checkedAt = canAsk(ctx) ? null : one.setAt;
    const decided = decideAccount(after, { ...one, owner: sellerId, checkedAt }, coolingOf(ctx));
    after = decided === after ? after : { ...decided, version: (before?.version ?? 0) + 1 };
  }
  if (!after || after === before) return [];
  const check = schedule(ctx, CHECK_ACCOUNT, { subject: sellerId, payload: { owner: sellerId } });
  return [...changing(ctx, before, after), ...(after.checkedAt === null ? [check] : [])];
}

/** What was taken over unasked is asked about; a bank that is silent is asked again. */
export async function checkAccount(ctx: Ctx, owner: string): Promise<readonly Statement<string>[]> {
  const [account] = await ctx.db.load(payoutAccountQuery(owner));
  if (!account || account.checkedAt !== null || account.refusal !== null) return [];
  try {
    const after = decideHolder(account, await iris(ctx).holderOf(account), ctx.clock.now());
    return [savePayoutAccount(after), ...refused(ctx, after)];
  } catch (error) {
    if (!(error instanceof PayoutSilent)) throw error;
    const dueAt = ctx.clock.now() + ASK_AGAIN_MS;
    return [schedule(ctx, CHECK_ACCOUNT, { subject: owner, payload: { owner }, dueAt })];
  }
}

function refused(ctx: Ctx, account: PaidTo): readonly Statement[] {
  const { data: sellerId } = zSellerId.safeParse(account.owner);
  const { refusal: reason, bank, owner, version } = account;
  if (!sellerId || reason === null) return [];
  const told = { sellerId, reason, bank, lastDigits: lastDigitsOf(account) };
  return [append(PayoutAccountRefused.make(ctx, { id: owner, version }, told))];
}
