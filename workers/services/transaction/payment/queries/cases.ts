import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, toPage } from "#kernel/page";
import { fail } from "../errors.ts";
import { disputeQuery, disputesQuery, evidenceQuery } from "../repository/disputes.ts";
import { fileQuery, filesQuery, mismatchesQuery, rowsQuery } from "../repository/settlement.ts";
import {
  type DisputeList,
  type FileList,
  type MismatchList,
  type RowList,
  toDisputeDto,
  toFileDto,
  toMismatchDto,
  toRowDto,
} from "../schemas.ts";

export async function listDisputes(ctx: Ctx, { state, limit, cursor }: DisputeList) {
  requireOperator(ctx, "payment:read");
  const scope = `payment.disputes ${state}`;
  const [after] = (decodeCursor(ctx, scope, cursor) ?? []) as readonly Id<"dispute">[];
  const [rows] = await ctx.db.load(disputesQuery({ state, after, limit: limit + 1 }));
  return toPage(
    ctx,
    scope,
    limit,
    rows,
    ({ id }) => [id],
    (dispute) => toDisputeDto(dispute),
  );
}

export async function getDispute(ctx: Ctx, { disputeId }: { readonly disputeId: Id<"dispute"> }) {
  requireOperator(ctx, "payment:read");
  const [dispute, evidence] = await ctx.db.load(disputeQuery(disputeId), evidenceQuery(disputeId));
  if (!dispute) throw fail("payment.dispute_not_found");
  return toDisputeDto(dispute, evidence);
}

export async function showSettlementFile(ctx: Ctx, { fileId }: { readonly fileId: Id<"settlementFile"> }) {
  requireOperator(ctx, "payment:read");
  const [file] = await ctx.db.load(fileQuery(fileId));
  if (!file) throw fail("payment.file_not_found");
  return toFileDto(file, ctx.market.currency);
}

/** The newest first. */
export async function listSettlementFiles(ctx: Ctx, { limit, cursor }: FileList) {
  requireOperator(ctx, "payment:read");
  const scope = "payment.settlement_files";
  const [after] = (decodeCursor(ctx, scope, cursor) ?? []) as readonly Id<"settlementFile">[];
  const [rows] = await ctx.db.load(filesQuery(after, limit + 1));
  const { currency } = ctx.market;
  return toPage(
    ctx,
    scope,
    limit,
    rows,
    ({ id }) => [id],
    (file) => toFileDto(file, currency),
  );
}

export async function listSettlementRows(ctx: Ctx, { fileId, outcome, limit, cursor }: RowList) {
  requireOperator(ctx, "payment:read");
  const scope = `payment.settlement_rows ${fileId} ${outcome ?? "all"}`;
  const [after] = decodeCursor(ctx, scope, cursor) ?? [];
  const wanted = {
    fileId,
    outcome,
    after: after === undefined ? undefined : Number(after),
    limit: limit + 1,
  };
  const [file, rows] = await ctx.db.load(fileQuery(fileId), rowsQuery(wanted));
  if (!file) throw fail("payment.file_not_found");
  return toPage(ctx, scope, limit, rows, ({ line }) => [String(line)], toRowDto);
}

/** What is still to be explained, or how it was, of the newest file first. */
export async function listMismatches(ctx: Ctx, { state, provider, limit, cursor }: MismatchList) {
  requireOperator(ctx, "payment:read");
  const scope = `payment.mismatches ${state} ${provider ?? "all"}`;
  const [fileId, line] = (decodeCursor(ctx, scope, cursor) ?? []) as readonly [
    Id<"settlementFile">?,
    string?,
  ];
  const after = fileId === undefined ? undefined : { fileId, line: Number(line) };
  const [rows] = await ctx.db.load(mismatchesQuery({ state, provider, after, limit: limit + 1 }));
  return toPage(ctx, scope, limit, rows, (row) => [row.fileId, String(row.line)], toMismatchDto);
}
