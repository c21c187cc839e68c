import type { Ctx } from "#kernel/ctx";
import { onTokenBucket } from "#objects/stubs";
import type { BucketTerms } from "#objects/token-bucket";
import { prefixOf } from "../domain.ts";
import { fail } from "../errors.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Guesses at one account from one network; a right password gives them back. */
const GUESSES: BucketTerms = { capacity: 10, refillMs: MINUTE_MS };
/** Guesses at one account from everywhere: a botnet must not have ten from each of its machines. */
const GUESSES_EVERYWHERE: BucketTerms = { capacity: 50, refillMs: 2 * MINUTE_MS };
/** Mails to one address: nobody is flooded, and nobody gets more guesses by asking for more codes. */
const MAILS: BucketTerms = { capacity: 5, refillMs: 10 * MINUTE_MS };

/** What one address may do, as a share of the configured requests a minute: a bench raises that, not this. */
const SHARES = { signIn: 0.5, signUp: 0.2, mail: 0.2, exchange: 0.5 } as const;

type Bucket = { readonly name: string; readonly terms: BucketTerms };

function byAddress(ctx: Ctx, what: keyof typeof SHARES): Bucket {
  const capacity = Math.max(1, Math.floor(Number(ctx.env.RATE_LIMIT_ADDRESS) * SHARES[what]));
  const terms = { capacity, refillMs: Math.ceil((3 * MINUTE_MS) / capacity) };
  return { name: `${what}-address/${prefixOrAll(ctx.address)}`, terms };
}

/** Of an address the whole is limited; where there is none (our own scripts) they share one bucket. */
const prefixOrAll = (address: string): string => (address === "" ? "none" : address);

/** Names whom it is about without telling: the object's name is kept. */
const nameOf = ({ keys }: Pick<Ctx, "keys">, email: string): string => keys.sign("code", email).slice(0, 22);

async function takeAll(ctx: Ctx, buckets: readonly Bucket[]): Promise<void> {
  const taken = await Promise.all(
    buckets.map(({ name, terms }) => onTokenBucket(ctx, name, (bucket) => bucket.take(terms))),
  );
  const refused = taken.filter((one) => !one.ok);
  if (refused.length === 0) return;
  throw fail("auth.limited", { retryAfter: Math.max(...refused.map((one) => one.retryAfterSeconds)) });
}

const guessesOf = (ctx: Ctx, email: string) => `guess/${nameOf(ctx, email)}/${prefixOf(ctx.address)}`;

/** The lockout: the same for an address that has no account, since nothing here asks whether it has. */
export const limitGuesses = (ctx: Ctx, email: string): Promise<void> =>
  takeAll(ctx, [
    { name: guessesOf(ctx, email), terms: GUESSES },
    { name: `guess/${nameOf(ctx, email)}`, terms: GUESSES_EVERYWHERE },
    byAddress(ctx, "signIn"),
  ]);

/** Only what this network guessed is forgiven: who signs in at home does not free the guesser elsewhere. */
export const forgiveGuesses = (ctx: Ctx, email: string): Promise<void> =>
  onTokenBucket(ctx, guessesOf(ctx, email), (bucket) => bucket.clear());

export const limitSignUp = (ctx: Ctx, email: string): Promise<void> =>
  takeAll(ctx, [{ name: `mail/${nameOf(ctx, email)}`, terms: MAILS }, byAddress(ctx, "signUp")]);

export const limitMail = (ctx: Ctx, email: string): Promise<void> =>
  takeAll(ctx, [{ name: `mail/${nameOf(ctx, email)}`, terms: MAILS }, byAddress(ctx, "mail")]);

export const limitExchange = (ctx: Ctx): Promise<void> => takeAll(ctx, [byAddress(ctx, "exchange")]);
