import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "#kernel/clock";
import { UserErased } from "#services/social/user/facts";
import { exportQuery } from "#services/transaction/voucher/index";
import { harness } from "../../support/harness.ts";
import { openShop } from "../../support/shop.ts";
import { codeOf, hear, idr, make, redeem } from "./voucher-desk.ts";

test("a shop sees, changes and ends its own vouchers and nobody else's", async () => {
  const h = harness();
  const sellerId = h.ids.next("seller");
  const [owner, stranger, operator] = [
    await h.member(sellerId),
    await h.member(h.ids.next("seller")),
    await h.operator(),
  ];
  const code = codeOf(h, "TOKO");
  const mine = await make(h, owner, { code: ` ${code.toLowerCase()} `, quota: 5 });
  expect(mine).toMatchObject({ code, sellerId, fundedBy: "seller", category: "seller", state: "active" });
  const path = `/v1/vouchers/${mine.id}`;
  for (const [client, query] of [
    [stranger, ""],
    [operator, ""],
  ] as const) {
    expect((await client.get(path + query)).status).toBe(404);
    expect((await client.get(`${path}/usage${query}`)).status).toBe(404);
    expect((await client.post(`${path}/end${query}`)).status).toBe(404);
    const patch = await client.patch(path + query, { quota: 9 }, { headers: { "if-match": '"1"' } });
    expect(patch.status).toBe(404);
  }
  // Nobody makes the platform pay who may not, nor a shop that is not his.
  const body = {
    titles: { en: "Free" },
    benefit: { kind: "fixed", amount: idr(100) },
    startsAt: new Date(h.clock.now()).toISOString(),
    endsAt: new Date(h.clock.now() + DAY_MS).toISOString(),
  };
  const platform = await owner.post("/v1/vouchers", { ...body, fundedBy: "platform" }, { key: "k1" });
  expect(platform.status).toBe(403);
  expect((await operator.post("/v1/vouchers", { ...body, fundedBy: "seller" }, { key: "k1" })).status).toBe(
    403,
  );
  expect((await owner.post("/v1/vouchers", { ...body, code }, { key: "k2" })).body.code).toBe(
    "voucher.code_taken",
  );
  const staff = await h.member(sellerId, "staff");
  expect((await staff.post("/v1/vouchers", body, { key: "k3" })).status).toBe(403);

  const listed = await owner.get("/v1/vouchers?state=active");
  expect(listed.body.items.map((one: { id: string }) => one.id)).toEqual([mine.id]);
  expect((await stranger.get("/v1/vouchers")).body.items).toEqual([]);
});

test("a change names the version that was read; a limit moves or goes and does not come", async () => {
  const h = harness();
  const owner = await h.member(h.ids.next("seller"));
  const voucher = await make(h, owner, { quota: 5 });
  const path = `/v1/vouchers/${voucher.id}`;
  const patch = (body: object, version: number) =>
    owner.patch(path, body, { headers: { "if-match": `"${version}"` } });
  const got = await owner.get(path);
  expect(got.headers.get("etag")).toBe('"1"');
  expect((await patch({ quota: 6, titles: { en: "Six" } }, 1)).body).toMatchObject({ quota: 6, version: 2 });
  expect((await patch({ quota: 7 }, 1)).status).toBe(412);
  expect((await patch({ perDay: 3 }, 2)).body.code).toBe("voucher.limit_fixed");
  expect((await patch({ budget: idr(1_000_000), perBuyer: 2 }, 2)).body).toMatchObject({
    perBuyer: 2,
    version: 3,
  });
  expect((await patch({ quota: null, budget: null }, 3)).body).toMatchObject({ quota: null, version: 4 });
  expect((await patch({ quota: 10 }, 4)).body.code).toBe("voucher.limit_fixed");
  expect((await patch({ startsAt: new Date(h.clock.now() + HOUR_MS).toISOString() }, 4)).status).toBe(400);
  expect((await patch({ benefit: { kind: "free_shipping" } }, 4)).body.code).toBe("voucher.terms_invalid");
  const sen = { kind: "fixed", amount: { minor: "150", currency: "IDR" } };
  expect((await patch({ benefit: sen }, 4)).body.errors).toMatchObject([{ code: "cash_step" }]);
  const dollars = { kind: "fixed", amount: { minor: "100", currency: "SGD" } };
  expect((await patch({ benefit: dollars }, 4)).body.errors).toMatchObject([{ code: "currency" }]);
  for (const [move, state] of [
    ["pause", "paused"],
    ["pause", "paused"],
    ["resume", "active"],
    ["end", "ended"],
    ["end", "ended"],
  ]) {
    expect((await owner.post(`${path}/${move}`)).body.state).toBe(state);
  }
  expect((await owner.post(`${path}/resume`)).body.code).toBe("voucher.ended");
});

