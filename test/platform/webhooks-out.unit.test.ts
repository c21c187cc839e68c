import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "#kernel/clock";
import { consumers } from "#platform/webhooks-out/consumers";
import {
  ATTEMPTS_MAX,
  HEALTHY,
  isTaken,
  judge,
  nextAttempt,
  rotate,
  signedHeaders,
  signingGenerations,
} from "#platform/webhooks-out/domain/delivery";
import { bodyOf, EVENT_TYPES, hears } from "#platform/webhooks-out/domain/event";
import { isPublicAddress, readTarget } from "#platform/webhooks-out/domain/guard";

const NOW = 1_800_000_000_000;

test("what can be subscribed to is what is consumed", () => {
  const consumed = consumers.flatMap(({ on }) => on.map(({ type }) => type));
  expect(consumed.toSorted()).toEqual([...EVENT_TYPES].toSorted());
});

describe("an address", () => {
  const cases = [
    ["https://shop.example.com/hooks?a=b", "ok"],
    ["https://shop.example.com:8443/hooks", "ok"],
    ["https://8.8.8.8/hooks", "ok"],
    ["https://[2606:4700:4700::1111]/hooks", "ok"],
    ["no address", "webhook.url_malformed"],
    ["https://user:secret@shop.example.com/", "webhook.url_malformed"],
    ["https://shop.example.com/#part", "webhook.url_malformed"],
    ["http://shop.example.com/", "webhook.url_forbidden"],
    ["ftp://shop.example.com/", "webhook.url_forbidden"],
    ["https://shop.example.com:5432/", "webhook.url_forbidden"],
    ["https://localhost/", "webhook.url_forbidden"],
    ["https://db/", "webhook.url_forbidden"],
    ["https://metadata.google.internal/", "webhook.url_forbidden"],
    ["https://printer.local./", "webhook.url_forbidden"],
    ["https://10.1.2.3/", "webhook.url_forbidden"],
    ["https://127.1/", "webhook.url_forbidden"],
    ["https://0x7f000001/", "webhook.url_forbidden"],
    ["https://2130706433/", "webhook.url_forbidden"],
    ["https://0177.0.0.1/", "webhook.url_forbidden"],
    ["https://169.254.169.254/latest/meta-data", "webhook.url_forbidden"],
    ["https://172.31.255.255/", "webhook.url_forbidden"],
    ["https://192.168.0.1/", "webhook.url_forbidden"],
    ["https://100.64.0.1/", "webhook.url_forbidden"],
    ["https://[::1]/", "webhook.url_forbidden"],
    ["https://[::ffff:10.0.0.1]/", "webhook.url_forbidden"],
    ["https://[fe80::1]/", "webhook.url_forbidden"],
    ["https://[fd00::1]/", "webhook.url_forbidden"],
    ["https://[64:ff9b::a00:1]/", "webhook.url_forbidden"],
    ["https://[2002:a00:1::]/", "webhook.url_forbidden"],
    ["https://[2001:db8::1]/", "webhook.url_forbidden"],
    ["http://127.0.0.1:8080/", "webhook.url_forbidden"],
  ] as const;
  test.each(cases)("%s is %s", (url, expected) => {
    const target = readTarget(url, { loopback: false });
    expect(target.ok ? "ok" : target.code).toBe(expected);
  });

  test("loopback is let through where it is allowed, and nothing else with it", () => {
    const verdict = (url: string) => readTarget(url, { loopback: true }).ok;
    expect(["http://127.0.0.1:8080/", "http://localhost:1/x", "http://[::1]/"].map(verdict)).toEqual([
      true,
      true,
      true,
    ]);
    expect(["http://10.0.0.1/", "http://shop.example.com/", "https://10.0.0.1/"].map(verdict)).toEqual([
      false,
      false,
      false,
    ]);
  });

  test("of any private network is told from a public one", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const inside = fc.oneof(
      fc.tuple(fc.constant(10), octet, octet, octet),
      fc.tuple(fc.constant(127), octet, octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
    );
    const outside = fc.tuple(fc.integer({ min: 11, max: 99 }), octet, octet, octet);
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const unrouted = fc.tuple(fc.constantFrom("fc12", "fe80", "ff02", "0", "64", "100"), group, group);
    fc.assert(fc.property(inside, (parts) => !isPublicAddress(parts.join("."))));
    fc.assert(fc.property(outside, (parts) => isPublicAddress(parts.join("."))));
    fc.assert(fc.property(unrouted, ([first, ...rest]) => !isPublicAddress(`${first}:${rest.join(":")}::1`)));
    fc.assert(fc.property(inside, (parts) => !isPublicAddress(`::ffff:${parts.join(".")}`)));
  });
});

