import { CELL, type Headers_, ids, signIn } from "../../bench/people.ts";
import type { Ground } from "../../bench/sale-world.ts";
import { ADDRESS } from "./address.ts";

const RETRY_MS = 150;
/** A killed runtime is back after some seconds; who has had no answer for so long gives up. */
const PATIENCE_MS = 40_000;

export type Shelf = { readonly offers: readonly string[]; readonly codes: readonly string[] };
export type Mall = Ground & { readonly midtransUrl: string };
/** What buyers were answered, over all kills. */
export type Tally = {
  buyers: number;
  placed: number;
  paid: number;
  readonly refused: Map<string, number>;
  /** Completes that were asked twice with one key and answered with different orders. */
  differing: number;
};
type Answer = { readonly status: number; readonly body: Body };
type Body = { readonly [field: string]: unknown };

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
const chance = (share: number): boolean => Math.random() < share;

/** Asks with the same key until somebody answers, as a client does that does not know if it was heard. */
async function ask(mall: Mall, path: string, headers: Headers_, body?: object): Promise<Answer> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      const response = await fetch(`${mall.url}${path}`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", "x-market": CELL },
        body: JSON.stringify(body ?? {}),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const answer = { status: response.status, body: (await response.json()) as Body };
      const isBusy = answer.status >= 500 || answer.body.code === "request.in_flight";
      if (!isBusy || Date.now() > until) return answer;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** One person buys once: fills a cart, checks out with a voucher, completes, pays or does not, or cancels. */
export async function buyOnce(mall: Mall, shelf: Shelf, tally: Tally): Promise<void> {
  tally.buyers += 1;
  const headers = await signIn(mall, ids.next("user"));
  const cart = (await ask(mall, "/v1/carts", headers)).body.cart as { readonly id: string } | undefined;
  if (!cart) return;
  const count = 1 + Math.floor(Math.random() * 3);
  const offerIds = new Set(Array.from({ length: count }, () => pick(shelf.offers)));
  const lines = [...offerIds].map((offerId) => ({ offerId, quantity: chance(0.3) ? 2 : 1 }));
  const filled = await ask(mall, `/v1/carts/${cart.id}/lines`, headers, { lines });
  if (filled.status !== 201) return refuse(tally, filled);
  const method = chance(0.75) ? "qris" : "cod";
  const start = { email: `${ids.next("event")}@example.com`, address: ADDRESS, paymentMethod: method };
  const voucherCodes = chance(0.8) ? [pick(shelf.codes)] : [];
  const checkout = await ask(mall, "/v1/checkouts", headers, { ...start, voucherCodes });
  if (checkout.status !== 201) return refuse(tally, checkout);
  const completed = await complete(mall, `${checkout.body.id}`, headers, tally);
  if (completed.status !== 200) return refuse(tally, completed);
  tally.placed += 1;
  await decide(mall, headers, completed.body as Completed, { method, tally });
}

type Completed = {
  readonly orders: readonly { readonly id: string }[];
  readonly payment: { readonly id: string };
};

/** Often asked twice at once, as an impatient thumb does: it must be one set of orders. */
async function complete(mall: Mall, checkoutId: string, headers: Headers_, tally: Tally): Promise<Answer> {
  const path = `/v1/checkouts/${checkoutId}/complete`;
  const keyed = { ...headers, "idempotency-key": ids.next("event") };
  const once = ask(mall, path, keyed);
  if (!chance(0.3)) return once;
  const [first, again] = await Promise.all([once, ask(mall, path, keyed)]);
  const ordersOf = ({ body }: Answer) => JSON.stringify(body.orders);
  if (first.status === 200 && again.status === 200 && ordersOf(first) !== ordersOf(again)) {
    tally.differing += 1;
  }
  return first.status === 200 ? first : again;
}

/** Most pay, some late or not at all, some change their mind. */
async function decide(
  mall: Mall,
  headers: Headers_,
  { orders, payment }: Completed,
  { method, tally }: { readonly method: string; readonly tally: Tally },
): Promise<void> {
  if (chance(0.1)) {
    await ask(mall, `/v1/orders/${pick(orders).id}/cancel`, headers, { reason: "changed_mind" });
  }
  if (method === "cod" || chance(0.15)) return;
  if (chance(0.3)) await new Promise((resolve) => setTimeout(resolve, Math.random() * 3_000));
  const action = chance(0.1) ? "deny" : "pay";
  const path = `${mall.midtransUrl}/sandbox/transactions/${CELL}-${payment.id}/${action}`;
  // The provider may not know of the payment: the runtime died before it asked.
  const response = await fetch(path, { method: "POST" }).catch(() => undefined);
  if (response?.ok && action === "pay") tally.paid += 1;
}

function refuse({ refused }: Tally, { status, body }: Answer): void {
  const code = `${status} ${body.code}`;
  refused.set(code, (refused.get(code) ?? 0) + 1);
}
