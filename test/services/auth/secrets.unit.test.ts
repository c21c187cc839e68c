import { createHash } from "node:crypto";
import bcrypt from "bcryptjs";
import { describe, expect, test } from "vitest";
import type { Cell } from "#kernel/cell";
import { openKeys } from "#kernel/keys";
import {
  checkPassword,
  hashPassword,
  wrapBcrypt,
} from "../../../workers/services/social/auth/providers/password.ts";
import {
  hashCode,
  hashSecret,
  isSame,
  newCode,
  newRecoveryCode,
  newSecret,
  plainRecoveryCode,
  successorOf,
} from "../../../workers/services/social/auth/providers/secrets.ts";

const keysOf = (cell: string) => ({
  keys: openKeys({ ROOT_SECRET: "a root secret for this test only" } as Env, cell as Cell),
});

describe("passwords", () => {
  test("are argon2id with OWASP's terms and a salt of their own", async () => {
    const [one, two] = [await hashPassword("kopi-tubruk-pagi"), await hashPassword("kopi-tubruk-pagi")];
    expect(one.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one.hash).not.toBe(two.hash);
  });

  const TABLE = [
    ["the same", "kopi-tubruk-pagi", "kopi-tubruk-pagi", true],
    ["another case", "kopi-tubruk-pagi", "Kopi-tubruk-pagi", false],
    ["a letter more", "kopi-tubruk-pagi", "kopi-tubruk-pagi1", false],
    ["composed and decomposed", "caf\u00e9-pagi-hari", "cafe\u0301-pagi-hari", true],
    // A C library that is told the length in UTF-16 units hashes half of this, and takes the second for it.
    ["beyond ASCII, with another end", "éééééééé", "éééébbbbbbbb", false],
    ["beyond the basic plane, with another end", "🔑🔑🔑🔑🔒", "🔑🔑🔑🔑🔓", false],
    ["with a zero byte", "kopi\u0000tubruk", "kopi\u0000pahit", false],
    ["empty against nothing", "kopi-tubruk-pagi", "", false],
  ] as const;
  test.for(TABLE)("%s", async ([, stored, given, isRight]) => {
    expect(await checkPassword(given, await hashPassword(stored))).toBe(isRight);
  });

  test("no account is no match, after the work of one", async () => {
    expect(await checkPassword("kopi-tubruk-pagi", undefined)).toBe(false);
  });

  test("an imported bcrypt hash is wrapped at once and still matches", async () => {
    const imported = await bcrypt.hash("kopi-tubruk-pagi", 6);
    const wrapped = await wrapBcrypt(imported);
    expect(wrapped?.hash).toMatch(/^\$argon2id\$/);
    expect(JSON.stringify(wrapped)).not.toContain(imported.slice(29));
    expect(await checkPassword("kopi-tubruk-pagi", wrapped)).toBe(true);
    expect(await checkPassword("kopi-tubruk-malam", wrapped)).toBe(false);
  });

  test("PHP's spelling of bcrypt is the same hash", async () => {
    const imported = (await bcrypt.hash("kopi-tubruk-pagi", 6)).replace("$2b$", "$2y$");
    expect(await checkPassword("kopi-tubruk-pagi", await wrapBcrypt(imported))).toBe(true);
  });

  const REFUSED = ["", "kopi", "$2b$31$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234", "$1$abc$def"];
  test.for(REFUSED)("%j is no bcrypt hash that we would take", async (hash) => {
    expect(await wrapBcrypt(hash)).toBeUndefined();
  });
});

describe("secrets", () => {
  test("have 256 bits and are never the same", () => {
    const secrets = Array.from({ length: 100 }, newSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets) expect(Buffer.from(secret, "base64url")).toHaveLength(32);
  });

  test("are stored as SHA-256", () => {
    expect(hashSecret("a")).toBe(createHash("sha256").update("a").digest("base64url"));
  });

  test("the successor of a token is always the same, and another in every market", () => {
    const token = newSecret();
    expect(successorOf(keysOf("id"), token)).toBe(successorOf(keysOf("id"), token));
    expect(successorOf(keysOf("sg"), token)).not.toBe(successorOf(keysOf("id"), token));
    expect(successorOf(keysOf("id"), token)).toMatch(/^[\w-]{43}$/);
  });

  test("codes have six digits, leading zeros too, and their hash is bound to what they are for", () => {
    for (let i = 0; i < 1_000; i += 1) expect(newCode()).toMatch(/^\d{6}$/);
    expect(hashCode(keysOf("id"), "one", "123456")).not.toBe(hashCode(keysOf("id"), "two", "123456"));
  });

  test("a recovery code is found however it is typed", () => {
    const code = newRecoveryCode();
    expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/);
    expect(plainRecoveryCode(` ${code.toUpperCase().replaceAll("-", " ")}`)).toBe(code.replaceAll("-", ""));
    expect(plainRecoveryCode("OIL0-1111")).toBe("01101111");
  });

  test("comparing wants all of it", () => {
    expect([isSame("abc", "abc"), isSame("abc", "abd"), isSame("abc", "ab"), isSame("", "")]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});
