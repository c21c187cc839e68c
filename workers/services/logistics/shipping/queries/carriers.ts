import type { Ctx } from "#kernel/ctx";
import { afterFailure, type Breaker, CLOSED, stateOf } from "../domain/breaker.ts";
import { isPlausible, type LiveProvider, type LiveRate } from "../domain/rate.ts";
import { bucketOf } from "../domain/weight.ts";
import type { CarrierPort, RateAsk } from "../providers/port.ts";
import { CarrierRefused } from "../providers/port.ts";

/** The part of the time-out that copies may take: a Redis that hangs must not look like carriers that do. */
const COPIES_SHARE = 4;

/** A question to one carrier about one parcel. */
export type Question = { readonly port: CarrierPort; readonly ask: RateAsk };
export type Answered = { readonly rates: readonly LiveRate[]; readonly source: "live" | "cached" };

type Copy = {
  readonly at: number;
  readonly rates: readonly (Omit<LiveRate, "priceMinor"> & { readonly priceMinor: string })[];
};

/**
 * What an isolate knows of its carriers. Redis has the same, so that one isolate's failures spare all the
 * others theirs; it is read with the copies, in one call, and without it each isolate learns by itself.
 */
type Known = { readonly breakers: Map<string, Breaker>; readonly probing: Set<string> };
const isolates = new WeakMap<object, Known>();

function knownOf(env: Env): Known {
  const known = isolates.get(env) ?? { breakers: new Map(), probing: new Set() };
  isolates.set(env, known);
  return known;
}

/** Copies are of an origin, a destination's area and a step of weight: the price is of nothing else. */
const copyKey = ({ cell }: Pick<Ctx, "cell">, { port, ask }: Question): string => {
  const { origin, destination, grams, couriers } = ask;
  const place = (one: { readonly country: string; readonly postalCode: string }) =>
    `${one.country}-${one.postalCode.replace(/\s/g, "")}`;
  const way = `${place(origin)}:${place(destination)}:${bucketOf(grams)}`;
  return `${cell}:rates:${port.name}:${way}:${couriers.join("+")}`;
};
const breakerKey = ({ cell }: Pick<Ctx, "cell">, name: LiveProvider): string => `${cell}:carrier:${name}`;

/**
 * Asks all at once and waits for none of them past the market's time-out. A fresh copy is an answer; an old
 * one only where the carrier gave none. Whoever fails too often is not asked for a while.
 */
export async function askCarriers(ctx: Ctx, questions: readonly Question[]): Promise<readonly Answered[]> {
  if (questions.length === 0) return [];
  const { shipping } = ctx.market;
  const signal = AbortSignal.timeout(shipping.liveTimeoutMs);
  const readMs = shipping.liveTimeoutMs / COPIES_SHARE;
  const names = [...new Set(questions.map(({ port }) => port.name))];
  const { copies, breakers } = await readKnown(ctx, { questions, names, readMs });
  const asked = names.map((name) => {
    const mine = questions.flatMap((question, i) =>
      question.port.name === name ? [{ question, i, copy: copies[i] }] : [],
    );
    return askOne(ctx, { name, breaker: breakers.get(name) ?? CLOSED, mine, signal });
  });
  const answers = new Map((await Promise.all(asked)).flat());
  return questions.map((_, i) => answers.get(i) ?? { rates: [], source: "cached" });
}

type Reading = {
  readonly questions: readonly Question[];
  readonly names: readonly LiveProvider[];
  readonly readMs: number;
};

async function readKnown(ctx: Ctx, { questions, names, readMs }: Reading) {
  const { breakers: own } = knownOf(ctx.env);
  const keys = [...names.map((name) => breakerKey(ctx, name)), ...questions.map((one) => copyKey(ctx, one))];
  const reading = ctx.redis.mget<(Breaker | Copy | null)[]>(...keys).catch(() => undefined);
  const found = await Promise.race([reading, scheduler.wait(readMs)]);
  const breakers = new Map<LiveProvider, Breaker>();
  for (const [i, name] of names.entries()) {
    const key = breakerKey(ctx, name);
    const shared = found?.[i] as Breaker | null | undefined;
    breakers.set(name, (found ? shared : own.get(key)) ?? CLOSED);
  }
  const copies = questions.map((_, i) => (found?.[names.length + i] ?? undefined) as Copy | undefined);
  return { copies, breakers };
}

