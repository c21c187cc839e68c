import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { commissionOf, commissionRules } from "#services/catalog/seller/index";
import { harness } from "../../support/harness.ts";
import { newCategory, openedShop } from "./shelf.ts";

test("terms hold at once, and ending them leaves earlier sales alone", async () => {
  const h = harness();
  const operator = await h.operator();
  const { owner, sellerId } = await openedShop(h);
  const parentId = await newCategory(h, { commissionBasisPoints: 800 });
  const categoryId = await newCategory(h, { parentId });
  const productId = h.ids.next("product");
  const preview = async (at = "") => {
    const asked = `sellerId=${sellerId}&productId=${productId}&categoryId=${categoryId}`;
    const answer = await owner.get(`/v1/commission-rules/preview?${asked}&baseMinor=1000000&quantity=2${at}`);
    return [answer.body.basisPoints, answer.body.commission?.minor, answer.body.tax?.minor];
  };
  expect(await preview()).toEqual([800, "80000", "8800"]);
  const terms = { sellerId, categoryId: parentId, basisPoints: 300, fixedMinor: "1000", note: "Contract." };
  const made = await operator.post("/v1/commission-rules", { ...terms, capMinor: "15000" });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect(await preview()).toEqual([300, "30000", "3300"]);
  const soldAt = h.clock.now();
  const line = { sellerId, productId, categoryId };
  const sold = async () =>
    commissionOf(await commissionRules(h.ctx()), line, 1_000_000n, 2, soldAt, h.market);
  const frozen = await sold();
  h.clock.advance(1_000);
  const end = () => operator.post(`/v1/commission-rules/${made.body.id}/end`, { reason: "Renegotiated." });
  expect((await end()).body).toMatchObject({ endReason: "Renegotiated.", basisPoints: 300 });
  expect((await end()).body.code).toBe("commission.ended");
  expect(await preview()).toEqual([800, "80000", "8800"]);
  expect(await preview(`&at=${new Date(soldAt).toISOString()}`)).toEqual([undefined, undefined, undefined]);
  expect(frozen).toMatchObject({ ruleId: made.body.id, minor: 30_000n, taxMinor: 3_300n });
});

test("terms are the operators' affair, bad ones are refused, and no statement rewrites them", async () => {
  const h = harness();
  const [operator, { owner, sellerId }] = [await h.operator(), await openedShop(h)];
  const other = await openedShop(h);
  const post = (body: object) =>
    operator.post("/v1/commission-rules", { basisPoints: 1, note: "abc", ...body });
  expect((await owner.post("/v1/commission-rules", { basisPoints: 0, note: "abc" })).status).toBe(403);
  expect((await owner.get("/v1/commission-rules")).status).toBe(403);
  expect((await (await h.operator("catalogue")).get("/v1/commission-rules")).status).toBe(403);
  const goods = { productId: h.ids.next("product"), categoryId: h.ids.next("category") };
  expect((await post(goods)).status).toBe(400);
  expect((await post({ floorMinor: "10", capMinor: "9" })).status).toBe(400);
  expect((await post({ startsAt: new Date(h.clock.now() - 1).toISOString() })).body.code).toBe(
    "commission.period",
  );
  const asked = `sellerId=${other.sellerId}&productId=${h.ids.next("product")}&baseMinor=1`;
  expect((await owner.get(`/v1/commission-rules/preview?${asked}`)).status).toBe(404);
  const made = await post({ sellerId });
  const change = (set: string) =>
    h
      .ctx()
      .db.commit<string>([
        { sql: sql`${sql.raw(`UPDATE commission_rule SET ${set} WHERE id = '${made.body.id}'`)}` },
      ]);
  expect(await change("basis_points = 2")).toEqual({ ok: false, code: "commission.ended" });
  const shown = await operator.get("/v1/commission-rules?limit=1");
  expect(shown.body.items).toMatchObject([{ id: made.body.id, basisPoints: 1 }]);
  expect(shown.body.nextCursor).not.toBeNull();
});
