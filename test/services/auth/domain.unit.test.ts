import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Scope, ShopRole } from "#kernel/permission";
import {
  type Account,
  decideFresh,
  decideJoin,
  decideKeyScopes,
  decideRemoval,
  isWeakPassword,
  nameDevice,
  needsSecondFactor,
  prefixOf,
} from "#services/social/auth/domain";

describe("the gate", () => {
  const TABLE = [
    [false, ["pwd"], false],
    [true, ["pwd"], true],
    [true, ["email"], true],
    [true, ["fed"], true],
    [true, ["pwd", "otp"], true],
    [true, ["pwd", "otp", "mfa"], false],
    [true, ["pop", "mfa"], false],
  ] as const;
  test.for(TABLE)("second factor on %j, shown %j: stops %j", ([hasTotp, amr, stops]) => {
    expect(needsSecondFactor({ hasTotp }, amr)).toBe(stops);
  });
});

describe("step-up", () => {
  const now = 1_000_000;
  const TABLE = [
    ["just now", 0, ["pwd"], false, true],
    ["to the millisecond", 600_000, ["pwd"], false, true],
    ["a millisecond late", 600_001, ["pwd"], false, false],
    ["without the second factor", 0, ["pwd"], true, false],
    ["with it", 0, ["pwd", "otp", "mfa"], true, true],
    ["with it, but long ago", 600_001, ["pwd", "otp", "mfa"], true, false],
  ] as const;
  test.for(TABLE)("%s", ([, ago, amr, hasTotp, passes]) => {
    const held = { amr, authenticatedAt: now - ago };
    expect(decideFresh(held, { maxAgeMs: 600_000, now, hasTotp }).ok).toBe(passes);
  });
});

describe("an identity of a provider", () => {
  const [verified, unverified] = [{ emailVerifiedAt: 1 }, { emailVerifiedAt: null }];
  const TABLE = [
    ["unverified there, no account here", false, undefined, "refuse"],
    ["unverified there, verified here", false, verified, "refuse"],
    ["unverified there and here", false, unverified, "refuse"],
    ["verified there, no account here", true, undefined, "create"],
    ["verified there, unverified here", true, unverified, "refuse"],
    ["verified there and here", true, verified, "join"],
  ] as const;
  test.for(TABLE)("%s", ([, emailVerified, known, decision]) => {
    expect(decideJoin({ emailVerified }, known)).toBe(decision);
  });
});

describe("scopes of a key", () => {
  const TABLE: readonly (readonly [ShopRole | undefined, readonly Scope[], boolean])[] = [
    ["owner", ["inventory:write"], true],
    ["owner", ["catalogue:write", "inventory:write", "order:read", "order:write"], true],
    ["owner", ["platform"], false],
    ["owner", ["order:read", "buy"], false],
    ["owner", [], false],
    ["manager", ["order:read"], false],
    ["staff", ["order:read"], false],
    [undefined, ["platform", "buy"], true],
    [undefined, [], false],
  ];
  test.for(TABLE)("%s asks for %j: %j", ([role, scopes, isGranted]) => {
    expect(decideKeyScopes(scopes, role).ok).toBe(isGranted);
  });
});

describe("removing a way to sign in", () => {
  const account = (change: Partial<Account>): Account => ({
    userId: "usr_01jd8zt4w8h5vc6q1m9a2r7sxy" as Account["userId"],
    email: "sari@example.com",
    emailVerifiedAt: null,
    sessionEpoch: 0,
    operatorRole: null,
    handle: "h",
    disabledAt: null,
    version: 1,
    passwordHash: null,
    bcryptSalt: null,
    hasTotp: false,
    passkeys: 0,
    identities: 0,
    isNewDevice: false,
    ...change,
  });
  const TABLE = [
    ["the only passkey", { passkeys: 1 }, "passkey", false],
    ["one of two", { passkeys: 2 }, "passkey", true],
    ["with a password left", { passkeys: 1, passwordHash: "x" }, "passkey", true],
    ["with a verified address left", { passkeys: 1, emailVerifiedAt: 1 }, "passkey", true],
    ["with a provider left", { passkeys: 1, identities: 1 }, "passkey", true],
    ["the only provider", { identities: 1 }, "identity", false],
    ["with a passkey left", { passkeys: 1, identities: 1 }, "identity", true],
  ] as const;
  test.for(TABLE)("%s", ([, change, what, isAllowed]) => {
    expect(decideRemoval(account(change), what).ok).toBe(isAllowed);
  });
});

describe("weak passwords", () => {
  const TABLE = [
    ["password123", true],
    ["PassWord123", true],
    ["rahasia123", true],
    ["aaaaaaaaaa", true],
    ["123456789", true],
    ["87654321", true],
    ["abcdefghij", true],
    ["sari.dewi@example.com", true],
    ["sari.dewi", true],
    ["kopi-tubruk-pagi", false],
    ["x7#kL9!q", false],
    ["正しい馬の電池", false],
  ] as const;
  test.for(TABLE)("%s: %j", ([password, isWeak]) => {
    expect(isWeakPassword(password, "sari.dewi@example.com")).toBe(isWeak);
  });
});

describe("devices", () => {
  const CHROME =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0";
  const TABLE = [
    [`${CHROME} Safari/537.36`, "Chrome on Windows"],
    [`${CHROME} Safari/537.36 Edg/140.0`, "Edge on Windows"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604", "Safari on iPhone"],
    ["Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140 Mobile Safari/537", "Chrome on Android"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
    ["TitanApp/3.1", "TitanApp/3.1"],
    ["", "Unknown device"],
    ["\u0000\u0007", "Unknown device"],
  ] as const;
  test.for(TABLE)("%s is %s", ([agent, name]) => expect(nameDevice(agent)).toBe(name));

  test("whatever a head says, the name is short and printable", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), (agent) => /^[\x20-\x7e]{1,60}$/.test(nameDevice(agent))),
    );
  });
});

describe("the prefix of an address", () => {
  const TABLE = [
    ["203.0.113.77", "203.0.113.0/24"],
    ["::ffff:203.0.113.77", "203.0.113.0/24"],
    ["2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3::/48"],
    ["2001:DB8:85A3::1", "2001:db8:85a3::/48"],
    ["2001:db8::1", "2001:db8:0::/48"],
    ["2001:0db8:0001::1", "2001:db8:1::/48"],
    ["::1", "0:0:0::/48"],
    ["local", "unknown"],
    ["", "unknown"],
  ] as const;
  test.for(TABLE)("%s is %s", ([address, prefix]) => expect(prefixOf(address)).toBe(prefix));
});
