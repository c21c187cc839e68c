import { Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { payoutFileKey } from "../domain/payout.ts";
import { fail } from "../errors.ts";

/** It names people's accounts: no copy of it is kept on its way. */
export async function readPayoutFile(ctx: Ctx, { fileId }: { readonly fileId: Id<"document"> }) {
  const file = await ctx.buckets.DOCUMENTS.get(payoutFileKey(ctx.cell, fileId));
  if (!file) throw fail("wallet.payout_file_not_found");
  return new Reply<unknown>(file.body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${fileId}.csv"`,
      "cache-control": "no-store",
    },
  });
}
