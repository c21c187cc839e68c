import type { Client } from "../client.ts";
import { signIn } from "../seed/market.ts";
import { OPERATOR } from "../seed/people.ts";
import type { Stage } from "./platform.ts";
import { check, eventually, type Story } from "./steps.ts";
import {
  ADDRESS,
  fillCart,
  MARKET,
  type Money,
  pay,
  readProduct,
  restock,
  rupiah,
  salesOf,
  signUp,
  visitShops,
  type Wanted,
  wantedOf,
} from "./story.ts";

const DAY_MS = 86_400_000;
const OFF_BASIS_POINTS = 1_000;
/** Two couriers that the shops hand over to, one each. */
const COURIERS = ["jne", "sicepat"] as const;
/** A courier's way has at most so many stations. */
const STATIONS_MAX = 12;
/** The name is the sandbox bank's for this number: a payout goes to no other. */
const BANK_ACCOUNT = {
  bank: "bca",
  accountNumber: "1234567891",
  holderName: "AYU LESTARI",
  email: "finance@toko.example",
};

type Rate = {
  readonly id: string;
  readonly provider: string;
  readonly carrier: string;
  readonly price: Money;
};
type Totals = { readonly [part in "goods" | "discount" | "shipping" | "shippingDiscount" | "total"]: Money };
type Checkout = {
  readonly id: string;
  readonly totals: Totals;
  readonly parcels: readonly { readonly sellerId: string; readonly rates: readonly Rate[] }[];
  readonly vouchers: { readonly applied: readonly { readonly code: string; readonly amount: Money }[] };
};
type Placed = {
  readonly totals: Totals;
  readonly orders: readonly { readonly id: string; readonly sellerId: string }[];
  readonly payment: { readonly id: string };
};
type Line = { readonly id: string; readonly productId: string; readonly quantity: number };
type Order = { readonly id: string; readonly state: string; readonly lines: readonly Line[] };
type Shop = { readonly owner: Client; readonly orderId: string };
type Trial = {
  readonly debit: Money;
  readonly credit: Money;
  readonly gmv: Money;
  readonly kinds: readonly { readonly kind: string; readonly balance: Money }[];
};
type Account = { readonly available: Money; readonly inPayout: Money; readonly escrow: Money };

const key = () => ({ key: crypto.randomUUID() });
const minorOf = ({ minor }: Money): bigint => BigInt(minor);

/** Where couriers fetch a shop's parcels, and which couriers it hands over to. */
async function sayOrigins(owners: readonly Client[]): Promise<void> {
  for (const [i, owner] of owners.entries()) {
    const { recipient: _, ...place } = ADDRESS;
    const address = { ...place, name: "Gudang", city: "Bandung", region: "Jawa Barat", postalCode: "40111" };
    await owner.put("/v1/shipping/origin", { address, couriers: [COURIERS[i] ?? COURIERS[0]] });
  }
}

async function makeVoucher(operator: Client): Promise<string> {
  const now = Date.now();
  const { code } = await operator.post<{ readonly code: string }>(
    "/v1/vouchers",
    {
      titles: { en: "A tenth off", id: "Diskon sepersepuluh" },
      benefit: { kind: "percent", basisPoints: OFF_BASIS_POINTS },
      quota: 1,
      startsAt: new Date(now - 1_000).toISOString(),
      endsAt: new Date(now + DAY_MS).toISOString(),
    },
    key(),
  );
  return code;
}

/** Each parcel goes with its shop's courier, as that courier's own API quoted it a moment ago. */
async function checkOut(client: Client, code: string): Promise<Placed> {
  const start = { address: ADDRESS, paymentMethod: "qris", voucherCodes: [code] };
  const checkout = await client.post<Checkout>("/v1/checkouts", start);
  check(checkout.vouchers.applied[0]?.code === code, "the voucher does not apply");
  const rates = checkout.parcels.map(({ sellerId, rates: quoted }) => {
    const rate = quoted.find(({ provider }) => provider === "biteship");
    check(rate !== undefined, "no courier quoted a rate");
    return { sellerId, rateId: rate.id };
  });
  const { totals } = await client.patch<Checkout>(`/v1/checkouts/${checkout.id}`, { rates });
  const off = (minorOf(totals.goods) * BigInt(OFF_BASIS_POINTS)) / 10_000n;
  const difference = minorOf(totals.discount) - off;
  check(difference > -10_000n && difference < 10_000n, `${totals.discount.minor} is no tenth of the goods`);
  const due = minorOf(totals.goods) - minorOf(totals.discount) + minorOf(totals.shipping);
  check(minorOf(totals.total) === due, "the total is not goods less discount and shipping");
  return client.post<Placed>(`/v1/checkouts/${checkout.id}/complete`, {}, key());
}

