import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import {
  decideClose,
  decideReport,
  type Gateway,
  isOpen,
  openPayment,
  type Payment,
  type Progress,
  unkeptOf,
} from "#services/transaction/payment/domain/payment";
import {
  type Attempted,
  decideFailover,
  decideStep,
  nextOf,
  type Settled,
} from "#services/transaction/payment/domain/route";

/** Histories a run; `npm run test:sim -- --seeds N` tries more. */
const RUNS = Number(process.env.SIM_SEEDS ?? 12_000);
const STEPS_MAX = 14;
const NOW = 1_800_000_000_000;
const ids = createIds({ now: () => NOW });
const ROUTE: readonly Gateway[] = ["midtrans", "stripe"];
const CHARGE_MINOR = 8_000n;
const WALLET_MINOR = 2_000n;

/** How a call for money comes out at the provider, and what of it we hear. */
type Outcome = {
  readonly takes: "refuses" | "waits" | "captures";
  readonly isHeard: boolean;
  /** It reaches the provider only when it likes: after we have asked what became of it. */
  readonly isLate: boolean;
  /** Whether he answers when he is asked after a silence. */
  readonly isReachable: boolean;
};
type Step =
  | { readonly kind: "charge"; readonly outcome: Outcome }
  /** The buyer pays there, a late call arrives there, its word reaches us; then our time is up. */
  | { readonly kind: "pays" | "arrives" | "told"; readonly at: Gateway }
  | { readonly kind: "ends" };

const anyGateway = fc.constantFrom(...ROUTE);
const anyOutcome: fc.Arbitrary<Outcome> = fc.record({
  takes: fc.constantFrom("refuses", "waits", "captures"),
  isHeard: fc.boolean(),
  isLate: fc.boolean(),
  isReachable: fc.boolean(),
});
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("charge" as const), outcome: anyOutcome }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom("pays", "arrives", "told"), at: anyGateway }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("ends" as const) }) },
);

/** The providers as they are, whatever we believe of them: an account of its own. */
class World {
  payment: Payment;
  readonly desks = new Map<Gateway, Progress | "on_its_way">();
  readonly late = new Map<Gateway, "waits" | "captures">();
  walletTaken = false;

  constructor(walletMinor: bigint) {
    const amount = { minor: CHARGE_MINOR + walletMinor, currency: "SGD" } as const;
    const who = { buyerId: ids.next("user"), orderGroupId: ids.next("orderGroup"), attempt: 1 };
    const how = { method: "card", provider: "midtrans", payBy: NOW + 900_000 } as const;
    this.payment = openPayment({ ...who, ...how, id: ids.next("payment"), amount, walletMinor }, NOW);
  }

  play(step: Step): void {
    if (step.kind === "charge") this.#charge(step.outcome);
    else if (step.kind === "ends") this.payment = decideClose(this.payment, "expired", NOW);
    else if (step.kind === "told") this.tell(step.at);
    else this.#happen(step.kind, step.at);
  }

