import type { Ctx } from "#kernel/ctx";
import { onTokenBucket } from "#objects/stubs";
import type { BucketTerms } from "#objects/token-bucket";
import { fail } from "../errors.ts";

const SECOND_MS = 1_000;
/** Unknown codes that one buyer may try: a slip of the finger, and not a search. */
const BY_BUYER: BucketTerms = { capacity: 16, refillMs: 60 * SECOND_MS };
/**
 * From one address, whoever its visitors say they are, since anybody can be a new guest at each request: a
 * share of the configured requests a minute, so that a bench raises that and not this.
 */
function byAddress({ env }: Pick<Ctx, "env">): BucketTerms {
  const capacity = Math.max(BY_BUYER.capacity, Math.floor(Number(env.RATE_LIMIT_ADDRESS) * ADDRESS_SHARE));
  return { capacity, refillMs: Math.ceil((15 * 60 * SECOND_MS) / capacity) };
}
const ADDRESS_SHARE = 0.6;

/**
 * Tokens are taken for every code before it is known whether there is one, and given back for those that
 * there are: however many requests come at once, no more guesses are answered than there are tokens.
 */
export async function guessing<T>(
  ctx: Ctx,
  { buyerId, codes }: { readonly buyerId: string; readonly codes: number },
  look: () => Promise<{ readonly found: number; readonly answer: T }>,
): Promise<T> {
  const buckets = [
    { name: `voucher-buyer/${buyerId}`, terms: BY_BUYER },
    { name: `voucher-address/${ctx.address === "" ? "none" : ctx.address}`, terms: byAddress(ctx) },
  ];
  const [taken, { found, answer }] = await Promise.all([
    Promise.all(
      buckets.map(({ name, terms }) => onTokenBucket(ctx, name, (bucket) => bucket.take(terms, codes))),
    ),
    look(),
  ]);
  const returned = (refused: boolean) => (refused ? codes : found);
  const isRefused = taken.some((one) => !one.ok);
  const back = buckets.flatMap((bucket, i) => {
    const tokens = returned(isRefused);
    return taken[i]?.ok && tokens > 0 ? [{ ...bucket, tokens }] : [];
  });
  const give = Promise.all(
    back.map(({ name, terms, tokens }) => onTokenBucket(ctx, name, (bucket) => bucket.give(terms, tokens))),
  );
  ctx.defer(give.catch(() => undefined));
  if (!isRefused) return answer;
  throw fail("voucher.too_many_guesses", {
    retryAfter: Math.max(...taken.map((one) => one.retryAfterSeconds)),
  });
}