const untilState = (client: Client, orderId: string, state: string): Promise<Order> =>
  eventually(`${orderId} to be ${state}`, async () => {
    const order = await client.get<Order>(`/v1/orders/${orderId}`);
    return order.state === state ? order : undefined;
  });

type Label = { readonly id: string; readonly state: string; readonly trackingNumber: string | null };

/** The shop takes the order on and buys a label of the rate that was chosen; with it the parcel leaves. */
async function sendOff({ owner, orderId }: Shop): Promise<string> {
  await owner.post(`/v1/orders/${orderId}/confirm`, {}, key());
  const { id } = await owner.post<Label>("/v1/shipping/labels", { orderId }, key());
  const label = await eventually("the label", async () => {
    const one = await owner.get<Label>(`/v1/shipping/labels/${id}`);
    return one.state === "shipped" ? one : undefined;
  });
  const pdf = Buffer.from(await owner.bytes(`/v1/shipping/labels/${id}/document?format=pdf`));
  check(pdf.subarray(0, 5).toString() === "%PDF-", "the label is no PDF");
  return label.trackingNumber ?? "";
}

/** The courier goes its way; the platform hears of each station by its notification, and asks. */
async function deliver(
  { biteshipUrl }: Stage,
  client: Client,
  orderId: string,
  waybill: string,
): Promise<void> {
  const path = `${biteshipUrl}/sandbox/parcels/${encodeURIComponent(waybill)}/advance`;
  for (let station = 0; station < STATIONS_MAX; station += 1) {
    const response = await fetch(path, { method: "POST" });
    if (!response.ok) break;
  }
  await untilState(client, orderId, "delivered");
}

/** Several reviews of one product from one address look like a ring; then a person decides. */
async function review(client: Client, operator: Client, { lines: [line] }: Order): Promise<void> {
  check(line !== undefined, "the order has no line");
  const words = { stars: { product: 5, seller: 5, courier: 4 }, text: "Wangi dan segar, datang cepat." };
  const written = await eventually("the right to review", async () =>
    client
      .post<{ readonly id: string; readonly state: string }>(
        "/v1/reviews",
        { lineId: line.id, ...words },
        key(),
      )
      .catch(() => undefined),
  );
  if (written.state === "pending") {
    const decision = { publish: true, reason: "The buyer has the coffee." };
    await operator.post(`/v1/reviews/${written.id}/decide`, decision, key());
  }
  await eventually("the review among the product's", async () => {
    type Reviews = { readonly items: readonly { readonly id: string }[] };
    const { items } = await client.get<Reviews>(`/v1/reviews?productId=${line.productId}`);
    return items.find(({ id }) => id === written.id);
  });
}

type Refund = {
  readonly id: string;
  readonly state: string;
  readonly amounts: { readonly toBuyer: Money } | null;
};

/** One unit of three goes back; its share of the discount stays with the platform. */
async function returnOne(
  client: Client,
  owner: Client,
  { id: orderId, lines: [line] }: Order,
): Promise<Money> {
  check(line !== undefined && line.quantity > 1, "there is nothing to return a part of");
  const lines = [{ lineId: line.id, quantity: 1 }];
  const asked = { orderId, kind: "return", reason: "changed_mind", lines };
  const { id, state } = await client.post<Refund>("/v1/refunds", asked, key());
  if (state === "requested") await owner.post(`/v1/refunds/${id}/approve`, {}, key());
  const { state: now } = await client.get<Refund>(`/v1/refunds/${id}`);
  if (now === "approved") {
    await client.post(
      `/v1/refunds/${id}/send`,
      { carrier: "JNE", trackingNumber: `R${id.slice(-12)}` },
      key(),
    );
    const graded = { lines: [{ lineId: line.id, resellable: 1 }] };
    await owner.post(`/v1/refunds/${id}/receive`, graded, key());
  }
  const { amounts } = await eventually("the refund", async () => {
    const one = await client.get<Refund>(`/v1/refunds/${id}`);
    return one.state === "resolved" ? one : undefined;
  });
  check(amounts !== null, "the refund names no amount");
  return amounts.toBuyer;
}

/** The buyer is content; N days after delivery (locally a few seconds) the money leaves escrow. */
async function release(client: Client, shops: readonly Shop[]): Promise<readonly Account[]> {
  const before = await Promise.all(shops.map(({ owner }) => owner.get<Account>("/v1/wallet/seller")));
  for (const { orderId } of shops) await client.post(`/v1/orders/${orderId}/complete`, {}, key());
  return Promise.all(
    shops.map(({ owner }, i) =>
      eventually("the escrow's release", async () => {
        const account = await owner.get<Account>("/v1/wallet/seller");
        const held = minorOf(before[i]?.escrow ?? account.escrow);
        return minorOf(account.escrow) < held ? account : undefined;
      }),
    ),
  );
}

