import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Query, query } from "#kernel/db";
import { listedQuery, newestListedQuery } from "#services/catalog/search/index";
import { consentsQuery } from "#services/social/user/index";
import { isGranted } from "../commands/prefer.ts";
import { type Act, compose, seenOf, tracesOf, withReasons } from "../domain/compose.ts";
import { PARAMS, type Reasoned, scoreByTraces } from "../domain/model.ts";
import { listQuery, neighboursQuery, tracesQuery } from "../repository/model.ts";
import type { AskForYou } from "../schemas.ts";
import { isInStock, shelfOf } from "./items.ts";
import { toAnswer, toItems } from "./show.ts";

/** A year of a busy buyer; what he has is left out as far back as this goes. */
const TRACES_MAX = 500;
/** The traces that vote: each brings its neighbours, and the oldest say next to nothing. */
const VOTERS_MAX = 100;
const CANDIDATES_MAX = 200;
const POOL_MAX = 50;

const KINDS = { view: "viewed", cart: "carted", buy: "bought", hide: "hidden" } as const;

/** Who is asked for: nobody where he is not known or does not want to be. */
function personOf({ actor }: Ctx, { personalised }: AskForYou): string | undefined {
  if (!personalised) return undefined;
  if (actor.kind === "user") return actor.userId;
  return actor.kind === "guest" ? actor.guestId : undefined;
}

/** What is known of a person who has not objected. */
async function pastOf(ctx: Ctx, personId: string | undefined): Promise<readonly Act[] | "objected"> {
  if (personId === undefined) return [];
  const consents =
    ctx.actor.kind === "user"
      ? consentsQuery(ctx.actor.userId)
      : (NOTHING as ReturnType<typeof consentsQuery>);
  const [acts, said] = await ctx.db.load(tracesQuery(personId, TRACES_MAX), consents);
  return isGranted(said) ? acts : "objected";
}

/** The acts of this session, the last one the latest. */
function sessionOf({ session }: AskForYou, now: number): readonly Act[] {
  return session.map(({ type, productId }, i) => ({
    itemId: productId,
    kind: KINDS[type],
    at: now - (session.length - 1 - i),
  }));
}

/** One seed a person and day, so that a page that is read again has not moved; the answer names it. */
function seedOf(ctx: Ctx, { seed }: AskForYou, personId: string | undefined): string {
  if (seed !== undefined) return seed;
  const day = Math.floor(ctx.clock.now() / DAY_MS);
  return ctx.keys.sign("link", `recommendation ${personId ?? ctx.address} ${day}`).slice(0, 16);
}

export async function recommendForYou(ctx: Ctx, input: AskForYou) {
  const now = ctx.clock.now();
  const personId = personOf(ctx, input);
  const found = await pastOf(ctx, personId);
  const isPersonal = input.personalised && found !== "objected";
  const past = found === "objected" ? [] : found;
  const session = isPersonal ? sessionOf(input, now) : [];
  const voters = [...tracesOf(past, session)].sort((a, b) => b.at - a.at).slice(0, VOTERS_MAX);
  const category = input.category ?? "";
  const [neighbours, trending, popular, newest] = await ctx.db.load(
    neighboursQuery(
      "liked",
      voters.map(({ itemId }) => itemId),
    ),
    listQuery("trending", category),
    listQuery("popular", category),
    newestListedQuery(POOL_MAX, input.category),
  );
  const scored = scoreByTraces(neighbours, voters, now, PARAMS).slice(0, CANDIDATES_MAX);
  const ids = [scored, trending, popular, voters].flatMap((items) => items.map(({ itemId }) => itemId));
  const [listed] = await ctx.db.load(listedQuery([...new Set(ids)]));
  const shelf = shelfOf([...newest, ...listed]);
  const unwanted = new Set<string>([...seenOf(past, session), ...input.exclude]);
  const isFit = (itemId: string) => {
    const one = shelf.get(itemId);
    const isHere = category === "" || (one?.categoryPath.includes(category) ?? false);
    return isInStock(one) && isHere && !unwanted.has(itemId);
  };
  const basisPoints = ctx.market.recommendation.explorationBasisPoints;
  const seed = seedOf(ctx, input, personId);
  const pool = unseen(
    newest.map(({ productId }) => productId),
    scored,
    popular,
  );
  const sources = [
    { reason: "because_viewed", items: scored },
    { reason: "trending", items: trending.slice(0, input.limit) },
    { reason: "popular", items: popular },
    { reason: "new", items: newest.map(({ productId: itemId }) => ({ itemId, score: 0 })) },
  ] as const;
  const choices = compose(sources, { limit: input.limit, isFit, exploration: { pool, basisPoints, seed } });
  const items = toItems(ctx, withReasons(choices, scored, [...past, ...session]), shelf);
  const exploration = { basisPoints, seed };
  return toAnswer(ctx, { slot: input.slot, personalised: isPersonal, exploration, items });
}

/** What nobody has had to do with yet has no other way into a list. */
function unseen(
  newest: readonly string[],
  scored: readonly Reasoned[],
  popular: readonly { readonly itemId: string }[],
): readonly string[] {
  const known = new Set([...scored, ...popular].map(({ itemId }) => itemId));
  const fresh = newest.filter((itemId) => !known.has(itemId));
  return fresh.length > 0 ? fresh : newest;
}

const NOTHING: Query<readonly never[]> = query(
  (read) => read.execute("SELECT 1 WHERE false"),
  () => [],
);
