import { expect, inject, test } from "vitest";
import type { Id } from "#kernel/ids";
import { hashPassword } from "#services/social/auth/index";
import { cashOf, payableOf, platformOf } from "#services/transaction/wallet/domain/accounts";
import { post } from "#services/transaction/wallet/repository/ledger";
import { changeOwner } from "#services/transaction/wallet/repository/owner";
import { savePayoutAccount } from "#services/transaction/wallet/repository/payout";
import { type Harness, harness } from "../../support/harness.ts";

const PIN = "271828";

async function give(h: Harness, account: ReturnType<typeof cashOf>, minor: bigint) {
  const { currency } = h.market;
  const id = `test/${h.ids.next("transfer")}`;
  const debit = platformOf("payments", currency);
  const given = post(h.ctx(), [{ id, kind: "top_up", debit, credit: account, amountMinor: minor }]);
  expect((await h.ctx().db.commit([given])).ok).toBe(true);
}

/** Where an owner's money goes; no two of the bank's files have one number. */
async function bankOf(h: Harness, owner: Id<"user"> | Id<"seller">, accountNumber = "1234567891") {
  const account = { bank: "bca", accountNumber, holderName: "SITI, AMINAH", email: "siti@example.com" };
  const checked = { setAt: h.clock.now(), usableFrom: null, checkedAt: h.clock.now(), refusal: null };
  expect(
    (await h.ctx().db.commit([savePayoutAccount({ ...account, owner, ...checked, version: 1 })])).ok,
  ).toBe(true);
}

async function person(h: Harness, minor: bigint) {
  const userId = h.ids.next("user");
  await give(h, cashOf(userId, h.market.currency), minor);
  const { hash } = await hashPassword(PIN);
  await h.ctx().db.commit([changeOwner(h.ctx(), userId, { pinHash: hash })]);
  const client = await h.buyer(userId);
  const withdraw = (amountMinor: string, key: string, pin = PIN) =>
    client.post("/v1/wallet/withdrawals", { amountMinor, pin }, { key });
  const cash = async () => (await client.get("/v1/wallet")).body.available.minor;
  return { userId, client, withdraw, cash };
}

const atIris = async (path: string, method = "POST") => {
  const answer = await fetch(`${inject("engineUrls").midtrans}/sandbox/iris${path}`, { method });
  return (await answer.json()) as {
    readonly items: readonly { readonly reference_no: string; notes: string }[];
  };
};

test("cash of a wallet goes to its owner's bank once, by PIN, and back when the bank refuses", async () => {
  const h = harness();
  const me = await person(h, 5_000_000n);
  expect((await me.withdraw("1000000", "none")).body.code).toBe("wallet.bank_account_missing");
  await bankOf(h, me.userId);
  expect((await me.withdraw("1000000", "pin", "000000")).body.code).toBe("wallet.pin_wrong");
  expect((await me.withdraw("100", "little")).body.code).toBe("wallet.too_little");
  expect((await me.withdraw("1000050", "step")).body.code).toBe("wallet.off_step");
  expect((await me.withdraw("6000000", "much")).body.code).toBe("wallet.insufficient");
  const asked = await Promise.all([me.withdraw("2000000", "a"), me.withdraw("2000000", "a")]);
  const made = asked.find(({ status }) => status === 201)?.body;
  expect(await me.cash()).toBe("3000000");
  await h.runDue(made.id);
  const { items } = await atIris("/payouts", "GET");
  const sent = items.filter(({ notes }) => notes === `Payout ${made.id.slice(4)}`);
  expect(sent).toHaveLength(1);
  await atIris(`/payouts/${sent[0]?.reference_no}/failed`);
  h.clock.advance(60_000 * 60);
  await h.runDue(made.id);
  await h.drain();
  const later = await h.buyer(me.userId);
  expect((await later.get("/v1/wallet")).body.available.minor).toBe("5000000");
  const { body: list } = await later.get("/v1/wallet/withdrawals");
  expect(list.items).toMatchObject([{ id: made.id, state: "failed", accountNumber: "******7891" }]);
  expect((await (await h.buyer()).get("/v1/wallet/withdrawals")).body.items).toEqual([]);
});

test("payouts that no provider sends are in one file each, and the bank's word is entered", async () => {
  const h = harness({ market: "sg" });
  const sellerId = h.ids.next("seller");
  const number = `77${Date.now()}`;
  await give(h, payableOf(sellerId, "SGD"), 90_000n);
  await bankOf(h, sellerId, number);
  const owner = await h.member(sellerId);
  const made = (await owner.post("/v1/wallet/seller/payouts", { amountMinor: "50000" }, { key: "p" })).body;
  expect(made.state).toBe("created");
  expect((await owner.post("/v1/ledger/payout-files", {}, { key: "theirs" })).status).toBe(403);
  const operator = await h.operator();
  const write = async (key: string) => (await operator.post("/v1/ledger/payout-files", {}, { key })).body;
  const file = await write("one");
  expect(await write("one")).toEqual(file);
  const rows = async ({ fileId }: { readonly fileId: string | null }) => {
    if (fileId === null) return [];
    const { bytes } = await operator.get(`/v1/ledger/payout-files/${fileId}`);
    return new TextDecoder()
      .decode(bytes)
      .split("\r\n")
      .filter((row) => row.includes(number));
  };
  expect(await rows(file)).toEqual([`${made.id},bca,${number},"SITI, AMINAH",SGD,500.00,siti@example.com`]);
  expect(await rows(await write("two"))).toEqual([]);
  expect((await owner.get(`/v1/ledger/payout-files/${file.fileId}`)).status).toBe(403);
  expect((await operator.get(`/v1/ledger/payout-files/${h.ids.next("document")}`)).status).toBe(404);
  const confirm = (outcome: string, key: string) =>
    operator.post(`/v1/ledger/payouts/${made.id}/confirm`, { outcome, note: "Statement of 3 May" }, { key });
  expect((await confirm("completed", "c")).body).toMatchObject({ id: made.id, state: "completed" });
  const { body: account } = await owner.get("/v1/wallet/seller");
  expect(account).toMatchObject({ available: { minor: "40000" }, inPayout: { minor: "0" } });
});
