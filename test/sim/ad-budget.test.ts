import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "#kernel/clock";
import type { Fact } from "#kernel/facts";
import { createIds } from "#kernel/ids";
import { AdBook, BOOK_STEP, type Verdict } from "#objects/ad-book";
import type { StoredTerms } from "#services/catalog/ad/domain/campaign";
import type { Receipt } from "#services/catalog/ad/domain/card";
import type { Act } from "#services/catalog/ad/domain/spend";
import type { AdCharged, AdEngaged } from "#services/catalog/ad/facts";
import { openObjectSql } from "../support/object-sqlite.ts";

/** Histories of each way to pay. */
const RUNS = 5_000;
const START = Date.parse("2026-11-23T00:00:00Z");
const MILLI = 1_000n;
const VIEWER_MAX = 3;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

const clock = { at: START, now: () => clock.at };
const ids = createIds(clock);
const [campaignId, sellerId] = [ids.next("adCampaign"), ids.next("seller")];
const groupId = ids.next("adGroup");
const PRODUCTS = [ids.next("product"), ids.next("product"), ids.next("product")];
const offerId = ids.next("offer");
type Maker = Parameters<typeof AdCharged.make>[0];
const maker: Maker = { ids, clock, cell: "id" as Maker["cell"], traceId: "4bf92f3577b34da6a3ce929d0e0e4736" };

const termsOf = (change: Partial<StoredTerms>): StoredTerms => ({
  ...{ campaignId, sellerId, pricing: "cpc", state: "active", isBlocked: false, currency: "IDR" },
  ...{ dailyMinor: "1000", totalMinor: "2500", startsAt: 0, endsAt: null, hours: [], pacing: "asap" },
  ...{ viewerDayMax: null, version: 1 },
  ...change,
});

const receipts = new Map<string, Receipt>();

/** Cards are the same ones in every history. */
function receiptOf(card: number, pricing: "cpc" | "cpm"): Receipt {
  const name = `${card} ${pricing}`;
  const known = receipts.get(name) ?? newReceipt(card, pricing);
  receipts.set(name, known);
  return known;
}

function newReceipt(card: number, pricing: "cpc" | "cpm"): Receipt {
  const auctionId = `ada_${"0".repeat(23)}${String(card).padStart(3, "0")}` as Receipt["auctionId"];
  return {
    ...{
      bidId: `${auctionId}-1`,
      auctionId,
      at: START,
      placement: "search",
      query: "kopi",
      categoryId: null,
    },
    ...{ currency: "IDR", slots: 1, stepMinor: "1", reserveCpcMinor: "1", reserveCpmMinor: "1", ranks: [] },
    ...{ sellerId, campaignId, groupId, productId: PRODUCTS[card % 3] ?? PRODUCTS[0], offerId },
    ...{ keywordId: null, pricing, bidMinor: "900", clickPpm: 10_000, relevanceBps: 10_000, tie: 0 },
    ...{ position: 1, priceMinor: String(100 + (card % 7) * 111) },
  } as Receipt;
}

type Op =
  | { readonly t: "act"; readonly acts: readonly Act[]; readonly death: "none" | "before" | "after" }
  | { readonly t: "terms"; readonly change: Partial<StoredTerms> }
  | { readonly t: "wait"; readonly ms: number }
  | { readonly t: "tell"; readonly dies: boolean };

const actOf = (pricing: "cpc" | "cpm") =>
  fc
    .record({
      kind: fc.constantFrom("click" as const, "click" as const, "impression" as const),
      card: fc.integer({ min: 0, max: 40 }),
      viewer: fc.constantFrom("v1", "v2", "v3", "v4", "v5", "v6"),
      address: fc.constantFrom("home", "shop", "train"),
      origin: fc.constantFrom(
        "person" as const,
        "person" as const,
        "person" as const,
        "own" as const,
        "program" as const,
      ),
    })
    .map(({ card, ...act }): Act => ({ ...act, buyerId: null, receipt: receiptOf(card, pricing) }));

const opOf = (pricing: "cpc" | "cpm"): fc.Arbitrary<Op> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        t: fc.constant("act" as const),
        acts: fc.array(actOf(pricing), { minLength: 1, maxLength: 6 }),
        death: fc.constantFrom("none" as const, "none" as const, "before" as const, "after" as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({
          state: fc.constantFrom("active" as const, "active" as const, "paused" as const),
          daily: fc.constantFrom("300", "1000", "5000", null),
          total: fc.constantFrom("500", "2500", "9999"),
        })
        .map(({ state, daily, total }): Op => {
          return { t: "terms", change: { state, dailyMinor: daily, totalMinor: total } };
        }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        t: fc.constant("wait" as const),
        ms: fc.constantFrom(1_000, MINUTE_MS, 31 * MINUTE_MS, 5 * HOUR_MS),
      }),
    },
    { weight: 2, arbitrary: fc.record({ t: fc.constant("tell" as const), dies: fc.boolean() }) },
  );

