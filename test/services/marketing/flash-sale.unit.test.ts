import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import { Audit } from "#services/marketing/flash-sale/domain/audit";
import { Book } from "#services/marketing/flash-sale/domain/book";
import {
  type Claim,
  decideClaim,
  decideMove,
  decideWait,
  type HoldMove,
} from "#services/marketing/flash-sale/domain/decide";
import { dueQueue } from "#services/marketing/flash-sale/domain/due-queue";
import {
  type BuyerId,
  type Entry,
  type Group,
  hashOfGroup,
  type Terms,
  toBody,
} from "#services/marketing/flash-sale/domain/entry";
import { Ledger, quantumOf, spareOf } from "#services/marketing/flash-sale/domain/ledger";
import { commitmentOf, lotOf, turnOf } from "#services/marketing/flash-sale/domain/lottery";
import { bandOf, shardOf } from "#services/marketing/flash-sale/domain/sale";
import { type Slot, unmetTerms } from "#services/marketing/flash-sale/domain/slot";
import { verifyExport } from "../../../scripts/flash-sale-verify.ts";

const ids = createIds({ now: () => 1_000_000 });
const BUYERS: readonly BuyerId[] = Array.from({ length: 6 }, () => ids.next("user"));
const HOLD_MS = 100;
const terms: Terms = {
  saleId: ids.next("sale"),
  quota: 20,
  perBuyer: 3,
  startsAt: 0,
  endsAt: 1_000_000,
  holdMs: HOLD_MS,
  shards: 1,
  queue: "none",
  admitPerSecond: 100,
};

/** A shard without storage: a book, and the log that it came from. */
function openBook(units: number, about: Partial<Terms> = {}) {
  const book = new Book();
  const log: Group[] = [];
  const write = (at: number, entries: readonly Entry[]) => {
    for (const entry of entries) book.apply(entry, at);
    const body = toBody(at, entries);
    const hash = hashOfGroup(log.at(-1)?.hash ?? "", body);
    log.push({ seq: log.length + 1, body, hash });
  };
  write(0, [
    ["open", { ...terms, ...about }],
    ["dealt", units],
  ]);
  const claim = (about: Partial<Claim>, now: number) => {
    const whole = {
      holdId: ids.next("hold"),
      buyerId: BUYERS[0] as BuyerId,
      key: "k",
      quantity: 1,
      ...about,
    };
    const answer = decideClaim(book, whole, now);
    if (answer.ok && Array.isArray(answer.value)) write(now, [answer.value as Entry]);
    return answer;
  };
  return { book, log, write, claim };
}
const codeOf = (answer: { ok: true } | { ok: false; code: string }) => (answer.ok ? "ok" : answer.code);

test("who takes and lets go without end is refused, and what he was answered stays answered", () => {
  const { book, write, claim } = openBook(2);
  const takeAndLetGo = (key: string) => {
    const answer = claim({ key }, 10);
    if (answer.ok) write(10, [["release", (answer.value as readonly [string, Id<"hold">])[1]]]);
    return codeOf(answer);
  };
  const codes = Array.from({ length: 300 }, (_, n) => takeAndLetGo(`key-${n}`));
  const taken = codes.indexOf("flash_sale.too_often");
  expect(taken).toBe(256 + 16);
  expect(new Set(codes.slice(taken))).toEqual(new Set(["flash_sale.too_often"]));
  expect(codeOf(claim({ key: "key-0" }, 10))).toBe("flash_sale.hold_ended");
  expect(
    codeOf(
      decideWait(
        book,
        { holdId: ids.next("hold"), buyerId: BUYERS[0] as BuyerId, key: "w", quantity: 1 },
        10,
      ),
    ),
  ).toBe("flash_sale.too_often");
  expect(codeOf(claim({ buyerId: BUYERS[1] as BuyerId }, 10))).toBe("ok");
});

