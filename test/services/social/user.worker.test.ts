import { describe, expect, it } from "vitest";
import type { Id } from "#kernel/ids";
import { eraseMe } from "#services/social/user/commands";
import { createProfile, recordErasure, switchOffNotification } from "#services/social/user/index";
import { sweepCell } from "../../../workers/jobs.ts";
import { type Client, type Harness, harness } from "../../support/harness.ts";

const HOME = {
  recipient: "Siti Rahma",
  phone: "+6281234567890",
  country: "ID",
  region: "DKI Jakarta",
  city: "Jakarta Selatan",
  district: "Kebayoran Baru",
  postalCode: "12190",
  line1: "Jalan Asia Afrika 8",
};

async function person(h: Harness): Promise<Client & { userId: Id<"user"> }> {
  const userId = h.ids.next("user");
  const email = `${userId}@example.com`;
  await h.ctx().db.commit([createProfile({ userId, name: "Siti", email, locale: "id", now: h.clock.now() })]);
  return { ...(await h.buyer(userId)), userId };
}
const match = (version: number) => ({ headers: { "if-match": `"${version}"` } });

describe("profile", () => {
  it("changes under If-Match and tells which fields", async () => {
    const h = harness();
    const me = await person(h);
    const read = await me.get("/v1/users/me");
    expect(read.body).toMatchObject({ name: "Siti", timeZone: "Asia/Jakarta", currency: "IDR", version: 1 });
    expect(read.headers.get("etag")).toBe('"1"');

    const change = {
      name: "Siti R",
      timeZone: "Asia/Makassar",
      notifications: { marketing: { email: false } },
    };
    const changed = await me.patch("/v1/users/me", change, match(1));
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ name: "Siti R", timeZone: "Asia/Makassar", version: 2 });
    expect(changed.body.notifications.marketing).toEqual({ email: false, inbox: true });
    expect(h.waiting().map((fact) => [fact.type, fact.seq, fact.payload])).toEqual([
      ["user.changed", 2, { userId: me.userId, fields: ["name", "timeZone", "notifications"] }],
    ]);

    expect((await me.patch("/v1/users/me", { name: "Late" }, match(1))).status).toBe(412);
    expect((await me.patch("/v1/users/me", { name: "Blind" })).status).toBe(428);
    expect((await me.get("/v1/users/me")).body.name).toBe("Siti R");
  });

  it("lets one of several writers at once through", async () => {
    const h = harness();
    const me = await person(h);
    const names = ["A", "B", "C", "D", "E"];
    const answers = await Promise.all(names.map((name) => me.patch("/v1/users/me", { name }, match(1))));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412, 412, 412]);
  });

  it("switches one channel off and leaves the other choices", async () => {
    const h = harness();
    const me = await person(h);
    await me.patch("/v1/users/me", { notifications: { order_update: { inbox: false } } }, match(1));
    await h.ctx().db.commit([switchOffNotification(me.userId, "order_update", "email")]);
    await h.ctx().db.commit([switchOffNotification(me.userId, "marketing", "email")]);
    const { notifications } = (await me.get("/v1/users/me")).body;
    expect(notifications.order_update).toEqual({ email: false, inbox: false });
    expect(notifications.marketing).toEqual({ email: false, inbox: true });
    expect(notifications.shop).toEqual({ email: true, inbox: true });
  });
});

describe("addresses", () => {
  const defaultsOf = async (me: Client) => {
    const { items } = (await me.get("/v1/users/me/addresses")).body;
    const of = (flag: string) => items.filter((item: Record<string, boolean>) => item[flag]);
    return { shipping: of("isDefaultShipping"), billing: of("isDefaultBilling"), items };
  };

  it("keeps exactly one default of each kind through add, replace and remove", async () => {
    const h = harness();
    const me = await person(h);
    const first = (await me.post("/v1/users/me/addresses", HOME)).body;
    expect(first).toMatchObject({ isDefaultShipping: true, isDefaultBilling: true, version: 1 });
    const office = { ...HOME, label: "office", isDefaultShipping: true };
    const second = (await me.post("/v1/users/me/addresses", office)).body;
    let defaults = await defaultsOf(me);
    expect(defaults.shipping.map((one: { id: string }) => one.id)).toEqual([second.id]);
    expect(defaults.billing.map((one: { id: string }) => one.id)).toEqual([first.id]);

    const path = `/v1/users/me/addresses/${second.id}`;
    const unset = await me.put(path, { ...office, isDefaultShipping: false, line2: "Floor 3" }, match(1));
    expect(unset.body).toMatchObject({ isDefaultShipping: true, line2: "Floor 3", version: 2 });
    expect((await me.put(path, office, match(1))).status).toBe(412);

    expect((await me.delete(path)).status).toBe(204);
    expect((await me.delete(path)).status).toBe(404);
    defaults = await defaultsOf(me);
    expect(defaults.shipping.map((one: { id: string }) => one.id)).toEqual([first.id]);
  });

  it("has one default when several are made the default at once", async () => {
    const h = harness();
    const me = await person(h);
    const wanted = { ...HOME, isDefaultShipping: true, isDefaultBilling: true };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => me.post("/v1/users/me/addresses", wanted)));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201, 201]);
    const { shipping, billing, items } = await defaultsOf(me);
    expect([shipping.length, billing.length, items.length]).toEqual([1, 1, 5]);
  });

  it("refuses the hundred and first, also when two come at once", async () => {
    const h = harness();
    const me = await person(h);
    for (let i = 0; i < 99; i += 1) await me.post("/v1/users/me/addresses", HOME);
    const last = await Promise.all([1, 2, 3].map(() => me.post("/v1/users/me/addresses", HOME)));
    expect(last.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    expect((await defaultsOf(me)).items.length).toBe(100);
  });

  it("says what is wrong with a field, and hides another's address", async () => {
    const h = harness();
    const [me, other] = [await person(h), await person(h)];
    const bad = await me.post("/v1/users/me/addresses", { ...HOME, postalCode: "1", district: null });
    expect(bad.status).toBe(400);
    expect(bad.body.errors.map((error: { path: string }) => error.path)).toEqual([
      "body.postalCode",
      "body.district",
    ]);
    const { id } = (await me.post("/v1/users/me/addresses", HOME)).body;
    const path = `/v1/users/me/addresses/${id}`;
    expect((await other.get(path)).status).toBe(404);
    expect((await other.put(path, HOME, match(1))).status).toBe(404);
    expect((await other.delete(path)).status).toBe(404);
    expect((await me.get(path)).status).toBe(200);
  });
});