test("a quote says what applies, to which offer, and what would make the others apply", async () => {
  const h = harness();
  const { sellerId, offers } = await openShop(h, [{ priceMinor: 5_000_000n }, { priceMinor: 2_000_000n }]);
  const [dear, cheap] = offers;
  if (!dear || !cheap) throw new Error("two offers");
  const operator = await h.operator();
  const owner = await h.member(sellerId);
  const [half, big, qris, later, foreign, unknown] = [
    await make(h, owner, {
      benefit: { kind: "percent", basisPoints: 5_000 },
      conditions: { include: { productIds: [cheap.productId] } },
    }),
    await make(h, operator, { conditions: { minSpend: idr(9_500_000) } }),
    await make(h, operator, { conditions: { methods: ["qris"] } }),
    await make(h, operator, { startsAt: new Date(h.clock.now() + HOUR_MS).toISOString() }),
    await make(h, await h.member(h.ids.next("seller"))),
    { code: codeOf(h, "NOBODY") },
  ];
  const codes = [half, big, qris, later, foreign, unknown].map(({ code }) => code.toLowerCase());
  const lines = [dear, cheap].map(({ offerId }) => ({ offerId, quantity: 1 }));
  const buyer = await h.buyer();
  const { status, body } = await buyer.post("/v1/vouchers/quote", {
    codes,
    method: "gopay",
    auto: false,
    lines,
  });
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.applied).toMatchObject([
    {
      code: half.code,
      fundedBy: "seller",
      amount: idr(1_000_000),
      shares: [{ offerId: cheap.offerId, amount: idr(1_000_000) }],
    },
  ]);
  expect(body.discount).toEqual(idr(1_000_000));
  const why = new Map(body.rejected.map((one: { code: string }) => [one.code, one]));
  expect(why.get(big.code)).toMatchObject({
    reason: "min_spend",
    needs: [{ kind: "spend_more", amount: idr(2_500_000) }],
    detail: "The goods are below its minimum. Spend Rp 25.000 more.",
  });
  expect(why.get(qris.code)).toMatchObject({
    reason: "method",
    detail: expect.stringContaining("Use QRIS."),
  });
  expect(why.get(later.code)).toMatchObject({
    reason: "not_started",
    needs: [{ kind: "wait_until", at: new Date(h.clock.now() + HOUR_MS).toISOString() }],
  });
  expect(why.get(foreign.code)).toMatchObject({ reason: "no_eligible_goods" });
  expect(why.get(unknown.code)).toMatchObject({ reason: "unknown" });

  const paid = await buyer.post("/v1/vouchers/quote", { codes, method: "qris", auto: false, lines });
  expect(paid.body.applied.map((one: { code: string }) => one.code).toSorted()).toEqual(
    [half.code, qris.code].toSorted(),
  );
});

