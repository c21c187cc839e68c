import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, type Client, clientOf } from "./http-client.ts";
import { newEmail, type Stocked, startOf } from "./market-stall.ts";
import type { RunningPlatform } from "./running-platform.ts";

/** A buyer tries again for so long: a request that died with its engine holds its key for half a minute. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 250;
const PAUSE_MS = 60;

/** One answer as its caller saw it. */
export type Seen = {
  readonly what: string;
  readonly status: number;
  readonly ms: number;
  readonly type: string;
  readonly retryAfter: string | null;
  readonly code: string | undefined;
};
export type Placed = { readonly buyer: Client; readonly orderId: string; readonly email: string };
export type Load = {
  readonly seen: readonly Seen[];
  readonly placed: readonly Placed[];
  /** Lets everybody finish what they have begun. */
  end(): Promise<void>;
};

/** Somebody who keeps looking and somebody who keeps buying, cash at the door, until told to end. */
export function startLoad(platform: RunningPlatform, offer: Stocked): Load {
  const seen: Seen[] = [];
  const placed: Placed[] = [];
  const ending = new AbortController();
  const watched = watcherOf(seen);
  const repeat = async (work: () => Promise<unknown>) => {
    while (!ending.signal.aborted) {
      await work();
      await sleep(PAUSE_MS);
    }
  };
  const visitor = clientOf(platform);
  const look = async () => {
    await watched("product", () => visitor.get(`/v1/products/${offer.productId}`));
    await watched("list", () => visitor.get("/v1/products"));
  };
  const shop = async () => {
    const { body } = await again(() => watched("visit", () => visitor.post("/v1/carts")));
    const guest = clientOf(platform, { token: body.token });
    placed.push(await purchase(guest, offer.offerId, watched));
  };
  const running = Promise.all([repeat(look), repeat(shop)]);
  // Awaited at the end; a failure before that is kept for it.
  running.catch(() => ending.abort());
  return {
    seen,
    placed,
    end: async () => {
      ending.abort();
      await running;
    },
  };
}

type Watched = (what: string, call: () => Promise<Answer>) => Promise<Answer>;

function watcherOf(seen: Seen[]): Watched {
  return async (what, call) => {
    const startedAt = performance.now();
    const answer = await call();
    seen.push({
      what,
      status: answer.status,
      ms: performance.now() - startedAt,
      type: answer.headers.get("content-type") ?? "",
      retryAfter: answer.headers.get("retry-after"),
      code: answer.body?.code,
    });
    return answer;
  };
}

/** A caller who does as a 503 says: waits, and sends the same again. */
async function again(call: () => Promise<Answer>): Promise<Answer> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await call();
    const isPassing = answer.status === 503 || answer.body?.code === "request.in_flight";
    if (!isPassing || performance.now() > giveUpAt) return answer;
    await sleep(RETRY_MS);
  }
}

/** Cart, checkout, order; each step with a key of its own, so that it may be sent as often as it takes. */
async function purchase(guest: Client, offerId: string, watched: Watched): Promise<Placed> {
  const email = newEmail("load");
  const step = async (what: string, path: string, body: object) => {
    const key = crypto.randomUUID();
    const answer = await again(() => watched(what, () => guest.post(path, body, { key })));
    if (answer.status >= 400) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { cart } = await step("open", "/v1/carts", {});
  await step("line", `/v1/carts/${cart.id}/lines`, { offerId, quantity: 1 });
  const checkout = await step("checkout", "/v1/checkouts", startOf({ email, method: "cod", market: "id" }));
  const { orders } = await step("complete", `/v1/checkouts/${checkout.id}/complete`, {});
  return { buyer: guest, orderId: orders[0].id, email };
}
