import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import { zMarket } from "#kernel/market";
import { MARKETS } from "#kernel/markets";
import { EMOJI } from "#services/communication/chat/domain/limits";
import {
  advance,
  decideDelete,
  decideEdit,
  decidePost,
  decideReact,
  gone,
  type Message,
  type Party,
  type PartyId,
} from "#services/communication/chat/domain/message";
import { moderate } from "#services/communication/chat/domain/moderation";
import { afterPost, decideAutoReply, NOT_WAITING } from "#services/communication/chat/domain/shop";
import { searchWords } from "#services/communication/chat/domain/words";

const NOW = Date.UTC(2026, 10, 22);
const ids = createIds({ now: () => NOW });
const [me, you] = [ids.next("user"), ids.next("seller")];
const chatOf = (market: string) => zMarket().parse(MARKETS[market]).chat;
const RULES = chatOf("id");
const HOSTS = ["id.titan.test"];

const party = (partyId: PartyId, about: Partial<Party> = {}): Party => ({
  partyId,
  role: partyId === me ? "buyer" : "seller",
  deliveredSeq: 0,
  readSeq: 0,
  blockedAt: null,
  sinceSeq: 0,
  missedSeq: 0,
  lastPostAt: null,
  lastSeenAt: null,
  ...about,
});
const message = (about: Partial<Message> = {}): Message => ({
  id: 3,
  seq: 3,
  cid: "cid-00000001",
  authorId: me,
  partyId: me,
  text: "words",
  card: null,
  replyTo: null,
  isAuto: false,
  findings: [],
  reactions: {},
  at: NOW,
  editedAt: null,
  deletedAt: null,
  ...about,
});
const codeOf = (result: { ok: true } | { ok: false; code: string }) => (result.ok ? "ok" : result.code);