type Mine = { readonly question: Question; readonly i: number; readonly copy: Copy | undefined };
type Asking = {
  readonly name: LiveProvider;
  readonly breaker: Breaker;
  readonly mine: readonly Mine[];
  readonly signal: AbortSignal;
};

async function askOne(ctx: Ctx, { name, breaker, mine, signal }: Asking): Promise<[number, Answered][]> {
  const { shipping } = ctx.market;
  const now = ctx.clock.now();
  const isWithin = (copy: Copy | undefined, ms: number): copy is Copy =>
    copy !== undefined && now - copy.at <= ms;
  const fresh = mine.filter(({ copy }) => isWithin(copy, shipping.copyFreshMs));
  const rest = mine.filter(({ copy }) => !isWithin(copy, shipping.copyFreshMs));
  const fallback = ({ i, copy }: Mine): [number, Answered] => [
    i,
    { rates: isWithin(copy, shipping.copyOldMs) ? fromCopy(copy) : [], source: "cached" },
  ];
  const state = stateOf(breaker, shipping.breaker, now);
  const { probing } = knownOf(ctx.env);
  const key = breakerKey(ctx, name);
  if (rest.length === 0 || state === "open" || (state === "half_open" && probing.has(key))) {
    return mine.map(fallback);
  }
  // One call shows whether the carrier is back; the others of this moment have their copies.
  const sent = state === "half_open" ? rest.slice(0, 1) : rest;
  if (state === "half_open") probing.add(key);
  const heard = await Promise.all(sent.map(({ question }) => hear(ctx, question, signal)));
  probing.delete(key);
  remember(ctx, key, { before: breaker, heard, now });
  keepCopies(ctx, { sent, heard, now });
  const answers = new Map(sent.map((one, n) => [one.i, heard[n]] as const));
  return [...fresh, ...rest].map((one): [number, Answered] => {
    const rates = answers.get(one.i);
    return Array.isArray(rates) ? [one.i, { rates, source: "live" }] : fallback(one);
  });
}

type Heard = readonly LiveRate[] | "silent";

/** A carrier that does not serve the parcel has answered; only silence counts against it. */
async function hear(ctx: Ctx, { port, ask }: Question, signal: AbortSignal): Promise<Heard> {
  try {
    const rates = await port.rates({ ...ask, grams: bucketOf(ask.grams) }, signal);
    return rates.filter(isPlausible);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    ctx.log.warn("shipping.rates_failed", { provider: port.name, reason });
    return error instanceof CarrierRefused ? [] : "silent";
  }
}

type Outcome = { readonly before: Breaker; readonly heard: readonly Heard[]; readonly now: number };

function remember(ctx: Ctx, key: string, { before, heard, now }: Outcome): void {
  const rules = ctx.market.shipping.breaker;
  const failed = heard.filter((one) => one === "silent").length;
  // One answer shows that it is there; without any each question that failed is a failure.
  const after =
    failed < heard.length ? CLOSED : heard.reduce((breaker) => afterFailure(breaker, rules, now), before);
  if (after === CLOSED && before.failures === 0) return;
  const { breakers } = knownOf(ctx.env);
  breakers.set(key, after);
  const seconds = Math.ceil(rules.openMs / 1_000) * 10;
  // Two isolates may write at once, and one failure is lost: the carrier is then asked once more.
  ctx.defer(ctx.redis.set(key, after, { ex: seconds }).catch(() => undefined));
}

type Keeping = { readonly sent: readonly Mine[]; readonly heard: readonly Heard[]; readonly now: number };

function keepCopies(ctx: Ctx, { sent, heard, now }: Keeping): void {
  const ex = Math.max(1, Math.ceil(ctx.market.shipping.copyOldMs / 1_000));
  for (const [n, { question }] of sent.entries()) {
    const rates = heard[n];
    if (!Array.isArray(rates) || rates.length === 0) continue;
    const copy: Copy = {
      at: now,
      rates: rates.map((rate: LiveRate) => ({ ...rate, priceMinor: rate.priceMinor.toString() })),
    };
    ctx.defer(ctx.redis.set(copyKey(ctx, question), copy, { ex }).catch(() => undefined));
  }
}

const fromCopy = ({ rates }: Copy): readonly LiveRate[] =>
  rates.map((rate) => ({ ...rate, priceMinor: BigInt(rate.priceMinor) }));
