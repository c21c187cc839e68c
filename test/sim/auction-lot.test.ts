import assert from "node:assert/strict";
import fc from "fast-check";
import { test } from "vitest";
import {
  type Auction,
  closeAuction,
  decideBid,
  endAward,
  passOver,
} from "#services/communication/livestream/domain/auction";
import { decideLot, findLot, KEPT_MS } from "#services/communication/livestream/domain/lot";

const START = 1_000_000;
const PAY_MS = 60_000;
const BIDDERS = ["ani", "budi", "citra"] as const;

/** Each commit is whole or not at all, so a crash between two is a step that does not come. */
const aStep = fc.oneof(
  fc.record({ t: fc.constant("bid" as const), who: fc.constantFrom(...BIDDERS), max: fc.nat(5_000) }),
  fc.record({ t: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 40_000 }) }),
  fc.constantFrom({ t: "look" as const }, { t: "win" as const }, { t: "pay" as const }),
  fc.constantFrom({ t: "settle" as const }, { t: "shop" as const }),
);
type Step = typeof aStep extends fc.Arbitrary<infer S> ? S : never;

/** Where the one unit is, as Inventory's rows say. */
type Unit = "shelf" | "lot" | "sale" | "sold" | "elsewhere";

class Platform {
  now = START;
  unit: Unit = "lot";
  heldUntil = START + PAY_MS + KEPT_MS;
  auction: Auction = {
    ...{ id: 1, offerId: "ofr_x", title: "Kettle", startMinor: "100", stepMinor: "10", mode: "regular" },
    ...{ payWithinMs: PAY_MS, openedAt: START, endsAt: START + PAY_MS, state: "open", priceMinor: "100" },
    ...{ bidders: [], bids: 0, outbid: [], award: null, passed: [], reservationId: "rsv_1" },
  };
  /** Whose award is open in Postgres. */
  awarded: string | undefined;

  do(step: Step): void {
    this.auction = closeAuction(this.auction, this.now);
    if (step.t === "wait") this.now += step.ms;
    else if (step.t === "bid") this.#bid(step);
    else this[step.t]();
  }

  #bid({ who, max }: Extract<Step, { t: "bid" }>): void {
    const bid = { personId: who, name: who, maxMinor: String(max), seq: this.auction.bids + 2 };
    const decision = decideBid(this.auction, bid, this.now);
    if (decision.ok) this.auction = decision.value;
  }

  /** The job that keeps the unit, or gives it back. */
  look(): void {
    const lot = findLot(new Map([[1, this.auction]]), { reservationId: "rsv_1" });
    const step = decideLot(lot, this.now);
    if (this.unit !== "lot") return;
    if (step.t === "release") this.unit = "shelf";
    else this.heldUntil = Math.max(this.heldUntil, step.until);
  }

  /** The winner's fact arrives: the unit goes into his sale. */
  win(): void {
    const { award } = this.auction;
    if (this.auction.state !== "awarded" || !award || this.awarded === award.personId) return;
    if (this.auction.passed.includes(award.personId)) return;
    assert.equal(this.unit, "lot");
    this.unit = "sale";
    this.awarded = award.personId;
  }

  pay(): void {
    if (this.unit !== "sale" || !this.awarded || this.now >= (this.auction.award?.payBy ?? 0)) return;
    this.unit = "sold";
    this.auction = endAward(this.auction, this.awarded, "paid");
  }

  /** The job of an award: unpaid in time, and the auction has its unit again before the next one is named. */
  settle(): void {
    const { award } = this.auction;
    if (this.unit !== "sale" || !award || award.personId !== this.awarded || this.now < award.payBy) return;
    this.unit = "lot";
    this.heldUntil = this.now + KEPT_MS;
    this.auction = passOver(this.auction, award.personId, this.now);
  }

  /** Anybody else, by any other way. */
  shop(): void {
    if (this.unit === "shelf") this.unit = "elsewhere";
  }
}

test("an auction's unit is nobody else's while it may be won, is sold once, and never stranded", () => {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 40 }), (steps) => {
      const platform = new Platform();
      for (const step of steps) {
        platform.do(step);
        const { state } = platform.auction;
        if (state === "open" || state === "awarded") assert(["lot", "sale"].includes(platform.unit));
        if (state === "open") assert(platform.heldUntil > platform.auction.endsAt);
        assert.equal(platform.unit === "sold", state === "paid");
      }
      // Whoever wins and pays nothing is passed over; in the end the unit is sold, or on the shelf.
      for (let n = 0; n < 2 * BIDDERS.length + 2; n += 1) {
        for (const t of ["win", "settle", "look"] as const) platform.do({ t });
        platform.do({ t: "wait", ms: 2 * PAY_MS });
      }
      assert(["sold", "shelf", "elsewhere"].includes(platform.unit));
    }),
    { numRuns: 10_000 },
  );
});