async function payOut({ owner }: Shop, { available }: Account): Promise<Money> {
  await owner.put("/v1/wallet/seller/bank-account", BANK_ACCOUNT);
  type Payout = { readonly id: string; readonly state: string; readonly amount: Money };
  const { id } = await owner.post<Payout>("/v1/wallet/seller/payouts", {}, key());
  const done = await eventually("the payout", async () => {
    const { items } = await owner.get<{ readonly items: readonly Payout[] }>("/v1/wallet/seller/payouts");
    return items.find((one) => one.id === id && one.state === "completed");
  });
  // A bank pays whole rupiah; what is less stays in the account.
  const left = minorOf(available) - minorOf(done.amount);
  check(left >= 0n && left < 100n, `${done.amount.minor} was paid of ${available.minor}`);
  return done.amount;
}

/** Both sides of the ledger are the same, no buyer's money hangs between, and it sold what was counted. */
async function balance(
  operator: Client,
  before: { readonly trial: Trial; readonly gmv: bigint },
): Promise<Trial> {
  return eventually("a ledger that agrees with the sales", async () => {
    const trial = await operator.get<Trial>("/v1/ledger/trial-balance");
    check(trial.debit.minor === trial.credit.minor, "the ledger's sides differ");
    const sold = minorOf(trial.gmv) - minorOf(before.trial.gmv);
    const counted = minorOf((await salesOf(operator)).gmv) - before.gmv;
    const between = trial.kinds.find(({ kind }) => kind === "payments");
    return sold === counted && sold > 0n && minorOf(between?.balance ?? trial.gmv) === 0n ? trial : undefined;
  });
}

/** From a voucher to the shops' bank accounts: two couriers, a review, a return, escrow, payout, ledger. */
export async function tellMarket({ step }: Story, stage: Stage): Promise<void> {
  const { client: operator } = await signIn({ url: stage.url, market: MARKET }, OPERATOR);
  const before = await step("the operator reads ledger and sales, and makes a voucher", async () => ({
    trial: await operator.get<Trial>("/v1/ledger/trial-balance"),
    gmv: minorOf((await salesOf(operator)).gmv),
    code: await makeVoucher(operator),
  }));
  const { client } = await signUp(stage);
  const wanted: Wanted[] = [];
  for (const slug of ["gayo-highland-coffee", "dipped-stoneware-mug"]) {
    wanted.push(wantedOf(await readProduct(client, slug), 3));
  }
  const shelves = await step("two shops say where couriers fetch their parcels", async () => {
    const visited = await visitShops(stage, wanted);
    await restock(visited);
    await sayOrigins(visited.map(({ owner }) => owner));
    return visited;
  });
  const { orders, payment, totals } = await step(
    "the buyer pays a tenth less, each parcel by its courier",
    async () => {
      await fillCart(client, wanted);
      const placed = await checkOut(client, before.code);
      await pay(stage, placed.payment.id);
      for (const { id } of placed.orders) await untilState(client, id, "paid");
      return placed;
    },
  );
  check(payment.id !== "" && minorOf(totals.total) > 0n, "nothing was paid");
  const shops = shelves.map(({ owner, sellerId }) => {
    return { owner, orderId: orders.find((order) => order.sellerId === sellerId)?.id ?? "" };
  });
  const waybills = await step("both shops buy labels; their parcels leave", () =>
    Promise.all(shops.map(sendOff)),
  );
  await step("two couriers deliver", async () => {
    for (const [i, { orderId }] of shops.entries()) await deliver(stage, client, orderId, waybills[i] ?? "");
  });
  const [coffee, mugs] = await Promise.all(
    shops.map(({ orderId }) => client.get<Order>(`/v1/orders/${orderId}`)),
  );
  check(coffee !== undefined && mugs !== undefined, "an order is missing");
  await step("the buyer reviews the coffee", () => review(client, operator, coffee));
  const back = await step("one mug of three goes back, and its price to the buyer", () =>
    returnOne(client, shops[1]?.owner ?? operator, mugs),
  );
  const accounts = await step(`${rupiah(minorOf(back))} refunded; the rest leaves escrow`, () =>
    release(client, shops),
  );
  await step("a shop is paid out to its bank", () => payOut(shops[0] as Shop, accounts[0] as Account));
  await step("the ledger adds up to nought, and sold what ClickHouse counted", () =>
    balance(operator, before),
  );
}
