import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { append } from "#kernel/outbox";
import { ProductChangeDecided } from "../facts.ts";
import type { ChangeRow, ShownChange } from "../repository/changes.ts";
import { zProposed } from "../schemas/proposal.ts";
import { forgetFiles } from "./forget-files.ts";

/** Nobody else names them: their keys were made for this request, or for one whose pictures it took over. */
export function forgetPictures(ctx: Ctx, asked: readonly Pick<ChangeRow, "patch">[]): void {
  const keys = asked.flatMap(({ patch }) => zProposed.parse(patch).pictures.map(({ key }) => key));
  if (keys.length > 0) ctx.defer(forgetFiles(ctx, keys));
}

type Decided = {
  readonly decision: "approved" | "rejected" | "superseded";
  readonly reason?: string | undefined;
};

/** For the commit that decides: who asked hears of it. */
export function tellDecided(
  ctx: Ctx,
  asked: readonly ShownChange[],
  { decision, reason }: Decided,
): Statement {
  const facts = asked.map(({ productId, number, sellerId, titles }) => {
    const about = { productId, number, sellerId, decision, reason, titles };
    return ProductChangeDecided.make(ctx, { id: productId, version: number }, about);
  });
  return append(...facts);
}
