import { setTimeout as sleep } from "node:timers/promises";
import { type Client, openClient } from "./client.ts";
import type { Return } from "./online-retail-returns.ts";
import { signIn } from "./seed/market.ts";
import { OPERATOR } from "./seed/people.ts";
import { WHOLESALE_SHOP } from "./seed/wholesale.ts";

/** Orders at once. */
const WIDTH = 6;
/** Between two looks at what is on its way. */
const PAUSE_MS = 2_000;
/** Nothing that works needs so long for one step. */
const STANDSTILL_MS = 120_000;
/** People's tokens live for five minutes. */
const SIGNED_IN_MS = 4 * 60_000;
const PARCEL = { carrier: "Royal Mail", trackingNumber: "RM123456789GB" };

type Money = { readonly minor: string };
/** An order of the replay, and what its buyer reads it with. */
export type Placed = {
  readonly orderId: string;
  readonly paymentId: string;
  readonly guest: string;
  readonly lines: readonly { readonly id: string; readonly sku: string }[];
};
type Case = {
  readonly id: string;
  readonly state: string;
  readonly step: string | null;
  readonly amounts: { readonly toBuyer: Money } | null;
};
type Asked = { readonly refundId: string; readonly wanted: Return; readonly placed: Placed };
export type ReturnTally = {
  returns: number;
  returnedUnits: number;
  refundedMinor: bigint;
  mismatches: number;
};

/** The shop's software has a key of its own while it works; it is dropped afterwards. */
async function withShop<T>(at: At, work: (shop: Client) => Promise<T>): Promise<T> {
  const scopes = ["order:read", "order:write"];
  const { client } = await signIn(at, WHOLESALE_SHOP.owner);
  const wanted = { name: "Replay of returns", scopes, owner: "shop", expiresInDays: 1 };
  const made = await client.post<{ readonly id: string; readonly apiKey: string }>(
    "/v1/auth/api-keys",
    wanted,
  );
  try {
    return await work(await openClient({ ...at, scopes, serviceKey: made.apiKey }));
  } finally {
    const again = await signIn(at, WHOLESALE_SHOP.owner);
    await again.client.delete(`/v1/auth/api-keys/${made.id}?owner=shop`);
  }
}
type At = { readonly url: string; readonly market: string };

/** An order goes out and is paid at the door; then its buyer sends back what the file says, case by case. */
async function sendBack(
  service: Client,
  shop: Client,
  placed: Placed,
  wanted: readonly Return[],
): Promise<readonly Asked[]> {
  const move = (name: string, body = {}) =>
    shop.post(`/v1/orders/${placed.orderId}/${name}`, body, { key: `${name}-${placed.orderId}` });
  await move("confirm");
  await move("ship", PARCEL);
  await move("deliver?as=seller");
  const asked: Asked[] = [];
  for (const one of wanted) {
    const ids = one.lines.map(({ code, quantity }) => {
      const line = placed.lines.find(({ sku }) => sku === code);
      if (!line) throw new Error(`the order of invoice ${one.invoice} has no ${code}`);
      return { lineId: line.id, quantity };
    });
    const body = { orderId: placed.orderId, kind: "return", reason: "changed_mind", lines: ids };
    const key = `${one.cancellation}-${one.invoice}`;
    const mine = { guest: placed.guest };
    const { id } = await service.post<Case>("/v1/refunds", body, { ...mine, key });
    const approved = await shop.post<Case>(`/v1/refunds/${id}/approve`, {}, { key: `approve-${id}` });
    asked.push({ refundId: id, wanted: one, placed });
    // Where the market leaves cheap goods with the buyer, nothing comes back.
    if (approved.state !== "approved") continue;
    await service.post(`/v1/refunds/${id}/send`, PARCEL, { ...mine, key: `send-${id}` });
    const lines = ids.map(({ lineId, quantity }) => ({ lineId, resellable: quantity }));
    await shop.post(`/v1/refunds/${id}/receive`, { lines }, { key: `receive-${id}` });
  }
  return asked;
}

type ByHand = { readonly id: string; readonly paymentId: string };

/** Money that was paid at the door goes back by hand: an operator confirms each payment of it. */
function openTill(at: At): () => Promise<Client> {
  let session: { readonly client: Client; readonly since: number } | undefined;
  return async () => {
    if (!session || performance.now() - session.since > SIGNED_IN_MS) {
      session = { client: (await signIn(at, OPERATOR)).client, since: performance.now() };
    }
    return session.client;
  };
}