describe("a claim is refused for the first reason that holds", () => {
  const held = () => {
    const opened = openBook(2);
    opened.claim({ key: "mine" }, 10);
    return opened;
  };
  test.each<[string, Partial<Claim>, number, string]>([
    ["the same key, another quantity", { key: "mine", quantity: 2 }, 20, "flash_sale.key_reused"],
    ["the same key after its time", { key: "mine" }, 10 + HOLD_MS, "flash_sale.hold_ended"],
    ["the same key in time", { key: "mine" }, 20, "ok"],
    ["after the end", { key: "other" }, 1_000_000, "flash_sale.ended"],
    ["beyond the limit", { key: "other", quantity: 3 }, 20, "flash_sale.buyer_limit"],
    ["beyond the stock", { key: "other", quantity: 2 }, 20, "flash_sale.sold_out"],
    ["what is left", { key: "other" }, 20, "ok"],
  ])("%s", (_, about, now, code) => {
    expect(codeOf(held().claim(about, now))).toBe(code);
  });
  test("before the start, and of an unknown sale", () => {
    expect(codeOf(openBook(2, { startsAt: 50 }).claim({}, 49))).toBe("flash_sale.not_open");
    const claim = { holdId: ids.next("hold"), buyerId: BUYERS[0] as BuyerId, key: "k", quantity: 1 };
    expect(codeOf(decideClaim(new Book(), claim, 0))).toBe("flash_sale.not_found");
  });
});

type Step =
  | { readonly do: "claim"; readonly buyer: number; readonly key: number; readonly quantity: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "move"; readonly which: number; readonly move: HoldMove["move"] };
const zStep = fc.oneof<fc.Arbitrary<Step>[]>(
  fc.record({
    do: fc.constant("claim" as const),
    buyer: fc.nat(5),
    key: fc.nat(4),
    quantity: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.nat(80) }),
  fc.record({
    do: fc.constant("move" as const),
    which: fc.nat(20),
    move: fc.constantFrom(
      "extend" as const,
      "pledge" as const,
      "sell" as const,
      "release" as const,
      "give_back" as const,
    ),
  }),
);

test("whatever comes, in any order: never oversold, never beyond the limit, and the log is the state", () => {
  fc.assert(
    fc.property(fc.array(zStep, { maxLength: 80 }), fc.nat(12), (steps, units) => {
      const { book, log, write, claim } = openBook(units);
      let now = 1;
      const answered = new Map<string, string>();
      const expire = () => {
        for (let due = book.firstDue(now); due; due = book.firstDue(now)) write(now, [["expire", due.id]]);
      };
      for (const step of steps) {
        expire();
        if (step.do === "wait") now += step.ms;
        if (step.do === "claim") {
          const buyerId = BUYERS[step.buyer] as BuyerId;
          const about = { buyerId, key: `key-${step.key}`, quantity: step.quantity };
          const first = claim(about, now);
          const hold = book.prior(buyerId, about.key);
          if (!first.ok || !hold) continue;
          const slot = `${buyerId} ${about.key}`;
          expect(answered.get(slot) ?? hold.id).toBe(hold.id);
          answered.set(slot, hold.id);
        }
        if (step.do === "move") {
          const hold = [...book.holds.values()][step.which];
          const orderGroupId = ids.next("orderGroup");
          const move = { move: step.move, until: now + 300, orderGroupId } as HoldMove;
          const decision = decideMove(hold, move, now);
          if (decision.ok && decision.value) write(now, [decision.value]);
          const again = hold && decideMove(hold, move, now);
          if (decision.ok && again) expect(again).toEqual({ ok: true, value: undefined });
        }
        expect(book.free).toBeGreaterThanOrEqual(0);
        for (const buyer of BUYERS) expect(book.liveOf(buyer)).toBeLessThanOrEqual(terms.perBuyer);
      }
      const audit = new Audit({ terms, commitment: null, seed: null });
      for (const group of log) audit.take(0, group);
      const { violations, held, sold } = audit.findings();
      expect({ violations, held, sold }).toEqual({ violations: [], held: book.held, sold: book.sold });
    }),
  );
});

test("an edited, a missing and a forged row show", () => {
  const { log, claim } = openBook(5);
  for (const key of ["a", "b", "c"]) claim({ key }, 10);
  const check = (rows: readonly Group[]) => {
    const audit = new Audit({ terms, commitment: null, seed: null });
    for (const row of rows) audit.take(0, row);
    return audit.findings().violations.length;
  };
  expect(check(log)).toBe(0);
  const edited = log.map((row, i) => (i === 1 ? { ...row, body: row.body.replace('"a"', '"z"') } : row));
  expect(check(edited)).toBeGreaterThan(0);
  expect(check(log.filter((_, i) => i !== 2))).toBeGreaterThan(0);
  const body = toBody(10, [["hold", ids.next("hold"), BUYERS[1] as BuyerId, "x", 9]]);
  const forged = { seq: log.length + 1, body, hash: hashOfGroup(log.at(-1)?.hash ?? "", body) };
  expect(check([...log, forged])).toBeGreaterThan(0);
});