  #happen(kind: "pays" | "arrives", at: Gateway): void {
    const late = this.late.get(at);
    if (kind === "arrives" && late) {
      this.late.delete(at);
      // It takes no second charge under the same name.
      if (!this.desks.has(at)) this.desks.set(at, late === "captures" ? "settlement" : "pending");
    }
    if (kind === "pays" && this.desks.get(at) === "pending") this.desks.set(at, "settlement");
  }

  /** As commands/start.ts goes: one provider is asked, and the rule says whether the next may be. */
  #charge({ takes, isHeard, isLate, isReachable }: Outcome): void {
    const { provider, action, keptBy, closing, state } = this.payment;
    if (keptBy !== null || closing !== null || action || !isOpen(state)) return;
    const at = provider as Gateway;
    if (takes !== "refuses" && isLate && !isHeard) this.late.set(at, takes);
    else if (takes !== "refuses" && !this.desks.has(at)) {
      this.desks.set(at, takes === "captures" ? "settlement" : "pending");
    }
    const attempted: Attempted = !isHeard ? "doubtful" : takes === "refuses" ? "refused" : "accepted";
    const asked = attempted === "doubtful" ? this.#ask(at, isReachable) : undefined;
    const next = nextOf(this.payment, ROUTE);
    if (next !== undefined && decideStep(attempted, asked) === "next") {
      this.payment = decideFailover(this.payment, next);
      return;
    }
    if (isHeard && takes !== "refuses") this.tell(at);
  }

  #ask(at: Gateway, isReachable: boolean): Settled {
    if (!isReachable) return "silent";
    const status = this.desks.get(at);
    if (status === undefined) return "nothing";
    if (status !== "pending") return "alive";
    this.desks.set(at, "cancel");
    return "ended";
  }

  /** A notification, or an answer to a question: what is true there now. */
  tell(at: Gateway): void {
    const status = this.desks.get(at);
    if (status === undefined || status === "on_its_way") return;
    const isPaid = status === "settlement" || status === "refund";
    const before = this.payment;
    const decided = decideReport(
      before,
      {
        provider: at,
        transactionId: `${at}-1`,
        status,
        amount: { minor: CHARGE_MINOR, currency: "SGD" },
        capturedMinor: isPaid ? CHARGE_MINOR : 0n,
        refundedMinor: status === "refund" ? CHARGE_MINOR : 0n,
      },
      NOW,
    );
    if (!decided.ok) throw new Error(decided.code);
    this.payment = decided.value;
    if (before.walletState === "reserved" && this.payment.walletState === "captured") this.walletTaken = true;
  }

  /** The sweep goes on until nothing moves: whoever was asked is asked, and what is not kept goes back. */
  sweep(): void {
    for (const at of this.late.keys()) this.#happen("arrives", at);
    for (let round = 0; round < 3; round += 1) {
      for (const at of ROUTE) this.tell(at);
      this.payment = decideClose(this.payment, "expired", NOW);
      for (const [at, status] of this.desks) {
        if (status === "pending") this.desks.set(at, "cancel");
        if (status === "settlement" && unkeptOf(this.payment).includes(at)) this.desks.set(at, "refund");
      }
    }
  }

  captured(): readonly Gateway[] {
    return ROUTE.filter((at) => this.desks.get(at) === "settlement");
  }
}

test("whatever providers answer, lose or do late: never two charges that both stay", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0n, WALLET_MINOR),
      fc.array(anyStep, { minLength: 1, maxLength: STEPS_MAX }),
      (walletMinor, steps) => {
        const world = new World(walletMinor);
        for (const step of steps) world.play(step);
        world.sweep();
        const { keptBy, walletState, state } = world.payment;
        const captured = world.captured();
        expect(captured.length).toBeLessThanOrEqual(1);
        // What stays is what the payment says, and a payment says no more than what stays.
        expect(captured[0] ?? null).toBe(keptBy);
        expect(state === "settled").toBe(keptBy !== null);
        // All or nothing: the wallet has paid its part exactly where the rest has come.
        if (walletMinor > 0n) expect(walletState).toBe(keptBy === null ? "released" : "captured");
        expect(world.walletTaken).toBe(walletMinor > 0n && keptBy !== null);
      },
    ),
    { numRuns: RUNS },
  );
});

test("a provider is left only after a refusal, or once he has nothing that could still be collected", () => {
  const all = ["accepted", "refused", "harmless", "doubtful"] as const;
  const asked = [undefined, "nothing", "ended", "alive", "silent"] as const;
  const table = all.map((one) => asked.map((answer) => decideStep(one, answer)));
  expect(table).toEqual([
    ["stay", "stay", "stay", "stay", "stay"],
    ["next", "next", "next", "next", "next"],
    ["next", "next", "next", "next", "next"],
    ["ask", "next", "next", "stay", "stay"],
  ]);
});