class Died extends Error {}

/** One database for all lives, one after the other: to open one costs more than a history. */
const store = openObjectSql();
store.sql.exec(BOOK_STEP);
const TABLES = ["terms", "money", "day", "card", "viewer", "tally", "clicked", "sqlite_sequence"];
const FORGET = `${TABLES.map((table) => `DELETE FROM ${table};`).join("")}
  INSERT INTO money VALUES (1, 0, 0, 0, 0, 0)`;

/** One object's life on an empty database, with everything that it ever told. */
class Life {
  readonly store = store;
  readonly told: Fact[] = [];
  book: AdBook;
  terms: StoredTerms;
  /** What was charged for each card, by the object's answers and not by its tables. */
  readonly charged = new Map<string, number>();

  constructor(pricing: "cpc" | "cpm") {
    this.store.transaction(() => this.store.sql.exec(FORGET));
    this.book = new AdBook(this.store.sql, dayOf);
    this.terms = termsOf({ pricing });
  }

  spent() {
    return this.book.spent(clock.at);
  }

  /** Says what broke a rule, or nothing. */
  run(op: Op): string | undefined {
    if (op.t === "wait") clock.at += op.ms;
    if (op.t === "terms") this.terms = { ...this.terms, ...op.change, version: this.terms.version + 1 };
    if (op.t === "tell") this.tell(op.dies);
    return op.t === "act" ? this.act(op) : undefined;
  }

  act({ acts, death }: Op & { t: "act" }): string | undefined {
    const before = this.spent();
    const engagement = { terms: this.terms, acts, viewerClicksMax: VIEWER_MAX };
    let verdicts: readonly Verdict[] = [];
    try {
      verdicts = this.store.transaction(() => {
        const done = this.book.engage(engagement, clock.at);
        if (death === "before") throw new Died();
        return done;
      });
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    }
    // Whoever had no answer asks again, of an object that woke anew.
    if (death !== "none") {
      this.book = new AdBook(this.store.sql, dayOf);
      verdicts = this.store.transaction(() => this.book.engage(engagement, clock.at));
    }
    for (const [i, verdict] of verdicts.entries()) {
      if (verdict !== "charged") continue;
      const { bidId } = acts[i]?.receipt ?? { bidId: "" };
      if (this.charged.has(bidId)) return `${bidId} was charged twice`;
      this.charged.set(bidId, 1);
    }
    return this.overspent(before);
  }

  overspent(before: ReturnType<Life["spent"]>): string | undefined {
    const { todayMilli, totalMilli } = this.spent();
    if (totalMilli === before.totalMilli) return undefined;
    const { dailyMinor, totalMinor, state } = this.terms;
    if (state !== "active") return "it spent while it was paused";
    if (totalMinor !== null && totalMilli > BigInt(totalMinor) * MILLI)
      return `${totalMilli} of ${totalMinor}`;
    if (dailyMinor !== null && todayMilli > BigInt(dailyMinor) * MILLI)
      return `${todayMilli} of ${dailyMinor}`;
    return undefined;
  }

  tell(dies: boolean): void {
    const facts: Fact[] = [];
    try {
      this.store.transaction(() => {
        facts.push(...this.book.tell(maker, clock.at));
        if (dies) throw new Died();
      });
      this.told.push(...facts);
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      this.book = new AdBook(this.store.sql, dayOf);
    }
  }

