import { sql } from "drizzle-orm";
import { expect, inject, test } from "vitest";
import { DAY_MS, MINUTE_MS } from "#kernel/clock";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { seal } from "#kernel/seal";
import { ReviewPublished, ReviewReplied } from "#services/catalog/review/facts";
import {
  MemberJoined,
  PayoutAccountChanged,
  SellerChanged,
  SellerPenalised,
} from "#services/catalog/seller/facts";
import { PaymentReconciled } from "#services/transaction/payment/facts";
import { type cashOf, payableOf, platformOf } from "#services/transaction/wallet/domain/accounts";
import { PayoutAccountTaken, PayoutCompleted, PayoutFailed } from "#services/transaction/wallet/facts";
import { post } from "#services/transaction/wallet/repository/ledger";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { hear, mailsTo, type Person, person, tell } from "../social/postbox.ts";
import { key, sandbox } from "./shopping.ts";
import { stripeDesk } from "./stripe-desk.ts";

async function give(h: Harness, account: ReturnType<typeof cashOf>, minor: bigint) {
  const ctx = h.ctx();
  const id = `test/${h.ids.next("transfer")}`;
  const debit = platformOf("payments", "IDR");
  const given = post(ctx, [{ id, kind: "adjustment", debit, credit: account, amountMinor: minor }]);
  expect((await ctx.db.commit([given])).ok).toBe(true);
}

/** What the seller service tells when a shop says where its payouts go. */
async function accountTold(h: Harness, sellerId: Id<"seller">, number: string, holderName: string) {
  const ctx = h.ctx();
  const payoutAccountId = h.ids.next("payoutAccount");
  const sealedNumber = await seal(ctx, number, { about: payoutAccountId });
  const about = { sellerId, payoutAccountId, bankCode: "BCA", email: "toko@example.com" };
  const told = { ...about, holderName, sealedNumber };
  return PayoutAccountChanged.make(ctx, { id: payoutAccountId, version: 1 }, told) as Fact;
}