test("an export is refused that was cut, shortened, edited or is none, and says where", async () => {
  const { log, claim } = openBook(5);
  for (const key of ["a", "b", "c"]) claim({ key }, 10);
  const last = log.at(-1);
  const head = { shard: 0, seq: last?.seq ?? 0, hash: last?.hash ?? "" };
  const rows = log.map((group) => JSON.stringify({ shard: 0, ...group }));
  const sale = JSON.stringify({ sale: { terms, commitment: null, seed: null } });
  const lines = [sale, ...rows, JSON.stringify({ end: [head] })];
  const check = async (text: readonly string[]) => {
    const { violations } = await verifyExport(text.values() as unknown as AsyncIterable<string>);
    return violations.join("; ");
  };
  expect(await check(lines)).toBe("");
  expect(await check(lines.toSpliced(-2, 1))).toMatch(/it ends at row \d+ and not at row \d+/);
  expect(await check(lines.slice(0, -1))).toBe("the end of the export is missing");
  expect(await check([...lines.slice(0, 3), rows[2]?.slice(0, 9) ?? ""])).toMatch(/^line 4 is none/);
  expect(await check(lines.with(2, lines[2]?.replace('\\"a\\"', '\\"z\\"') ?? ""))).toContain("hash");
  expect(await check([...lines, rows[0] ?? ""])).toMatch(/^line \d+ is none/);
  expect(await check([])).toBe("the end of the export is missing");
});

test("a hold before its turn shows, and a draw with another seed than the one committed to", () => {
  const [ani, budi] = BUYERS as [BuyerId, BuyerId];
  const rated = { queue: "lottery" as const, admitPerSecond: 1 };
  const check = (drawn: string, holder: (first: BuyerId) => BuyerId) => {
    const { log, write } = openBook(5, rated);
    write(1, [
      ["join", "ticket-a", ani],
      ["join", "ticket-b", budi],
      ["draw", drawn],
    ]);
    const first = lotOf(drawn, "ticket-a") < lotOf(drawn, "ticket-b") ? ani : budi;
    write(10, [["hold", ids.next("hold"), holder(first), "k", 1]]);
    const audit = new Audit({
      terms: { ...terms, ...rated },
      commitment: commitmentOf("seed"),
      seed: "seed",
    });
    for (const row of log) audit.take(0, row);
    return audit.findings().violations.map((violation) => violation.replace(/^.*?: (hld_\w+ )?/, ""));
  };
  expect(check("seed", (first) => first)).toEqual([]);
  expect(check("seed", (first) => (first === ani ? budi : ani))).toEqual(["is before its buyer's turn"]);
  expect(check("seed", () => BUYERS[2] as BuyerId)).toEqual(["is before its buyer's turn"]);
  const another = "it was drawn with a seed that was not committed to";
  expect(check("other", (first) => first)).toEqual([another]);
});

test("totals that come late, twice or never neither make a unit nor lose one", () => {
  const zMessage = fc.record({
    shard: fc.nat(3),
    want: fc.nat(6),
    isLost: fc.boolean(),
    isLate: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(zMessage, { maxLength: 120 }),
      fc.integer({ min: 1, max: 60 }),
      (messages, quota) => {
        const accounts = Array.from({ length: 4 }, () => ({ dealt: 0, returned: 0, free: 0 }));
        const ledger = new Ledger(quota, accounts);
        const shards = accounts.map(() => ({ dealt: 0, returned: 0, free: 0 }));
        const late: { shard: number; totals: { dealt: number; returned: number; free: number } }[] = [];
        for (const { shard, want, isLost, isLate } of messages) {
          const own = shards[shard];
          if (!own) continue;
          if (isLate) {
            const units = spareOf(own.free);
            own.returned += units;
            own.free -= units;
            late.push({ shard, totals: { ...own } });
            const old = late[Math.floor(late.length / 2)];
            if (old) ledger.hear(old.shard, old.totals);
            continue;
          }
          ledger.hear(shard, { ...own });
          const dealt = ledger.deal(shard, { ...own }, want);
          if (!isLost && dealt > own.dealt) {
            own.free += dealt - own.dealt;
            own.dealt = dealt;
          }
          const out = accounts.reduce((sum, account) => sum + account.dealt - account.returned, 0);
          expect(ledger.pool).toBeGreaterThanOrEqual(0);
          expect(out + ledger.pool).toBe(quota);
          for (const [i, one] of shards.entries()) {
            expect(one.dealt).toBeLessThanOrEqual(accounts[i]?.dealt ?? 0);
            expect(accounts[i]?.returned ?? 0).toBeLessThanOrEqual(one.returned);
          }
        }
      },
    ),
  );
});

