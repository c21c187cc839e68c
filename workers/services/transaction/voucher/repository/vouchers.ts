import { and, desc, eq, gt, isNull, lt, type SQL, sql } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { voucher } from "#schema/transaction/voucher";
import {
  type Benefit,
  type Conditions,
  type StoredBenefit,
  type StoredConditions,
  targetOf,
  type Voucher,
  zBenefit,
  zConditions,
} from "../domain/terms.ts";

export type Row = typeof voucher.$inferSelect;

const text = (minor: bigint | null): string | null => minor?.toString() ?? null;

export function fromRow({ id, target: _, benefit, conditions, ...row }: Row): Voucher {
  return {
    ...row,
    voucherId: id,
    benefit: zBenefit.parse(benefit),
    conditions: zConditions.parse(conditions),
  };
}

function toStoredBenefit(benefit: Benefit): StoredBenefit {
  if (benefit.kind === "fixed") return { ...benefit, amountMinor: benefit.amountMinor.toString() };
  return { ...benefit, capMinor: text(benefit.capMinor) };
}

const toStoredConditions = ({ minSpendMinor, ...rest }: Conditions): StoredConditions => ({
  ...rest,
  minSpendMinor: text(minSpendMinor),
});

function toRow({ voucherId, benefit, conditions, ...rest }: Voucher): typeof voucher.$inferInsert {
  return {
    ...rest,
    id: voucherId,
    target: targetOf(benefit),
    benefit: toStoredBenefit(benefit),
    conditions: toStoredConditions(conditions),
  };
}

export const insert = (made: Voucher): Statement<"voucher.code_taken"> => ({
  ...insertMany(voucher, [toRow(made)]),
  constraints: { voucher_code: "voucher.code_taken" },
});

/** Whose voucher it is never changes, nor does its code. */
export function save(changed: Voucher): Statement<"voucher.stale"> {
  const { id, code: _, createdAt: __, createdBy: ___, ...set } = toRow(changed);
  const before = and(eq(voucher.id, id), eq(voucher.version, changed.version - 1), owned(changed.sellerId));
  return guarded(build.update(voucher).set(set).where(before), 1, "voucher.stale");
}

/** Null: the platform's own vouchers. */
export type Owner = Id<"seller"> | null;
const owned = (owner: Owner): SQL =>
  owner === null ? isNull(voucher.sellerId) : eq(voucher.sellerId, owner);

/** The owner is part of the question: another shop's voucher is not found. */
export const voucherQuery = (owner: Owner, voucherId: Id<"voucher">): Query<Voucher | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(voucher)
        .where(and(eq(voucher.id, voucherId), owned(owner))),
    ([row]) => row && fromRow(row),
  );

type Listing = {
  readonly owner: Owner;
  readonly state: Voucher["state"] | undefined;
  readonly before: Id<"voucher"> | undefined;
  readonly limit: number;
};

/** The newest first. */
export const vouchersQuery = ({ owner, state, before, limit }: Listing): Query<readonly Voucher[]> =>
  query(
    (read) =>
      read
        .select()
        .from(voucher)
        .where(and(owned(owner), state && eq(voucher.state, state), before && lt(voucher.id, before)))
        .orderBy(desc(voucher.id))
        .limit(limit),
    (rows) => rows.map(fromRow),
  );

type Shown = {
  readonly sellerId: Id<"seller"> | undefined;
  readonly now: number;
  readonly before: Id<"voucher"> | undefined;
  readonly limit: number;
};

/** What is offered to everybody, of one shop or of all; what is still to begin too. */
export const listedQuery = ({ sellerId, now, before, limit }: Shown): Query<readonly Voucher[]> =>
  query(
    (read) =>
      read
        .select()
        .from(voucher)
        .where(
          and(
            sql`${voucher.isListed} AND ${voucher.state} = 'active'`,
            gt(voucher.endsAt, now),
            sellerId && eq(voucher.sellerId, sellerId),
            before && lt(voucher.id, before),
          ),
        )
        .orderBy(desc(voucher.id))
        .limit(limit),
    (rows) => rows.map(fromRow),
  );