describe("moderation", () => {
  const masked = (text: string, rules = RULES) => {
    const read = moderate(text, rules, HOSTS);
    return read.ok ? read.value.text : read.code;
  };
  it.each([
    ["Lihat https://wa.me/62812 ya", "Lihat ••• ya"],
    ["www.toko.example saja", "••• saja"],
    ["ada di tokokopi.co.id", "ada di •••"],
    ["https://id.titan.test/p/kopi bagus", "https://id.titan.test/p/kopi bagus"],
    ["https://shop.id.titan.test/p", "https://shop.id.titan.test/p"],
    ["https://id.titan.test.evil.com/p", "•••"],
    ["WA 0812 3456 7890", "WA •••"],
    ["WA +62 812-3456-7890 atau 08123456789", "WA ••• atau •••"],
    ["(0812) 345.678.90", "•••"],
    ["pesanan ord_01jd8zt4w8h5vc6q1m9a2r7sxy", "pesanan ord_01jd8zt4w8h5vc6q1m9a2r7sxy"],
    ["harga Rp 1.250.000 untuk 3 kg", "harga Rp 1.250.000 untuk 3 kg"],
    ["resi 1234567890", "resi 1234567890"],
    ["ukuran 120 x 60 x 45 cm", "ukuran 120 x 60 x 45 cm"],
    ["rek BCA 1234567890", "chat.text_refused"],
    ["transfer ke Mandiri 123-00-0123456-7", "chat.text_refused"],
    ["kartu 4111 1111 1111 1111", "chat.text_refused"],
    ["kartu 4111 1111 1111 1112", "kartu 4111 1111 1111 1112"],
    ["GB82 WEST 1234 5698 7654 32", "chat.text_refused"],
    ["GB83 WEST 1234 5698 7654 32", "GB83 WEST 1234 5698 7654 32"],
  ])("reads %s", (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it("knows each market's telephones", () => {
    expect(masked("call 9123 4567", chatOf("sg"))).toBe("call •••");
    expect(masked("call 9123 4567")).toBe("call 9123 4567");
    expect(masked("call 07700 900123", chatOf("gb"))).toBe("call •••");
  });

  it("does as the market says", () => {
    expect(masked("WA 08123456789", { ...RULES, phones: "allow" })).toBe("WA 08123456789");
    expect(masked("WA 08123456789", { ...RULES, phones: "refuse" })).toBe("chat.text_refused");
    expect(masked("rek BCA 1234567890", { ...RULES, banks: "mask" })).toBe("rek BCA •••");
    expect(masked("https://tracking.example/x", { ...RULES, linkHosts: ["tracking.example"] })).toContain(
      "https",
    );
  });

  it("finds nothing in what it has masked, and leaves what it did not find as it was", () => {
    const rules = { ...RULES, banks: "mask" as const };
    const piece = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom("https://evil.example/x", "0812 3456 7890", "rek BCA 1234567890", "4111111111111111"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = pieces.join(" ");
        const once = moderate(text, rules, HOSTS);
        if (!once.ok) throw new Error("nothing is refused by these rules");
        if (once.value.findings.length === 0) expect(once.value.text).toBe(text);
        const twice = moderate(once.value.text, rules, HOSTS);
        expect(twice.ok && twice.value.text.length).toBeLessThanOrEqual(once.value.text.length);
      }),
    );
  });

  it("takes no time that grows with cunning", () => {
    const cunning = ["1 ".repeat(1_000), "a.".repeat(1_000), "(".repeat(2_000), "GB12 ".repeat(400)];
    const startedAt = performance.now();
    for (const text of cunning) moderate(text, RULES, HOSTS);
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});

describe("deciding", () => {
  const room = (parties: readonly Party[], slowModeMs = 0) => ({ parties, slowModeMs });
  it.each([
    ["a stranger", room([party(you)]), "chat.not_a_party"],
    ["who is blocked", room([party(me), party(you, { blockedAt: 1 })]), "chat.blocked"],
    ["who blocked", room([party(me, { blockedAt: 1 }), party(you)]), "chat.blocked"],
    ["who spoke just now", room([party(me, { lastPostAt: NOW - 999 })], 1_000), "chat.slow_mode"],
    ["who spoke a while ago", room([party(me, { lastPostAt: NOW - 1_000 })], 1_000), "ok"],
    ["a side", room([party(me), party(you)]), "ok"],
  ])("posting: %s", (_, state, code) => {
    expect(codeOf(decidePost(state, { partyId: me, now: NOW }))).toBe(code);
  });

  const MINUTE = 60_000;
  it.each([
    ["one that is not there", undefined, 0, "chat.message_not_found"],
    ["one that is gone", message({ deletedAt: NOW }), 0, "chat.message_not_found"],
    ["another's", message({ partyId: you }), 0, "chat.not_your_message"],
    ["an old one", message(), 15 * MINUTE + 1, "chat.too_late"],
    ["one's own", message(), 15 * MINUTE, "ok"],
  ])("editing: %s", (_, target, later, code) => {
    const edit = { partyId: me, now: NOW + later, text: "new", findings: [] };
    expect(codeOf(decideEdit(target, edit))).toBe(code);
    if (later <= 15 * MINUTE)
      expect(codeOf(decideDelete(target, { partyId: me, now: NOW + later }))).toBe(code);
  });

  it("leaves nothing of what is gone", () => {
    const full = message({ reactions: { "👍": [you] }, findings: ["link"] });
    expect(gone(full, NOW)).toMatchObject({
      text: null,
      card: null,
      findings: [],
      reactions: {},
      deletedAt: NOW,
    });
    expect(gone(gone(full, NOW), NOW + 1)).toEqual(gone(full, NOW));
  });

  it("has each side's reaction at most once, whatever comes in whatever order", () => {
    const click = fc.record({
      partyId: fc.constantFrom<PartyId>(me, you),
      emoji: fc.constantFrom(...EMOJI),
      isOn: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(click, { maxLength: 30 }), (clicks) => {
        let now = message();
        const last = new Map<string, boolean>();
        for (const one of clicks) {
          const after = decideReact(now, one);
          if (!after.ok) throw new Error(after.code);
          now = after.value;
          last.set(`${one.emoji} ${one.partyId}`, one.isOn);
          const again = decideReact(now, one);
          expect(again.ok && Object.keys(again.value.reactions).toSorted()).toEqual(
            Object.keys(now.reactions).toSorted(),
          );
        }
        const shown = Object.entries(now.reactions).flatMap(([emoji, sides]) =>
          sides.map((side) => `${emoji} ${side}`),
        );
        const wanted = [...last].filter(([, isOn]) => isOn).map(([key]) => key);
        expect(shown.toSorted()).toEqual(wanted.toSorted());
      }),
    );
  });
});

describe("receipts", () => {
  it("only climb, stay within the order, and come to the same in any order", () => {
    const seen = fc.record({ delivered: fc.nat(50), read: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 12 }), fc.nat(40), (all, lastSeq) => {
        const walk = (order: typeof all) => {
          let now = party(me);
          for (const one of order) {
            const after = advance(now, one, lastSeq);
            expect(after.readSeq).toBeGreaterThanOrEqual(now.readSeq);
            expect(after.deliveredSeq).toBeGreaterThanOrEqual(now.deliveredSeq);
            expect(after.readSeq).toBeLessThanOrEqual(after.deliveredSeq);
            expect(after.deliveredSeq).toBeLessThanOrEqual(lastSeq);
            now = after;
          }
          return now;
        };
        expect(walk(all.toReversed())).toEqual(walk(all));
      }),
    );
  });
});

