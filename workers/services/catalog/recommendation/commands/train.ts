import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { listedQuery } from "#services/catalog/search/index";
import { byCategory, LIST_KINDS, type NeighbourKind, trendOf, WEIGHT } from "../domain/compose.ts";
import { type Interaction, type Model, PARAMS, type Params, type Scored, train } from "../domain/model.ts";
import { TRAIN_MODEL } from "../facts.ts";
import { actsSince, type Event } from "../repository/events.ts";
import * as models from "../repository/model.ts";

/**
 * The latest acts of a kind: an isolate has 128 MB, and two hundred thousand acts take some forty of them.
 */
const ACTS_MAX = 100_000;
/** More than a list shows after everything that may not be shown is left out. */
const NEIGHBOURS_KEPT = 50;
/** A person of a shop's size must not make the work of all others his own. */
const PERSON_ITEMS_MAX = 300;
const LIST_LENGTH = 100;
/** Rows of one commit: a request of some hundred kilobytes. */
const SLICE = 200;

const SUBJECT = "model";

/** The end of this stretch of time: whoever schedules within it names the same row and the same instant. */
export function trainSoon(ctx: Ctx): Statement {
  const { trainEveryMs } = ctx.market.recommendation;
  const dueAt = (Math.floor(ctx.clock.now() / trainEveryMs) + 1) * trainEveryMs;
  return schedule(ctx, TRAIN_MODEL, { subject: SUBJECT, payload: {}, dueAt });
}

async function inSlices<T>(
  ctx: Ctx,
  rows: readonly T[],
  write: (slice: readonly T[]) => Statement,
): Promise<void> {
  for (let from = 0; from < rows.length; from += SLICE) {
    await ctx.db.commit([write(rows.slice(from, from + SLICE))]);
  }
}

function* interactionsOf(
  acts: readonly Event[],
  personOf: (act: Event) => string,
): Generator<Interaction, void, undefined> {
  for (const act of acts) {
    yield { personId: personOf(act), itemId: act.itemId, at: act.at, weight: WEIGHT[act.kind] };
  }
}

/**
 * Learns what goes with what, what is popular and what rises, and writes it down. Every row is whole by
 * itself and says when it was learnt, so a training that dies on the way leaves older rows and no wrong
 * ones.
 */
export async function trainModel(ctx: Ctx): Promise<readonly Statement[]> {
  const now = ctx.clock.now();
  const { windowMs, halfLifeMs } = ctx.market.recommendation;
  const since = now - windowMs;
  const within = { since, limit: ACTS_MAX };
  const params: Params = {
    ...PARAMS,
    halfLifeMs,
    neighboursMax: NEIGHBOURS_KEPT,
    personItemsMax: PERSON_ITEMS_MAX,
  };
  const sold = await actsSince(ctx.clickhouse, "sold", within);
  const together = train(
    interactionsOf(sold, ({ basket }) => basket),
    now,
    params,
  );
  await keepNeighbours(ctx, "together", together, now);
  const looked = await actsSince(ctx.clickhouse, "looked", within);
  const viewed = train(
    interactionsOf(looked, ({ personId }) => personId),
    now,
    params,
  );
  await keepNeighbours(ctx, "viewed", viewed, now);
  const acts = [...sold, ...looked];
  const liked = train(
    interactionsOf(acts, ({ personId }) => personId),
    now,
    params,
  );
  await keepNeighbours(ctx, "liked", liked, now);
  await keepLists(ctx, { popular: liked.popular, trending: trendOf(acts, now) }, now);
  await keepTraces(ctx, looked, now - 2 * ctx.market.recommendation.trainEveryMs);
  await ctx.db.commit([models.forgetOldTraces(since)]);
  ctx.log.info("recommendation.trained", { sold: sold.length, looked: looked.length });
  return [trainSoon(ctx)];
}

async function keepNeighbours(ctx: Ctx, kind: NeighbourKind, model: Model, trainedAt: number): Promise<void> {
  const rows = [...model.neighbours].flatMap(([itemId, neighbours]) =>
    neighbours.length === 0 ? [] : [{ kind, itemId: itemId as Id<"product">, neighbours, trainedAt }],
  );
  await inSlices(ctx, rows, models.saveNeighbours);
  await ctx.db.commit([models.dropNeighbours(kind, trainedAt)]);
}

type Lists = { readonly [K in (typeof LIST_KINDS)[number]]: readonly Scored[] };

async function keepLists(ctx: Ctx, lists: Lists, trainedAt: number): Promise<void> {
  const ids = [...new Set(LIST_KINDS.flatMap((kind) => lists[kind].map(({ itemId }) => itemId)))];
  const pathOf = new Map<string, readonly string[]>();
  for (let from = 0; from < ids.length; from += SLICE) {
    const [listed] = await ctx.db.load(listedQuery(ids.slice(from, from + SLICE)));
    for (const { productId, categoryPath } of listed) pathOf.set(productId, categoryPath);
  }
  const rows = LIST_KINDS.flatMap((kind) =>
    [...byCategory(lists[kind], pathOf, LIST_LENGTH)].map(([categoryId, items]) => {
      return { kind, categoryId, items, trainedAt };
    }),
  );
  await inSlices(ctx, rows, models.saveLists);
  await ctx.db.commit([models.dropLists(trainedAt)]);
}

/**
 * Purchases come by their own facts; what a person of ours has looked at since the last time is told here.
 */
async function keepTraces(ctx: Ctx, looked: readonly Event[], since: number): Promise<void> {
  const own = looked.filter(({ personId, at }) => at >= since && /^(usr|gst)_/.test(personId));
  await inSlices(ctx, own, models.saveTraces);
}
