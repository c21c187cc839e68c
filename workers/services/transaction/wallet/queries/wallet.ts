import { requireOperator, requireShop, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import type { Payout } from "../domain/payout.ts";
import { ownerQuery } from "../repository/owner.ts";
import { payoutAccountQuery, payoutsQuery } from "../repository/payout.ts";
import {
  toBankAccountDto,
  toMovementDto,
  toPaidToDto,
  toPayoutDto,
  toSellerDto,
  toWalletDto,
} from "../schemas.ts";
import { balanceQuery, sellerAccountQuery } from "./balance.ts";
import { listMovements, statementCsv } from "./entries.ts";

/** What a person and a shop see of the ledger: their own accounts. */
export const userAccounts = (ctx: Ctx) => ({ owner: requireUser(ctx), kinds: ["cash", "bonus", "owed"] });
export const shopAccounts = (ctx: Ctx) => ({
  owner: requireShop(ctx, "payout:read"),
  kinds: ["payable", "escrow"],
});

export async function getWallet(ctx: Ctx) {
  const userId = requireUser(ctx);
  const [balance, owner] = await ctx.db.load(balanceQuery(ctx, userId), ownerQuery(userId));
  return toWalletDto(balance, owner);
}

export async function getSellerAccount(ctx: Ctx) {
  const [account] = await ctx.db.load(sellerAccountQuery(ctx, requireShop(ctx, "payout:read")));
  return toSellerDto(account);
}

type Whose = { readonly owner: string; readonly kinds: readonly string[] };
export const listEntries = (ctx: Ctx, whose: Whose, page: PageQuery) =>
  listMovements(ctx, whose, page, toMovementDto(ctx.market.currency));
export const getStatement = statementCsv;

/** The account number is its owner's to know: a member who may only read sees its end. */
export async function getBankAccount(ctx: Ctx, owner: string) {
  const [account] = await ctx.db.load(payoutAccountQuery(owner));
  return { account: account ? toBankAccountDto(account) : null };
}

/** Who may read only sees its end. */
export async function getPaidTo(ctx: Ctx) {
  const [account] = await ctx.db.load(payoutAccountQuery(requireShop(ctx, "payout:read")));
  return { account: account ? toPaidToDto(account) : null };
}

type Listing = PageQuery & { readonly state?: Payout["state"] | undefined };

export function listPayouts(ctx: Ctx, owner: string, listing: PageQuery) {
  return pageOf(ctx, { owner }, listing);
}

export function listAllPayouts(ctx: Ctx, { state, ...page }: Listing) {
  requireOperator(ctx, "ledger:read");
  return pageOf(ctx, state === undefined ? {} : { state }, page);
}

type Filter = { readonly owner?: string; readonly state?: Payout["state"] };

async function pageOf(ctx: Ctx, filter: Filter, { limit, cursor }: PageQuery) {
  const scope = `wallet.payouts ${filter.owner ?? ""} ${filter.state ?? ""}`;
  const [before] = decodeCursor(ctx, scope, cursor) ?? [];
  const position = before === undefined ? {} : { before: String(before) };
  const [rows] = await ctx.db.load(payoutsQuery({ ...filter, ...position, limit: limit + 1 }));
  return toPage(ctx, scope, limit, rows, (row) => [row.id], toPayoutDto);
}
