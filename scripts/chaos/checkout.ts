import { ids, signIn } from "../../bench/people.ts";
import { call, makeOffer } from "../../bench/sale-world.ts";
import { openStage, type Stage } from "../../bench/stage.ts";
import { buyOnce, type Mall, type Shelf, type Tally } from "./buyers.ts";
import { type Audit, audit, untilAtRest } from "./checkout-audit.ts";
import { killRuntimeOf } from "./runtime.ts";

/** At once; each starts anew when he is done, so that the shelves are always fought over. */
const BUYERS = 40;
const OFFERS = 6;
const STOCK = 60;
const VOUCHERS = [
  { quota: 40, perBuyer: 1 },
  { quota: 25, perBuyer: 1 },
];
/** Short, so that unpaid orders run out all the while and their stock is sold again. */
const PAY_WITHIN_MS = 20_000;
const KILL_EVERY_MS = 4_000;
const READY_WITHIN_MS = 60_000;
/** Facts that kills delayed are sent again ever more rarely. */
const REST_WITHIN_MS = 300_000;
/** Every notification comes twice; six are held back and sent the newest first, and the last few never. */
const FAULTS = { repeat: 2, reorder: 6 };

export type CheckoutReport = Audit & {
  readonly buyers: number;
  readonly kills: number;
  readonly paid: number;
  readonly differing: number;
  /** What was still under way when the audit stopped waiting. */
  readonly restless: number;
  readonly seconds: number;
};

/** Kills the runtime in the middle of checkouts and payments, again and again, and then counts. */
export async function chaosCheckout(
  { kills }: { readonly kills: number },
  say: (line: string) => void,
): Promise<CheckoutReport> {
  const startedAt = performance.now();
  const stage = await openStage(say, {
    inspected: false,
    markets: { id: { payment: { methods: ["qris", "cod"], payWithinMs: PAY_WITHIN_MS } } },
  });
  try {
    const shelf = await stockUp(stage);
    await switchOn(stage, FAULTS);
    const tally: Tally = { buyers: 0, placed: 0, paid: 0, refused: new Map(), differing: 0 };
    const crowd = enter(stage, shelf, tally);
    for (let killed = 1; killed <= kills; killed += 1) {
      await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS));
      killRuntimeOf(stage.pid);
      say(`kill ${killed} of ${kills}: ${tally.buyers} buyers, ${tally.placed} placed, ${tally.paid} paid`);
      await untilReady(stage);
    }
    await crowd.leave();
    for (const [code, count] of tally.refused) say(`refused ${count} times: ${code}`);
    say("waiting until nothing is under way");
    const restless = await untilAtRest(stage.postgresUrl, REST_WITHIN_MS);
    const { buyers, paid, differing } = tally;
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    return { buyers, kills, ...(await audit(stage.postgresUrl)), paid, differing, restless, seconds };
  } finally {
    await stage.stop();
  }
}

async function switchOn({ midtransUrl }: Stage, faults: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(faults) };
  const response = await fetch(`${midtransUrl}/sandbox/faults`, init);
  if (!response.ok) throw new Error(`the sandbox refused its faults: ${await response.text()}`);
}

/** Few units and few vouchers: every one of them is wanted by many. */
async function stockUp(stage: Stage): Promise<Shelf> {
  const operator = await signIn(stage, ids.next("user"), { operator: "admin" });
  const offers: string[] = [];
  for (let i = 0; i < OFFERS; i += 1) offers.push((await makeOffer(stage, operator, STOCK)).offerId);
  const now = Date.now();
  const codes = VOUCHERS.map((_, i) => `CHAOS-${i}`);
  for (const [i, limits] of VOUCHERS.entries()) {
    const key = { "idempotency-key": ids.next("event") };
    await call(
      stage,
      "/v1/vouchers",
      { ...operator, ...key },
      {
        code: codes[i],
        titles: { en: "Chaos" },
        benefit: { kind: "fixed", amount: { minor: "1000000", currency: "IDR" } },
        startsAt: new Date(now - 1_000).toISOString(),
        endsAt: new Date(now + 86_400_000).toISOString(),
        ...limits,
      },
    );
  }
  return { offers, codes };
}

function enter(mall: Mall, shelf: Shelf, tally: Tally) {
  let isOpen = true;
  const shop = async () => {
    // Who gives up after long patience has bought nothing; what he was not told is not counted.
    while (isOpen) await buyOnce(mall, shelf, tally).catch(() => undefined);
  };
  const crowd = Array.from({ length: BUYERS }, shop);
  return {
    async leave() {
      isOpen = false;
      await Promise.all(crowd);
    },
  };
}

async function untilReady({ url }: Stage): Promise<void> {
  const end = Date.now() + READY_WITHIN_MS;
  while (Date.now() < end) {
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    if (ready?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the runtime did not come back");
}