describe("the shop's clock", () => {
  const step = fc.record({
    role: fc.constantFrom("buyer" as const, "seller" as const),
    isAuto: fc.boolean(),
    after: fc.nat(10_000),
  });

  it("waits since the first question that no person has answered", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let waiting = NOT_WAITING as ReturnType<typeof afterPost>["waiting"];
        let open: number | null = null;
        let at = NOW;
        for (const { role, isAuto: auto, after } of steps) {
          at += after;
          const isAuto = auto && role === "seller";
          const next = afterPost(waiting, { role, isAuto, at });
          if (role === "buyer") open ??= at;
          else if (!isAuto) {
            expect(next.waitedMs).toBe(open === null ? null : at - open);
            open = null;
          }
          waiting = next.waiting;
          expect(waiting.askedAt).toBe(open);
        }
      }),
    );
  });

  it.each([
    ["nobody is there", {}, "away"],
    ["somebody is there", { isShopHere: true }, undefined],
    ["it spoke a moment ago", { shopSaidAt: NOW - 1 }, undefined],
    ["it spoke long ago", { shopSaidAt: NOW - 100 }, "away"],
    ["it is the shop that speaks", { role: "seller" as const }, undefined],
  ])("answers by itself when %s", (_, about, expected) => {
    const silence = { role: "buyer" as const, isShopHere: false, shopSaidAt: null, now: NOW, everyMs: 100 };
    expect(decideAutoReply({ autoReply: "away" }, { ...silence, ...about })).toBe(expected);
    expect(decideAutoReply({ autoReply: null }, { ...silence, ...about })).toBeUndefined();
  });
});

it("searches words and nothing that means something to the index", () => {
  expect(searchWords(`kopi "gayo" OR robusta* NEAR(x)`)).toEqual([
    "kopi",
    "gayo",
    "or",
    "robusta",
    "near",
    "x",
  ]);
  expect(searchWords("  -- *** ")).toEqual([]);
  expect(searchWords("Ångström été")).toEqual(["ångström", "été"]);
  const many: readonly Id<"request">[] = Array.from({ length: 20 }, () => ids.next("request"));
  expect(searchWords(many.join(" "))).toHaveLength(8);
});