test("quanta shrink with the pool, down to the last unit", () => {
  expect([1_000, 100, 17, 2, 1, 0].map((pool) => quantumOf(pool, 16))).toEqual([32, 4, 1, 1, 1, 0]);
  expect([9, 2, 1, 0].map(spareOf)).toEqual([5, 1, 1, 0]);
});

test("the queue gives what is due, in order, however times move", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(100), fc.nat(50)), { maxLength: 60 }), (items) => {
      const all = items.map(([at, later]) => ({ at, later, isGone: false }));
      const queue = dueQueue<(typeof all)[number]>((item) => (item.isGone ? undefined : item.at));
      for (const item of all) queue.add(item);
      for (const item of all) item.at += item.later;
      const taken: number[] = [];
      for (let item = queue.first(1_000); item; item = queue.first(1_000)) {
        taken.push(item.at);
        item.isGone = true;
      }
      expect(taken).toEqual(all.map((item) => item.at).toSorted((a, b) => a - b));
    }),
  );
});

test("buyers are spread evenly, each always at home in the same shard", () => {
  const counts = Array<number>(16).fill(0);
  for (let i = 0; i < 16_000; i += 1) {
    const shard = shardOf(ids.next("user"), 16);
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  expect(Math.max(...counts)).toBeLessThan(1_200);
  expect(Math.min(...counts)).toBeGreaterThan(800);
});

test("a draw is fixed by its seed, and its turns keep the rate", () => {
  const seed = "a-seed";
  expect(commitmentOf(seed)).toMatch(/^[0-9a-f]{64}$/);
  expect(lotOf(seed, "t1")).toBe(lotOf(seed, "t1"));
  expect(lotOf(seed, "t1")).not.toBe(lotOf("another", "t1"));
  const rated = { ...terms, shards: 4, admitPerSecond: 40, startsAt: 5_000 };
  expect([0, 9, 10, 25].map((place) => turnOf(rated, place))).toEqual([5_000, 5_000, 6_000, 7_000]);
});

test("a band says how much is left without saying how many", () => {
  expect([100, 51, 50, 11, 10, 1, 0].map((left) => bandOf({ quota: 100 }, left))).toEqual([
    "plenty",
    "plenty",
    "some",
    "some",
    "few",
    "few",
    "gone",
  ]);
});

test("every term of a slot that is not met is named", () => {
  const slot = { quotaMin: 10, discountMinBasisPoints: 2_000, perBuyerMax: 2 } as Slot;
  const good = { quota: 10, perBuyer: 2, priceMinor: 8_000n, lowestMinor: 10_000n, isSold: true };
  expect(unmetTerms(slot, good, 100n)).toEqual([]);
  const bad = { quota: 9, perBuyer: 3, priceMinor: 8_001n, lowestMinor: 10_000n, isSold: false };
  expect(unmetTerms(slot, bad, 100n)).toEqual(["status", "stock", "discount", "per_buyer", "cash_step"]);
});

test("a hold id of one buyer is nobody else's", () => {
  const { claim, book } = openBook(3);
  const answer = claim({ buyerId: BUYERS[2] as BuyerId }, 1);
  const holdId = answer.ok ? (answer.value as Extract<Entry, readonly ["hold", ...unknown[]]>)[1] : undefined;
  expect(book.holds.get(holdId as Id<"hold">)?.buyerId).toBe(BUYERS[2]);
});
