import type { Ctx } from "#kernel/ctx";
import type { Provider } from "../domain/payment.ts";

/** So many silences in a row, with no answer between them, are an outage. */
const SILENCES_MAX = 5;
/** After so long without another silence a provider is tried again. */
const AWAY_SECONDS = 30;

const keyOf = ({ cell }: Ctx, provider: Provider): string => `payment:silences:${cell}:${provider}`;

/** Whether a provider has been silent so often that a buyer is better not made to wait for him. */
export async function isAway(ctx: Ctx, provider: Provider): Promise<boolean> {
  // Without Redis nobody is known to be away: the call itself will tell.
  const silences = await ctx.redis.get<number>(keyOf(ctx, provider)).catch(() => null);
  return Number(silences ?? 0) >= SILENCES_MAX;
}

/** Counts a silence, or ends the count with an answer; never holds up the payment that it is about. */
export function noteHealth(ctx: Ctx, provider: Provider, answered: boolean): void {
  const key = keyOf(ctx, provider);
  const noted = answered
    ? ctx.redis.del(key)
    : Promise.all([ctx.redis.incr(key), ctx.redis.expire(key, AWAY_SECONDS)]);
  ctx.defer(noted.catch(() => undefined));
}
