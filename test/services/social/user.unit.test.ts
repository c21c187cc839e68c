import { describe, expect, it } from "vitest";
import type { Id } from "#kernel/ids";
import { addressFlaws, changeProfile, mergeChoices, type Profile } from "#services/social/user/domain";
import { zPatchProfile, zPutAddress } from "#services/social/user/schemas";

const JAKARTA = {
  recipient: "Siti",
  phone: "+6281234567890",
  country: "ID",
  region: "DKI Jakarta",
  city: "Jakarta Selatan",
  district: "Kebayoran Baru",
  postalCode: "12190",
  line1: "Jalan Asia Afrika 8",
};

describe("addresses by the rules of their country", () => {
  const cases = [
    ["ID", "12190", "DKI Jakarta", "Kebayoran Baru", []],
    ["ID", "1219", "DKI Jakarta", "Kebayoran Baru", ["postalCode"]],
    ["ID", "02190", "DKI Jakarta", "Kebayoran Baru", ["postalCode"]],
    ["ID", "12190", null, "Kebayoran Baru", ["region"]],
    ["ID", "x", null, null, ["postalCode", "region", "district"]],
    ["SG", "018956", null, null, []],
    ["SG", "18956", null, null, ["postalCode"]],
    ["GB", "SW1A 1AA", null, null, []],
    ["GB", "SW1A1AA", null, null, ["postalCode"]],
    ["US", "94107-1234", null, null, []],
    ["FR", "75001", null, null, []],
    ["FR", "7", null, null, ["postalCode"]],
  ] as const;
  it.each(cases)("%s %s", (country, postalCode, region, district, flaws) => {
    const found = addressFlaws({ country, postalCode, region, district });
    expect(found.map((flaw) => flaw.field)).toEqual(flaws);
  });
});

describe("what is read at the edge", () => {
  const codesOf = (change: object) =>
    zPutAddress.safeParse({ ...JAKARTA, ...change }).error?.issues.map((issue) => issue.path.join(".")) ?? [];

  it("takes an address and fills in what was left out", () => {
    const address = zPutAddress.parse({ ...JAKARTA, postalCode: " 12190 " });
    expect(address).toMatchObject({
      postalCode: "12190",
      village: null,
      latitude: null,
      isDefaultBilling: false,
    });
  });

  it.each([
    [{ phone: "081234567890" }, ["phone"]],
    [{ latitude: -6.2 }, ["latitude"]],
    [{ latitude: -91, longitude: 0 }, ["latitude"]],
    [{ country: "id" }, ["country"]],
    [{ postalCode: "" }, ["postalCode"]],
    [{ recipient: "  " }, ["recipient"]],
  ])("refuses %j", (change, paths) => {
    expect(codesOf(change)).toEqual(paths);
  });

  it("knows time zones and refuses mandatory categories in preferences", () => {
    expect(zPatchProfile.safeParse({ timeZone: "Asia/Makassar" }).success).toBe(true);
    expect(zPatchProfile.safeParse({ timeZone: "Asia/Atlantis" }).success).toBe(false);
    expect(zPatchProfile.safeParse({ notifications: { security: { email: false } } }).success).toBe(false);
    expect(zPatchProfile.safeParse({ email: "new@example.com" }).success).toBe(false);
  });
});

describe("profile changes", () => {
  const before: Profile = {
    userId: "usr_01jd8zt4w8h5vc6q1m9a2r7sxy" as Id<"user">,
    name: "Siti",
    email: "siti@example.com",
    phone: "+6281234567890",
    locale: "id",
    timeZone: null,
    currency: null,
    notifications: { marketing: { email: false } },
    createdAt: 0,
    version: 3,
  };

  it("names what changed and keeps what was left out", () => {
    const { profile, fields } = changeProfile(before, { name: "Siti R", phone: null, locale: "id" });
    expect(fields).toEqual(["name", "phone"]);
    expect(profile).toEqual({ ...before, name: "Siti R", phone: null, version: 4 });
  });

  it("is the same profile when nothing changed", () => {
    const change = { name: "Siti", notifications: { marketing: { email: false } } };
    expect(changeProfile(before, change)).toEqual({ profile: before, fields: [] });
  });

  it("merges choices by category and channel", () => {
    expect(
      mergeChoices(before.notifications, { marketing: { inbox: false }, shop: { email: false } }),
    ).toEqual({
      shop: { email: false },
      marketing: { email: false, inbox: false },
    });
  });
});