async function payByHand(till: () => Promise<Client>, payments: ReadonlySet<string>): Promise<number> {
  const operator = await till();
  const waiting = await operator.all<ByHand>("/v1/payments/refunds?state=manual");
  const ours = waiting.filter(({ paymentId }) => payments.has(paymentId));
  for (const { id } of ours) {
    const body = { evidence: "Cash given back at the counter" };
    await operator.post(`/v1/payments/refunds/${id}/confirm`, body, { key: `confirm-${id}` });
  }
  return ours.length;
}

/** Pays what waits for a hand until every case has come to its end. */
async function settle(service: Client, at: At, asked: readonly Asked[]): Promise<ReadonlyMap<string, Case>> {
  const till = openTill(at);
  const payments = new Set(asked.map(({ placed }) => placed.paymentId));
  const done = new Map<string, Case>();
  let movedAt = performance.now();
  while (done.size < asked.length) {
    let moved = await payByHand(till, payments);
    for (const { refundId, placed } of asked) {
      if (done.has(refundId)) continue;
      const found = await service.get<Case>(`/v1/refunds/${refundId}`, { guest: placed.guest });
      if (found.state !== "resolved") continue;
      done.set(refundId, found);
      moved += 1;
    }
    if (moved > 0) movedAt = performance.now();
    if (performance.now() - movedAt > STANDSTILL_MS) {
      throw new Error(`${asked.length - done.size} returns have come to a standstill`);
    }
    if (done.size < asked.length) await sleep(PAUSE_MS);
  }
  return done;
}

type Payment = { readonly refunded: Money };

/** Each case beside the file, and each payment beside its cases: not a penny more or less has gone back. */
async function reconcile(
  service: Client,
  asked: readonly Asked[],
  done: ReadonlyMap<string, Case>,
): Promise<ReturnTally> {
  const tally: ReturnTally = { returns: 0, returnedUnits: 0, refundedMinor: 0n, mismatches: 0 };
  const miss = (words: string) => {
    tally.mismatches += 1;
    console.error(words);
  };
  const perPayment = new Map<string, { guest: string; minor: bigint }>();
  for (const { refundId, wanted, placed } of asked) {
    const minor = BigInt(done.get(refundId)?.amounts?.toBuyer.minor ?? 0);
    tally.returns += 1;
    tally.returnedUnits += wanted.units;
    tally.refundedMinor += minor;
    if (minor !== wanted.refundMinor) {
      miss(
        `${wanted.cancellation}: ${minor} went back of invoice ${wanted.invoice}, not ${wanted.refundMinor}`,
      );
    }
    const known = perPayment.get(placed.paymentId)?.minor ?? 0n;
    perPayment.set(placed.paymentId, { guest: placed.guest, minor: known + minor });
  }
  for (const [paymentId, { guest, minor }] of perPayment) {
    const { refunded } = await service.get<Payment>(`/v1/payments/${paymentId}`, { guest });
    if (BigInt(refunded.minor) !== minor)
      miss(`${paymentId} gave back ${refunded.minor}, its cases ${minor}`);
  }
  return tally;
}

/** Sends back what the file's cancellations take back, through the public API, and reconciles the refunds. */
export async function replayReturns(
  service: Client,
  placed: ReadonlyMap<string, Placed>,
  returns: readonly Return[],
  say: (line: string) => void,
): Promise<ReturnTally> {
  const at = { url: service.url, market: service.market };
  const orders = [...Map.groupBy(returns, ({ invoice }) => invoice)];
  if (orders.length === 0) return { returns: 0, returnedUnits: 0, refundedMinor: 0n, mismatches: 0 };
  const asked = await withShop(at, async (shop) => {
    const all: Asked[] = [];
    for (let from = 0; from < orders.length; from += WIDTH) {
      const some = orders.slice(from, from + WIDTH).map(([invoice, wanted]) => {
        const order = placed.get(invoice);
        if (!order) throw new Error(`invoice ${invoice} was not placed`);
        return sendBack(service, shop, order, wanted);
      });
      all.push(...(await Promise.all(some)).flat());
    }
    return all;
  });
  say(`${asked.length} returns of ${orders.length} orders are back in the shop`);
  return reconcile(service, asked, await settle(service, at, asked));
}
