import { expect, test } from "vitest";
import { ownerQuery } from "#services/transaction/wallet/repository/owner";
import { payoutAccountQuery, savePayoutAccount } from "#services/transaction/wallet/repository/payout";
import { harness } from "../../support/harness.ts";
import { member, signedIn } from "../auth/people.ts";

const BANK = {
  bank: "bca",
  accountNumber: "1234567891",
  holderName: "AYU LESTARI",
  email: "ayu@example.com",
};

test("who is erased leaves no bank account and no PIN, and the proof says what stays", async () => {
  const h = harness();
  const { client, userId: owner } = await signedIn(h, await member(h));
  expect((await client.put("/v1/wallet/pin", { pin: "271828" })).status).toBe(204);
  const setAt = h.clock.now();
  const account = { ...BANK, owner, setAt, usableFrom: null, checkedAt: setAt, refusal: null, version: 1 };
  expect((await h.ctx().db.commit([savePayoutAccount(account)])).ok).toBe(true);
  expect((await client.get("/v1/users/me/export")).body.services.wallet).toEqual([BANK]);
  const { body: erased } = await client.post("/v1/users/me/erasure");
  await h.drain();
  const [left, known] = await h.ctx().db.load(payoutAccountQuery(owner), ownerQuery(owner));
  expect([left, known?.pinHash]).toEqual([undefined, null]);
  const { steps } = (await h.anonymous.get(erased.proofPath)).body;
  const own = steps.filter(({ store }: { store: string }) => store.startsWith("wallet."));
  expect(own.map(({ store, action }: { store: string; action: string }) => [store, action])).toEqual([
    ["wallet.ledger", "retained"],
    ["wallet.payout", "retained"],
    ["wallet.payout_account", "erased"],
  ]);
});