async function atIris(path: string, method = "GET", body?: object) {
  const url = `${inject("engineUrls").midtrans}/sandbox/iris${path}`;
  const answer = await fetch(url, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  return (await answer.json()) as { readonly items: readonly { readonly notes: string }[] };
}
const sentAtIris = async (payoutId: string) =>
  (await atIris("/payouts")).items.filter(({ notes }) => notes === `Payout ${payoutId.slice(4)}`).length;

const ACCOUNT = "/v1/wallet/seller/bank-account";

/** A shop with money, whose account was told of and checked with the bank. */
async function toldShop(h: Harness) {
  const sellerId = h.ids.next("seller");
  const owner = await h.member(sellerId);
  await give(h, payableOf(sellerId, "IDR"), 9_000_000n);
  const first = await accountTold(h, sellerId, "1234567891", "Ayu Lestari");
  await h.deliver([first, first]);
  await h.runDue(sellerId);
  const ask = async (amountMinor: string, key: string) =>
    (await owner.post("/v1/wallet/seller/payouts", { amountMinor }, { key })).body;
  return { sellerId, owner, first, ask };
}

test("nobody ends by hand a payout that may be on its way: its shop would have it twice", async () => {
  const h = harness();
  const shop = await toldShop(h);
  const { id } = await shop.ask("1000000", "one");
  const operator = await h.operator();
  const confirm = (outcome: string) =>
    operator.post(`/v1/ledger/payouts/${id}/confirm`, { outcome }, { key: h.ids.next("request") });
  const balance = async () => (await shop.owner.get("/v1/wallet/seller")).body;
  // The call that sends it has begun, and the operator is quicker than its answer.
  for (const outcome of ["failed", "completed"]) {
    expect((await confirm(outcome)).body.code).toBe("wallet.payout_under_way");
  }
  expect((await balance()).inPayout.minor).toBe("1000000");
  // After an hour nobody sends it any more.
  h.clock.advance(62 * MINUTE_MS);
  const member = await h.member(shop.sellerId);
  const late = await h.operator();
  const at = `/v1/ledger/payouts/${id}/confirm`;
  const ended = await late.post(at, { outcome: "failed" }, { key: h.ids.next("request") });
  expect(ended.body).toMatchObject({ state: "failed" });
  expect((await member.get("/v1/wallet/seller")).body).toMatchObject({ inPayout: { minor: "0" } });
  await h.runDue(id);
  expect(await sentAtIris(id)).toBe(0);
});

test("a shop's new payout account cools off, and what is under way keeps its own", async () => {
  const h = harness();
  const shop = await toldShop(h);
  const { body: known } = await shop.owner.get(ACCOUNT);
  expect(known.account).toMatchObject({ accountNumber: "******7891", state: "ready", usableFrom: null });
  const early = await shop.ask("1000000", "early");
  h.clock.advance(MINUTE_MS);
  const second = await accountTold(h, shop.sellerId, "9876543211", "Ayu Lestari");
  // The older word comes once more, and late.
  await h.deliver([second]);
  await h.deliver([shop.first, second]);
  await h.runDue(shop.sellerId);
  const usableFrom = new Date(second.at + 2 * DAY_MS).toISOString();
  expect((await shop.owner.get(ACCOUNT)).body.account).toMatchObject({
    accountNumber: "******3211",
    state: "ready",
    usableFrom,
  });
  const waits = await shop.ask("2000000", "waits");
  const undone = await shop.ask("3000000", "undone");
  expect([early.sendFrom, waits.sendFrom]).toEqual([null, usableFrom]);
  for (const { id } of [early, waits, undone]) await h.runDue(id);
  expect(early.accountNumber).toBe("******7891");
  expect([await sentAtIris(early.id), await sentAtIris(waits.id)]).toEqual([1, 0]);
  const cancel = (id: string) => shop.owner.post(`/v1/wallet/seller/payouts/${id}/cancel`, {}, { key: id });
  expect((await cancel(undone.id)).body).toMatchObject({ state: "failed", note: "Taken back by the shop." });
  expect((await cancel(early.id)).body.code).toBe("wallet.payout_under_way");
  expect((await (await h.member(h.ids.next("seller"))).get(ACCOUNT)).body).toEqual({ account: null });
  h.clock.advance(2 * DAY_MS);
  // First the bank's word on the name, then the money.
  for (let turn = 0; turn < 3; turn += 1) await h.runDue(waits.id);
  expect([await sentAtIris(waits.id), await sentAtIris(undone.id)]).toEqual([1, 0]);
  const { body: page } = await (await h.member(shop.sellerId)).get("/v1/wallet/seller");
  expect(page.available.minor).toBe("6000000");
});

test("nothing is paid to an account that the bank knows by another name", async () => {
  const h = harness();
  const shop = await toldShop(h);
  h.clock.advance(MINUTE_MS);
  await h.deliver([await accountTold(h, shop.sellerId, "9876543214", "Ayu Lestari")]);
  // Asked before the bank has answered: the payout waits, and its name is asked for again.
  const waits = await shop.ask("2000000", "k");
  await h.runDue(shop.sellerId);
  expect((await shop.owner.get(ACCOUNT)).body.account.state).toBe("name_mismatch");
  expect((await shop.ask("1000000", "l")).code).toBe("wallet.bank_account_refused");
  h.clock.advance(3 * DAY_MS);
  await h.runDue(waits.id);
  const owner = await h.member(shop.sellerId);
  const { body: list } = await owner.get("/v1/wallet/seller/payouts");
  expect(list.items[0]).toMatchObject({ id: waits.id, state: "failed" });
  expect((await owner.get("/v1/wallet/seller")).body.available.minor).toBe("9000000");
});

const ABOUT_SHOP = { name: "Toko", slug: "toko", state: "active", city: "Bandung" } as const;

/** A shop whose address and members the platform has heard of. */
async function knownShop(h: Harness) {
  const sellerId = h.ids.next("seller");
  const [owner, staff] = [await person(h), await person(h)];
  const email = `${sellerId}@example.com`;
  const joined = (userId: Id<"user">, role: "owner" | "staff") =>
    MemberJoined.make(h.ctx(), { id: userId, version: 1 }, { sellerId, userId, role });
  await hear(
    h,
    SellerChanged.make(h.ctx(), { id: sellerId, version: 1 }, { ...ABOUT_SHOP, sellerId, email }),
    joined(owner.userId, "owner"),
    joined(staff.userId, "staff"),
  );
  return { sellerId, owner, staff, email };
}
const inboxOf = async (who: Person) =>
  (await who.get("/v1/notifications")).body.items.map((one: { title: string; path: string }) => one.path);

test("whoever it concerns hears once of payouts, accounts, points, reviews and returns", async () => {
  const h = harness();
  const shop = await knownShop(h);
  const buyer = await person(h);
  const { sellerId } = shop;
  const of = (noun: "payout" | "penalty" | "review" | "refundCase") => ({ id: h.ids.next(noun), version: 1 });
  const amount = { minor: "5000000", currency: "IDR" } as const;
  const bank = { bank: "bca", lastDigits: "7891" };
  const payout = { ...bank, payoutId: h.ids.next("payout"), amount };
  const review = {
    reviewId: h.ids.next("review"),
    productId: h.ids.next("product"),
    sellerId,
    orderId: h.ids.next("order"),
    productStars: 4,
    sellerStars: null,
  };
  const facts = [
    PayoutCompleted.make(h.ctx(), of("payout"), { ...payout, owner: sellerId, ownerKind: "seller" }),
    PayoutFailed.make(h.ctx(), of("payout"), {
      ...{ ...payout, note: "Blocked", isReturned: false },
      ...{ owner: buyer.userId, ownerKind: "user" as const },
    }),
    PayoutAccountTaken.make(h.ctx(), of("payout"), { ...bank, sellerId, usableFrom: h.clock.now() }),
    SellerPenalised.make(h.ctx(), of("penalty"), {
      ...{ sellerId, penaltyId: h.ids.next("penalty"), metric: "late_shipment" },
      ...{ points: 2, reason: null, expiresAt: h.clock.now() },
    }),
    ReviewPublished.make(h.ctx(), of("review"), review),
    ReviewReplied.make(h.ctx(), of("review"), { ...review, authorId: buyer.userId }),
  ] as const;
  await tell(h, ...facts);
  await tell(h, ...facts.toReversed());
  expect((await mailsTo(shop.email)).map(({ subject }) => subject).sort()).toEqual(
    [
      "Rekening pencairan Anda berubah",
      ...["Pencairan Anda telah sampai", "Toko Anda mendapat poin penalti", "Ulasan baru"],
    ].sort(),
  );
  expect((await inboxOf(shop.owner)).sort()).toEqual([
    "/shop/finance",
    "/shop/finance",
    "/shop/performance",
    "/shop/reviews",
  ]);
  // Money is not every member's to see.
  expect(await inboxOf(shop.staff)).toEqual(["/shop/reviews"]);
  expect((await inboxOf(buyer)).sort()).toEqual([`/account/orders/${review.orderId}`, "/account/wallet"]);
});

const TOP_UPS = "/v1/payments/top-ups";
const cashOfWallet = async (client: Client) => (await client.get("/v1/wallet")).body.available.minor;

test("a wallet is topped up once, and a top-up that has expired leaves nothing", async () => {
  const h = harness();
  const buyer = await h.buyer();
  const ask = (amountMinor: string, key: string) =>
    buyer.post(TOP_UPS, { amountMinor, method: "qris" }, { key });
  expect((await ask("100", "little")).body.code).toBe("payment.top_up_too_little");
  const { body: paid } = await ask("5000000", "a");
  expect(paid).toMatchObject({ state: "pending", action: { kind: "qr" } });
  expect(await cashOfWallet(buyer)).toBe("0");
  const provider = sandbox(h);
  await provider.act(paid.id, "pay");
  await provider.notify(paid.id);
  await provider.notify(paid.id);
  expect(await cashOfWallet(buyer)).toBe("5000000");
  const again = { orderGroupId: paid.orderGroupId, method: "qris" };
  const other = await buyer.post("/v1/payments", again, { key: "again" });
  expect(other.body.code).toBe("payment.not_payable");
  // Two at once, of which the wallet has room for one.
  const both = await Promise.all([ask("120000000", "b"), ask("120000000", "c")]);
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  const open = both.find(({ status }) => status === 201)?.body.id;
  h.clock.advance(DAY_MS);
  await h.runDue(open);
  await h.drain();
  const later = await h.buyer(buyer.actor.kind === "user" ? buyer.actor.userId : undefined);
  expect((await later.get(`/v1/payments/${open}`)).body.state).toBe("expired");
  expect(await cashOfWallet(later)).toBe("5000000");
  const { body: entries } = await later.get("/v1/wallet/entries");
  expect(entries.items.map((one: { kind: string }) => one.kind)).toEqual(["top_up"]);
});

test("top-ups that were asked for at once see each other, however long they have waited", async () => {
  const h = harness();
  const buyer = await h.buyer();
  const userId = buyer.actor.kind === "user" ? buyer.actor.userId : "";
  const ask = (key: string) => buyer.post(TOP_UPS, { amountMinor: "120000000", method: "qris" }, { key });
  const ctx = h.ctx();
  const holds = ctx.db.commit([
    { sql: sql`SELECT pg_advisory_xact_lock(hashtextextended(${userId}, 9110))` },
    { sql: sql`SELECT pg_sleep(1)` },
  ]);
  const both = await Promise.all([ask("a"), ask("b"), holds]);
  expect(both.map((one) => ("status" in one ? one.status : one.ok)).sort()).toEqual([201, 409, true]);
});

test("a top-up that is paid and not booked yet takes its room in the wallet", async () => {
  const tier = { balanceMaxMinor: "200000000", dailyMaxMinor: "900000000" };
  const h = harness({ settings: { wallet: { tiers: { basic: tier, verified: tier } } } });
  const buyer = await h.buyer();
  const ask = (amountMinor: string, key: string) =>
    buyer.post(TOP_UPS, { amountMinor, method: "qris" }, { key });
  const { body: paid } = await ask("150000000", "a");
  const provider = sandbox(h);
  await provider.act(paid.id, "pay");
  // The word of it is taken, and the ledger has not heard.
  const words = await provider.notifications(paid.id);
  expect((await provider.post(words.at(-1) ?? "")).status).toBe(200);
  expect((await buyer.get(`/v1/payments/${paid.id}`)).body.state).toBe("settled");
  expect(await cashOfWallet(buyer)).toBe("0");
  expect((await ask("60000000", "b")).body.code).toBe("payment.top_up_limit");
  await h.drain();
  expect(await cashOfWallet(buyer)).toBe("150000000");
  expect((await ask("60000000", "c")).body.code).toBe("payment.top_up_limit");
  expect((await ask("50000000", "d")).status).toBe(201);
});

test("what a provider keeps of a payment is booked by its settlement file, once", async () => {
  const h = harness();
  const money = (minor: string) => ({ minor, currency: "IDR" as const });
  const about = { fileId: h.ids.next("settlementFile"), provider: "midtrans" as const };
  const paymentId = h.ids.next("payment");
  const row = { ...about, paymentId, ref: "x", gross: money("5000000"), fee: money("35000") };
  const told = [1, 2].map((version) =>
    PaymentReconciled.make(h.ctx(), { id: about.fileId, version }, row),
  ) as readonly Fact[];
  await h.deliver(told);
  await h.deliver(told);
  const { rows } = await h.ctx().db.read.execute(sql`SELECT debit, credit, amount_minor::text AS amount
    FROM ledger_transfer WHERE id LIKE ${`fee/midtrans/${paymentId}/%`}`);
  const parties = { debit: "provider_fee:platform:IDR", credit: "provider:midtrans:IDR" };
  expect(rows).toEqual([{ ...parties, amount: "35000" }]);
});

test("what a dispute costs is booked with its case, and not again by a settlement file", async () => {
  const h = harness({ market: "sg" });
  const money = (minor: string) => ({ minor, currency: "SGD" as const });
  const about = { fileId: h.ids.next("settlementFile"), provider: "stripe" as const, ref: "x" };
  const [paid, disputed] = [h.ids.next("payment"), h.ids.next("payment")];
  const rows = [
    { ...about, paymentId: paid, kind: "charge" as const, gross: money("5000"), fee: money("220") },
    { ...about, paymentId: disputed, kind: "dispute" as const, gross: money("-5000"), fee: money("1500") },
  ];
  await h.deliver(
    rows.map((row, i) => PaymentReconciled.make(h.ctx(), { id: about.fileId, version: i }, row)),
  );
  const { rows: booked } = await h.ctx().db.read.execute(sql`SELECT id FROM ledger_transfer
    WHERE id LIKE ${`fee/stripe/${paid}/%`} OR id LIKE ${`fee/stripe/${disputed}/%`}`);
  expect(booked).toEqual([{ id: `fee/stripe/${paid}/5000/220` }]);
});

test("what Midtrans charges for a chargeback is booked by its settlement file, once", async () => {
  const h = harness();
  const [admin, paymentId] = [await h.operator("admin"), h.ids.next("payment")];
  const row = `2026-11-01 07:00:00,id-${paymentId},Chargeback Fee,15000.00`;
  const headers = { "content-type": "text/csv" };
  for (const day of ["a", "b"]) {
    const file = `Transaction Time,Order ID,Transaction Status,Gross Amount,Day\n${row},${day}\n`;
    const taken = await admin.post("/v1/payments/settlement-files?provider=midtrans", file, {
      headers,
      ...key(),
    });
    expect(taken.body).toMatchObject({ counts: { fee: 1 } });
    await h.drain();
  }
  const { rows } = await h.ctx().db.read.execute(sql`SELECT debit, credit, amount_minor::text AS minor
    FROM ledger_transfer WHERE id LIKE ${`fee/midtrans/${paymentId}/%`}`);
  const parties = { debit: "provider_fee:platform:IDR", credit: "provider:midtrans:IDR" };
  expect(rows).toEqual([{ ...parties, minor: "1500000" }]);
});

test("a card tops up a wallet in another market, and what was collected is no order's", async () => {
  const h = harness({ market: "sg" });
  const buyer = await h.buyer();
  const body = { amountMinor: "5000", method: "card", cardToken: "pm_card_visa" };
  const { body: paid } = await buyer.post(TOP_UPS, body, { key: "card" });
  await h.drain();
  expect(paid.state).toBe("settled");
  await stripeDesk(h).notify(paid.id, (all) => all.toReversed());
  await stripeDesk(h).notify(paid.id);
  expect(await cashOfWallet(buyer)).toBe("5000");
  expect((await h.anonymous.post(TOP_UPS, body, { key: "card" })).status).toBe(401);
});
