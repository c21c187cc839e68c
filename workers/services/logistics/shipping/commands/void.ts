import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { ok, orThrow } from "#kernel/result";
import type { Label } from "../domain/label.ts";
import { fail } from "../errors.ts";
import { portOf } from "../providers/choose.ts";
import { CarrierRefused, CarrierSilent } from "../providers/port.ts";
import { insertPickup, labelsByIdQuery, ownLabelQuery } from "../repository/labels.ts";
import type { AskPickup } from "../schemas.ts";
import { askVoid } from "./advance.ts";

const RETRY_AFTER_SECONDS = 30;

function answered(error: unknown): never {
  if (error instanceof CarrierSilent)
    throw fail("shipping.label_not_ready", { retryAfter: RETRY_AFTER_SECONDS });
  if (error instanceof CarrierRefused) throw fail("shipping.label_refused", { detail: error.message });
  throw error;
}

/** Gives a label back to its carrier; asking again for what is given back changes nothing. */
export async function voidLabel(ctx: Ctx, { labelId }: { readonly labelId: Id<"label"> }): Promise<Label> {
  const sellerId = requireShop(ctx, "order:write");
  const outcome = await untilFresh("shipping.label_stale", async () => {
    const [label] = await ctx.db.load(ownLabelQuery(sellerId, labelId));
    if (!label) throw fail("shipping.label_not_found");
    if (label.state === "voided" || label.state === "voiding") return ok(label);
    if (label.state !== "bought" && label.state !== "shipped") throw fail("shipping.label_wrong_state");
    const { after, statements } = await askVoid(ctx, label).catch(answered);
    if (after === label) throw fail("shipping.void_refused");
    const committed = await ctx.db.commit(statements);
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, fail);
}

/** Asks the labels' carrier to come for them. */
export async function askPickup(ctx: Ctx, { labelIds, from, until }: AskPickup) {
  const sellerId = requireShop(ctx, "order:write");
  const [labels] = await ctx.db.load(labelsByIdQuery(sellerId, labelIds));
  if (labels.length !== new Set(labelIds).size) throw fail("shipping.label_not_found");
  const [first] = labels;
  const isOne = labels.every(
    (label) => label.provider === first?.provider && label.carrier === first.carrier,
  );
  const port = first && portOf(ctx, first.provider);
  if (!first || !port || !isOne || from >= until) throw fail("shipping.pickup_unsupported");
  if (labels.some(({ state }) => state !== "bought" && state !== "shipped"))
    throw fail("shipping.label_wrong_state");
  const refs = labels.flatMap(({ providerRef }) => providerRef ?? []);
  const confirmation = await port.pickup(refs, { from, until, sender: first.sender }).catch(answered);
  const made = {
    id: ctx.ids.next("pickup"),
    provider: first.provider,
    labelIds,
    confirmation: confirmation ?? "",
  };
  const row = { ...made, sellerId, startsAt: from, endsAt: until, createdAt: ctx.clock.now() };
  await ctx.db.commit([insertPickup(row)]);
  return { ...made, from: new Date(from).toISOString(), until: new Date(until).toISOString() };
}