test("what was collected is tried unasked; a code is collected by whoever has it", async () => {
  const h = harness();
  const { sellerId, offers } = await openShop(h, [{ priceMinor: 5_000_000n }]);
  const owner = await h.member(sellerId);
  const shown = await make(h, owner, { isListed: true });
  const hidden = await make(h, owner, {
    benefit: { kind: "percent", basisPoints: 2_000 },
    mustCollect: true,
  });
  const guest = await h.guest();
  const public_ = await h.anonymous.get(`/v1/vouchers/collectable?sellerId=${sellerId}`);
  expect(public_.body.items).toMatchObject([{ id: shown.id, benefit: { amount: idr(500_000) } }]);
  expect((await guest.post(`/v1/vouchers/${hidden.id}/collect`)).status).toBe(404);
  const lines = offers.map(({ offerId }) => ({ offerId, quantity: 1 }));
  const quote = async () => (await guest.post("/v1/vouchers/quote", { lines })).body;
  expect((await quote()).applied).toEqual([]);
  expect((await guest.post(`/v1/vouchers/${shown.id}/collect`)).status).toBe(200);
  expect((await quote()).discount).toEqual(idr(500_000));
  expect((await guest.post("/v1/vouchers/collect", { code: hidden.code.toLowerCase() })).status).toBe(200);
  // The better of the two: a shop's vouchers do not add up.
  expect(await quote()).toMatchObject({ discount: idr(1_000_000), applied: [{ code: hidden.code }] });
  const mine = (await guest.get("/v1/vouchers/mine")).body.items.map((one: { id: string }) => one.id);
  expect(mine.toSorted()).toEqual([shown.id, hidden.id].toSorted());
});

test("guesses run out for a buyer, right ones too; known codes cost nothing", async () => {
  const h = harness();
  const { offers } = await openShop(h, [{}]);
  const voucher = await make(h, await h.operator());
  const lines = offers.map(({ offerId }) => ({ offerId, quantity: 1 }));
  const buyer = await h.buyer();
  const quote = (codes: readonly string[]) => buyer.post("/v1/vouchers/quote", { codes, lines, auto: false });
  for (let i = 0; i < 18; i += 1) expect((await quote([voucher.code])).status).toBe(200);
  const guesses = await Promise.all(Array.from({ length: 24 }, (_, i) => quote([codeOf(h, `GUESS${i}`)])));
  const answered = guesses.filter(({ status }) => status === 200).length;
  expect(answered).toBe(16);
  const late = await quote([voucher.code]);
  expect(late).toMatchObject({ status: 429, body: { code: "voucher.too_many_guesses" } });
  expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(0);
  // Somebody else is somebody else, and without a code there is nothing to guess.
  const other = await h.buyer();
  expect((await other.post("/v1/vouchers/quote", { codes: [voucher.code], lines })).status).toBe(200);
  expect((await quote([])).status).toBe(200);
});

test("a person has a copy of what he collected and used, and what he collected goes with him", async () => {
  const h = harness();
  const maker = await h.operator();
  const [used, kept] = [await make(h, maker), await make(h, maker, { isListed: true })];
  const userId = h.ids.next("user");
  const buyer = await h.buyer(userId);
  expect((await buyer.post(`/v1/vouchers/${kept.id}/collect`)).status).toBe(200);
  expect(await redeem(h, [used], { buyerId: userId })).toBe("ok");
  const copy = async () => {
    const [rows] = await h.ctx().db.load(exportQuery(userId));
    return new Map((rows as { code: string }[]).map((row) => [row.code, row]));
  };
  const before = await copy();
  expect(before.get(used.code)).toMatchObject({
    amountMinor: "500000",
    state: "redeemed",
    collectedAt: null,
  });
  expect(before.get(kept.code)).toMatchObject({ collectedAt: expect.anything(), orderGroupId: null });
  const gone = { userId, addressHash: "none" };
  await hear(h, UserErased.make(h.ctx(), { id: userId, version: 2 }, gone));
  expect([...(await copy()).keys()]).toEqual([used.code]);
  expect((await buyer.get("/v1/vouchers/mine")).body.items).toEqual([]);
});