test("the official library verifies signatures, by either secret while one is replaced", () => {
  const secrets = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(9)];
  const body = JSON.stringify({ type: "order.paid", title: "Kemeja ✓" });
  const headers = signedHeaders(secrets, { id: "evt_1", at: Date.now(), body });
  for (const secret of secrets) {
    const webhook = new Webhook(`whsec_${Buffer.from(secret).toString("base64")}`);
    expect(webhook.verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => webhook.verify(`${body} `, headers)).toThrow();
  }
  const stranger = new Webhook(`whsec_${Buffer.from(new Uint8Array(32)).toString("base64")}`);
  expect(() => stranger.verify(body, headers)).toThrow();
});

test("ten tries within some three days, later each time, and none after them", () => {
  const anyChance = fc.double({ min: 0, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(fc.array(anyChance, { minLength: ATTEMPTS_MAX, maxLength: ATTEMPTS_MAX }), (chances) => {
      let at = NOW;
      for (const [i, chance] of chances.slice(0, -1).entries()) {
        const next = nextAttempt(i + 1, at, chance);
        expect(next).toBeGreaterThan(at);
        at = next ?? at;
      }
      expect(nextAttempt(ATTEMPTS_MAX, at, 0)).toBeUndefined();
      expect(at - NOW).toBeGreaterThan(2.4 * DAY_MS);
      expect(at - NOW).toBeLessThan(4 * DAY_MS);
    }),
  );
});

test("an endpoint that fails is probed less and less, and given up after three days", () => {
  let health = { ...HEALTHY, state: "enabled" as const };
  const pauses: (number | null)[] = [];
  for (let i = 0; i < 14; i += 1) {
    health = { ...health, ...judge(health, 500, NOW) };
    pauses.push(health.pausedUntil && health.pausedUntil - NOW);
  }
  expect(pauses.slice(0, 6)).toEqual([null, null, null, null, 30_000, 60_000]);
  expect(pauses.at(-1)).toBe(HOUR_MS);
  expect(judge(health, 500, NOW + 3 * DAY_MS - 1).disabledFor).toBeNull();
  expect(judge(health, null, NOW + 3 * DAY_MS).disabledFor).toBe("failing");
  expect(judge({ ...HEALTHY, state: "enabled" }, 410, NOW).disabledFor).toBe("gone");
});

test("only 2xx is taken", () => {
  expect([200, 202, 204, 299].every(isTaken)).toBe(true);
  expect([null, 199, 301, 302, 304, 400, 410, 500].some(isTaken)).toBe(false);
});

test("a secret that was replaced signs on for its time, and three old ones at most", () => {
  let secrets = rotate({ generation: 1, retiring: [] }, NOW, DAY_MS);
  expect(signingGenerations(secrets, NOW)).toEqual([2, 1]);
  expect(signingGenerations(secrets, NOW + DAY_MS)).toEqual([2]);
  for (let i = 0; i < 5; i += 1) secrets = rotate(secrets, NOW + i, DAY_MS);
  expect(signingGenerations(secrets, NOW + 10)).toEqual([7, 4, 5, 6]);
  expect(signingGenerations(rotate(secrets, NOW + 10, 0), NOW + 10)).toEqual([8]);
});

test("a shop hears of its own, the platform of everything, and of no buyer's address", () => {
  const fact = {
    id: "evt_1",
    type: "order.paid",
    v: 1,
    at: NOW,
    cell: "id",
    subject: "ord_1",
    seq: 3,
    payload: { sellerId: "slr_1", email: "ayu@example.com", locale: "id", totalMinor: "100" },
  };
  const listening = (sellerId: string | null, ...eventTypes: string[]) => ({ sellerId, eventTypes });
  expect(hears(listening("slr_1", "*"), fact)).toBe(true);
  expect(hears(listening("slr_1", "order.paid"), fact)).toBe(true);
  expect(hears(listening("slr_1", "order.placed"), fact)).toBe(false);
  expect(hears(listening("slr_2", "*"), fact)).toBe(false);
  expect(hears(listening(null, "order.paid"), fact)).toBe(true);
  expect(hears(listening("slr_1", "*"), { ...fact, payload: { paymentId: "pay_1" } })).toBe(false);
  const body = JSON.parse(bodyOf(fact));
  expect(body).toMatchObject({ id: "evt_1", type: "order.paid", sequence: 3, subject: "ord_1" });
  expect(body.data).toEqual({ sellerId: "slr_1", totalMinor: "100" });
});