describe("consents", () => {
  it("adds a row each time and cannot be changed afterwards", async () => {
    const h = harness();
    const me = await person(h);
    for (const granted of [true, false, true]) {
      h.clock.advance(1_000);
      await me.post("/v1/users/me/consents", { purpose: "marketing", version: "2026-11", granted });
    }
    const page = (await me.get("/v1/users/me/consents?limit=2")).body;
    expect(page.items.map((item: { granted: boolean }) => item.granted)).toEqual([true, false]);
    const next = (await me.get(`/v1/users/me/consents?limit=2&cursor=${page.nextCursor}`)).body;
    expect(next.items.map((item: { granted: boolean }) => item.granted)).toEqual([true]);
    expect(next.nextCursor).toBeNull();

    const { read } = h.ctx().db;
    const change = read.execute(`UPDATE user_consent SET granted = false WHERE user_id = '${me.userId}'`);
    await expect(change).rejects.toThrow();
    await expect(read.execute(`DELETE FROM user_consent WHERE user_id = '${me.userId}'`)).rejects.toThrow();
    expect((await me.get("/v1/users/me/consents")).body.items.length).toBe(3);
  });
});

describe("export and erasure", () => {
  it("exports everything that is held", async () => {
    const h = harness();
    const me = await person(h);
    await me.post("/v1/users/me/addresses", HOME);
    await me.post("/v1/users/me/consents", { purpose: "terms", version: "1", granted: true });
    const { status, headers, body } = await me.get("/v1/users/me/export");
    expect(status).toBe(200);
    expect(headers.get("content-disposition")).toContain("attachment");
    expect(body).toMatchObject({
      userId: me.userId,
      profile: { name: "Siti" },
      addresses: [{ postalCode: "12190" }],
      consents: [{ purpose: "terms" }],
    });
  });

  it("erases once, keeps what the law asks for, and proves it by a signed link", async () => {
    const h = harness();
    const me = await person(h);
    await me.post("/v1/users/me/addresses", HOME);
    const erased = await me.post("/v1/users/me/erasure");
    expect(erased.status).toBe(202);
    expect((await me.get("/v1/users/me")).status).toBe(404);
    expect((await me.get("/v1/users/me/addresses")).body.items).toEqual([]);
    expect((await me.post("/v1/users/me/addresses", HOME)).status).toBe(404);

    const again = await me.post("/v1/users/me/erasure");
    expect(again.body.requestedAt).toBe(erased.body.requestedAt);
    expect(h.waiting().filter((fact) => fact.type === "user.erased").length).toBe(1);
    const at = h.clock.now();
    const step = {
      userId: me.userId,
      store: "test.store",
      action: "erased",
      reason: "By a test.",
      at,
    } as const;
    await h.ctx().db.commit([recordErasure([step])]);
    await h.ctx().db.commit([recordErasure([{ ...step, reason: "Twice." }])]);

    const proof = await h.anonymous.get(erased.body.proofPath);
    const stepOf = (store: string) => proof.body.steps.find((one: { store: string }) => one.store === store);
    expect(stepOf("order.invoice")).toMatchObject({ action: "retained" });
    expect(stepOf("user.user_address")).toMatchObject({ action: "erased" });
    expect(stepOf("test.store")).toMatchObject({ action: "erased", reason: "Twice." });
    expect(proof.body.completedAt).toBeNull();
    expect((await h.anonymous.get(`/v1/users/erasures/${me.userId}?signature=x`)).status).toBe(404);

    await h.drain();
    await sweepCell(h.ctx());
    expect((await h.anonymous.get(erased.body.proofPath)).body.completedAt).not.toBeNull();
  });

  it("asks for a sign-in of the last quarter of an hour", async () => {
    const h = harness();
    const me = await person(h);
    if (me.actor.kind !== "user") throw new Error("a person is a user");
    const authenticatedAt = h.clock.now() - 16 * 60_000;
    await expect(eraseMe(h.ctx({ ...me.actor, authenticatedAt }))).rejects.toThrow("user.sign_in_again");
    expect((await me.get("/v1/users/me")).status).toBe(200);
  });
});