  /** What ledger and reports have of it in the end. */
  account() {
    clock.at += MINUTE_MS;
    this.tell(false);
    const charges = this.told.filter(({ type }) => type === "ad.charged") as ReturnType<
      typeof AdCharged.make
    >[];
    const engaged = this.told.filter(({ type }) => type === "ad.engaged") as ReturnType<
      typeof AdEngaged.make
    >[];
    const clicks = engaged.flatMap(({ payload }) => payload.clicks);
    const sum = (all: readonly string[]) => all.reduce((total, one) => total + BigInt(one), 0n);
    return {
      numbers: charges.map(({ payload }) => payload.n),
      ledger: sum(charges.map(({ payload }) => payload.amount.minor)),
      tallied: sum(engaged.flatMap(({ payload }) => payload.tallies.map((one) => one.chargedMilli))),
      clicked: sum(clicks.map(({ chargedMilli }) => chargedMilli)),
      cards: clicks.map(({ receipt }) => (JSON.parse(receipt) as Receipt).bidId),
      seqs: engaged.map(({ seq }) => seq),
      overpriced: clicks.filter(
        ({ receipt, chargedMilli }) =>
          BigInt(chargedMilli) > BigInt((JSON.parse(receipt) as Receipt).priceMinor) * MILLI,
      ).length,
    };
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test.each(["cpc", "cpm"] as const)(
  "%s: no history of clicks, changes, deaths and repeats spends a unit too much, and the ledger has each",
  (pricing) => {
    fc.assert(
      fc.property(fc.array(opOf(pricing), { maxLength: 8 }), (ops) => {
        clock.at = START;
        const life = new Life(pricing);
        for (const op of ops) {
          const broken = life.run(op);
          if (broken) expect.fail(broken);
        }
        const { totalMilli } = life.spent();
        const account = life.account();
        expect(account).toMatchObject({
          numbers: upTo(account.numbers.length),
          seqs: upTo(account.seqs.length),
          ledger: totalMilli / MILLI,
          tallied: totalMilli,
          clicked: pricing === "cpc" ? totalMilli : 0n,
          overpriced: 0,
        });
        expect(new Set(account.cards).size).toBe(account.cards.length);
      }),
      { numRuns: RUNS },
    );
  },
);

test("a death within a change leaves what was before; the last click takes what is left", () => {
  const folder = mkdtempSync(join(tmpdir(), "ad-budget-"));
  try {
    clock.at = START;
    const file = join(folder, "object.sqlite");
    let store = openObjectSql(file);
    store.sql.exec(BOOK_STEP);
    const terms = termsOf({ dailyMinor: null, totalMinor: "1000" });
    const click = (card: number): Act => {
      return {
        kind: "click",
        receipt: receiptOf(card, "cpc"),
        ...{ viewer: `v${card}`, address: `a${card}` },
        buyerId: null,
        origin: "person",
      };
    };
    // Cards of 100, 211, 322, 433, 544, 655 and 766 units: a thousand are spent within the fourth.
    const verdicts: Verdict[] = [];
    for (let card = 0; card < 6; card += 1) {
      store.begin();
      new AdBook(store.sql, dayOf).engage({ terms, acts: [click(card)], viewerClicksMax: 9 }, clock.at);
      store.close();
      store = openObjectSql(file);
      const book = new AdBook(store.sql, dayOf);
      const engagement = { terms, acts: [click(card)], viewerClicksMax: 9 };
      verdicts.push(...store.transaction(() => book.engage(engagement, clock.at)));
    }
    expect(verdicts).toEqual(["charged", "charged", "charged", "charged", "budget_spent", "budget_spent"]);
    expect(new AdBook(store.sql, dayOf).spent(clock.at).totalMilli).toBe(1_000n * MILLI);
    expect(new AdBook(store.sql, dayOf).spent(clock.at + DAY_MS).todayMilli).toBe(0n);
    store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a viewer is one visit in half an hour and so many a day; older terms change nothing", () => {
  clock.at = START;
  const life = new Life("cpc");
  life.terms = termsOf({ dailyMinor: "100000", totalMinor: null, version: 5 });
  const click = (card: number, viewer: string, version = 5) => {
    const act: Act = {
      kind: "click",
      receipt: receiptOf(card, "cpc"),
      ...{ viewer, address: viewer },
      buyerId: null,
      origin: "person",
    };
    const terms = { ...life.terms, version, ...(version < 5 && { state: "paused" as const }) };
    return life.store.transaction(() =>
      life.book.engage({ terms, acts: [act], viewerClicksMax: VIEWER_MAX }, clock.at),
    )[0];
  };
  expect([click(0, "a"), click(3, "a"), click(1, "a"), click(0, "b")]).toEqual([
    "charged",
    "repeated",
    "charged",
    "repeated",
  ]);
  clock.at += 31 * MINUTE_MS;
  expect([click(6, "a"), click(9, "b"), click(4, "a")]).toEqual(["charged", "charged", "excessive"]);
  expect(click(2, "c", 4)).toBe("charged");
  expect(click(5, "e", 6)).toBe("charged");
  life.terms = { ...life.terms, version: 7, state: "paused" };
  clock.at += 31 * MINUTE_MS;
  expect([click(8, "d", 7), click(10, "d", 6)]).toEqual(["stopped", "stopped"]);
});

test("one address with many faces is charged for as three viewers, and another as ever", () => {
  clock.at = START;
  const life = new Life("cpc");
  const terms = termsOf({ dailyMinor: "100000", totalMinor: null });
  const click = (card: number, address: string) => {
    const who = { viewer: `face ${card}`, address, buyerId: null, origin: "person" } as const;
    const acts = [{ ...who, kind: "click", receipt: receiptOf(card, "cpc") } as const];
    const engagement = { terms, acts, viewerClicksMax: VIEWER_MAX };
    return life.store.transaction(() => life.book.engage(engagement, clock.at))[0];
  };
  const faces = Array.from({ length: 12 }, (_, card) => click(card, "home"));
  expect(faces).toEqual([...Array(9).fill("charged"), ...Array(3).fill("excessive")]);
  expect(click(20, "train")).toBe("charged");
  clock.at += DAY_MS;
  expect(click(21, "home")).toBe("charged");
});
