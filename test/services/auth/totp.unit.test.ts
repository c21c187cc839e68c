import * as OTPAuth from "otpauth";
import { describe, expect, test } from "vitest";
import type { Cell } from "#kernel/cell";
import { openKeys } from "#kernel/keys";
import { openSealed, seal } from "#kernel/seal";
import {
  findStep,
  hotp,
  newTotpSecret,
  openTotp,
  sealTotp,
  toBase32,
  totpUri,
} from "../../../workers/services/social/auth/providers/otp.ts";

const SECRET = new TextEncoder().encode("12345678901234567890");

describe("HOTP", () => {
  /** RFC 4226, appendix D. */
  const VECTORS = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
  ] as const;
  test.for(VECTORS.map((code, counter) => [counter, code] as const))(
    "counter %d is %s",
    ([counter, code]) => {
      expect(hotp(SECRET, counter)).toBe(code);
    },
  );
});

describe("TOTP", () => {
  /** RFC 6238, appendix B, SHA-1: the last six of its eight digits. */
  const VECTORS = [
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ] as const;
  test.for(VECTORS)("at second %d the code is %s", ([second, code]) => {
    expect(findStep(SECRET, code, second * 1_000)).toBe(Math.floor(second / 30));
  });

  const at = Date.UTC(2026, 5, 1, 12, 0, 10);
  const app = (secret: Uint8Array) =>
    new OTPAuth.TOTP({ secret: OTPAuth.Secret.fromBase32(toBase32(secret)) });
  const WINDOW = [
    ["now", 0, 0],
    ["one step ago", -30_000, -1],
    ["one step ahead", 30_000, 1],
    ["two steps ago", -60_000, undefined],
    ["two steps ahead", 60_000, undefined],
  ] as const;
  test.for(WINDOW)("an app whose clock is at %s", ([, offset, steps]) => {
    const secret = newTotpSecret();
    const code = app(secret).generate({ timestamp: at + offset });
    const step = findStep(secret, code, at);
    expect(step).toBe(steps === undefined ? undefined : Math.floor(at / 30_000) + steps);
  });

  test("an app reads the address and then speaks our codes", () => {
    const secret = newTotpSecret();
    const uri = totpUri(secret, { issuer: "Titan Commerce ID", email: "sari@example.com" });
    const parsed = OTPAuth.URI.parse(uri);
    expect([parsed.issuer, parsed.label]).toEqual(["Titan Commerce ID", "sari@example.com"]);
    expect(findStep(secret, parsed.generate({ timestamp: at }), at)).toBe(Math.floor(at / 30_000));
  });

  /** RFC 4648, section 10. */
  const BASE32 = [
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ] as const;
  test.for(BASE32)("base32 of %j is %j", ([plain, encoded]) => {
    expect(toBase32(new TextEncoder().encode(plain))).toBe(encoded);
  });
});

describe("sealing", () => {
  const keysOf = (cell: string) => ({
    keys: openKeys({ ROOT_SECRET: "a root secret for this test only" } as Env, cell as Cell),
  });
  const ctx = keysOf("id");
  const [sari, budi] = ["usr_01jd8zt4w8h5vc6q1m9a2r7sxy", "usr_01jd8zt4w8h5vc6q1m9a2r7sxz"] as const;

  test("opens for whom it was sealed", async () => {
    const secret = newTotpSecret();
    const sealed = await sealTotp(ctx, sari as never, secret);
    expect(Buffer.from(await openTotp(ctx, sari as never, sealed))).toEqual(Buffer.from(secret));
    expect(await openSealed(ctx, await seal(ctx, { link: "https://x.test/#token=1" }))).toEqual({
      link: "https://x.test/#token=1",
    });
  });

  test("the same value is sealed differently each time", async () => {
    expect(await seal(ctx, "one")).not.toBe(await seal(ctx, "one"));
  });

  test("does not open for another user, market or purpose, nor when one bit is changed", async () => {
    const sealed = await sealTotp(ctx, sari as never, newTotpSecret());
    await expect(openTotp(ctx, budi as never, sealed)).rejects.toThrow();
    await expect(openTotp(keysOf("sg"), sari as never, sealed)).rejects.toThrow();
    await expect(openSealed(ctx, sealed, { about: sari })).rejects.toThrow();
    const bytes = Buffer.from(sealed, "base64url");
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    await expect(openTotp(ctx, sari as never, bytes.toString("base64url"))).rejects.toThrow();
  });
});
