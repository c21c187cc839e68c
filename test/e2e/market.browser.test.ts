import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectAccessible } from "../support/axe.ts";
import { type Buyer, choose, type Opening, openBuyer, type Person } from "../support/buyer-page.ts";
import { findChromium, openBrowser } from "../support/chromium.ts";
import { type Client, signedClient, until, userClaims } from "../support/http-client.ts";
import { buy, guestOf, newEmail, openStall, reach, type Stall } from "../support/market-stall.ts";
import { joinAs } from "../support/members.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { sandboxOf } from "../support/sandboxes.ts";
import { remember, subjectOf } from "../support/signed-window.ts";
import { ageSessions } from "../support/time-travel.ts";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const DESK = 1_280;
const PHONE = 360;
const HOUR_MS = 3_600_000;
/** A page that is taken over has shown its advertisement by then, where it has one. */
const SHOWN_MS = 5_000;
/** Programs, as a browser without a screen calls itself, see and click advertisements for nothing. */
const PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";
/** The shop enters by its page, and two people take a place, before the lots are drawn. */
const DRAWN_IN_MS = 15_000;

const chromium = findChromium();
if (!chromium)
  console.warn("market: the pages are not tested, because no Chromium was found (docs/testing.md)");

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

describe.skipIf(!chromium)("a market's people in a browser", () => {
  let platform: RunningPlatform;
  let browser: Browser;
  let coffee: Stall;
  let tea: Stall;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [platform, browser] = await Promise.all([sharePlatform(), openBrowser(chromium ?? "")]);
    coffee = await openStall(platform, [{ title: "Mandheling", priceMinor: 9_000_000n, stock: 20 }]);
    tea = await openStall(platform, [{ title: "Jasmine pearls", priceMinor: 6_000_000n, stock: 20 }]);
    return () => browser.close();
  });
  const shoot = (page: Page, name: string) =>
    page.screenshot({ path: join(SCREENSHOTS, `market-${name}.png`), fullPage: true });
  const look = async (me: Buyer, name: string) => {
    await expectAccessible(me.page, name);
    await me.expectNoSideways();
    await shoot(me.page, name);
  };
  /** A window of somebody who signed in before. */
  async function openAs(client: Client, width: number, as: Opening["as"] = {}): Promise<Buyer> {
    const me = await openBuyer({ platform, browser, locale: "en", width, as });
    await remember(me, client);
    return me;
  }
  const newClient = () => signedClient(platform, userClaims());
  async function newMember(name: string) {
    const person: Person = { name, email: newEmail("market"), password: "kopi-tubruk-pagi" };
    const client = await joinAs(platform, person);
    const me = await openBuyer({ platform, browser, locale: "en", width: PHONE });
    await me.open("/sign-in?next=/account/wallet");
    await me.signIn(person);
    await me.page.waitForURL("**/account/wallet");
    return { person, client, me };
  }

  it("lots are drawn for the only unit, and who gives it back gives it to the next in line", async () => {
    const startsAt = inMs(DRAWN_IN_MS);
    const slot = await coffee.operator.do("/v1/flash-sales/slots", {
      ...{ name: `Lottery ${coffee.sellerId.slice(-6)}`, queue: "lottery" },
      ...{ startsAt, enterBy: startsAt, endsAt: inMs(HOUR_MS) },
    });
    const shop = await openAs(coffee.shop, DESK);
    const saleId = await enterSlot(shop, { slot, sellerId: coffee.sellerId });
    await shoot(shop.page, "slot-entered");
    const desk = await openAs(coffee.operator, DESK);
    await desk.open("/operator/flash-sales");
    const entered = desk.page.getByRole("article").filter({ hasText: slot.name });
    await entered.getByRole("link", { name: "Mandheling" }).waitFor();
    await look(desk, "slots");
    await desk.close();
    const people = await Promise.all([newClient(), newClient()]);
    const [one, other] = await Promise.all([openAs(people[0], PHONE), openAs(people[1], DESK)]);
    for (const me of [one, other]) {
      await me.open(`/flash-sales/${saleId}`);
      await me.page.getByRole("button", { name: "Take a place" }).click();
      await me.page.getByText("Lots are drawn at the start.").waitFor();
    }
    await look(one, "waiting-room");
    const take = ({ page }: Buyer) => page.getByRole("button", { name: "Get it now" });
    await Promise.all([one, other].map((me) => take(me).waitFor()));
    await take(one).click();
    await one.page.getByText("It is yours").waitFor();
    await take(other).click();
    await other.page.getByRole("button", { name: "Stand in line" }).click();
    await other.page.getByText("You are in line.").waitFor();
    await look(other, "in-line");
    await one.page.getByRole("button", { name: "Give it back" }).click();
    await other.page.getByText("It is yours").waitFor();
    expect(await other.page.getByRole("link", { name: "Pay now" }).count()).toBe(1);
    await look(other, "came-back");
    await Promise.all([shop, one, other].map((me) => me.close()));
  });

  it("a wallet asks for a proof and for its PIN: money is sent, and goes to the bank", async () => {
    const { person, client, me } = await newMember("Sari");
    const { page } = me;
    const friend = await newClient();
    const grant = { owner: subjectOf(client), amountMinor: "20000000", reason: "Goodwill for a test" };
    await coffee.operator.do("/v1/ledger/adjustments", grant);
    await until("the money", async () => (await client.read("/v1/wallet")).available.minor === "20000000");
    await ageSessions(platform, subjectOf(client));
    await me.open("/account/wallet");
    await page.getByRole("button", { name: "Set a PIN" }).click();
    await page.getByLabel("PIN", { exact: true }).fill("274916");
    await page.getByLabel("The same once more").fill("274916");
    await page.getByRole("button", { name: "Save the PIN" }).click();
    await prove(me, person);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByLabel("Wallet number of the other person").fill(subjectOf(friend));
    await page.getByLabel("Amount").fill("50.000");
    await page.getByLabel("PIN of your wallet").fill("274916");
    await look(me, "wallet-send");
    await page.getByRole("dialog").getByRole("button", { name: "Send", exact: true }).dblclick();
    await page.getByText("Rp 50.000 has been sent.").waitFor();
    await page.getByRole("button", { name: "Done" }).click();
    expect((await friend.read("/v1/wallet")).available).toMatchObject({ minor: "5000000" });
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByLabel("Bank", { exact: true }).fill("bca");
    await page.getByLabel("Account number").fill("1234567891");
    await page.getByLabel("Name of the holder").fill("Ayu Lestari");
    await page.getByRole("dialog").getByLabel("E-mail for the bank's notice").fill(person.email);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    // Where it goes is known, so the wish itself comes next.
    await page.getByLabel("Amount").fill("100.000");
    await page.getByLabel("PIN of your wallet").fill("274916");
    await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await page.getByRole("heading", { name: "Withdrawals" }).waitFor();
    await look(me, "wallet");
    await me.close();
  });

  /** A shop's lamp, advertised under a word by which eight others are found before it. */
  async function advertise() {
    const word = `lampu${coffee.sellerId.slice(-6)}`;
    const ware = (kind: string) => ({ title: `${word} ${kind}`, priceMinor: 8_500_000n, stock: 50 });
    const lamp = await openStall(platform, [ware("rotan")]);
    const kinds = ["amber", "birch", "cedar", "dune", "elm", "fir", "gum", "hazel"];
    await openStall(platform, kinds.map(ware));
    const idr = (minor: string) => ({ minor, currency: "IDR" });
    const terms = { name: "Lamps of the season", totalBudget: idr("10000000"), pacing: "asap" };
    const { id: campaignId } = await lamp.shop.do("/v1/ad-campaigns", terms);
    const group = { name: "Rattan", bid: idr("100000") };
    const { id: groupId } = await lamp.shop.do(`/v1/ad-campaigns/${campaignId}/groups`, group);
    const offerId = lamp.offers[0]?.offerId ?? "";
    const headers = { "if-match": '"1"' };
    const targets = `/v1/ad-campaigns/groups/${groupId}/targets`;
    await lamp.shop.call("PUT", targets, { offerIds: [offerId] }, { headers });
    return { lamp, word, campaignId: String(campaignId), offerId };
  }

  it("who saw, followed and bought by an advertisement is in its report, in the dark too", async () => {
    const { lamp, word, campaignId, offerId } = await advertise();
    const client = await newClient();
    const me = await openAs(client, DESK, { userAgent: PERSON });
    const ad = me.page.getByRole("link", { name: /rotan/ }).and(me.page.locator("[rel~=sponsored]"));
    // Not before all of them are found; and a busy machine shows a list without it rather than late.
    await until("the advertisement", async () => {
      await me.open(`/search?q=${word}`);
      return ad.waitFor({ timeout: SHOWN_MS }).then(
        () => true,
        () => false,
      );
    });
    // Seen in the first HTML it may give way to React's, which hovering bears and scrolling does not.
    await Promise.all([me.page.waitForRequest("**/v1/ads/impressions"), ad.hover()]);
    await ad.click();
    await me.page.getByRole("button", { name: "Add to cart" }).waitFor();
    const lines = [{ offerId, quantity: 2 }];
    const bought = await buy(client, { lines, method: "gopay", email: newEmail("lamp") });
    await sandboxOf(platform).act(bought.payment.id, "pay");
    await me.close();

    const [from, to] = [inMs(-HOUR_MS * 24 * 29), inMs(HOUR_MS * 24)].map((at) => at.slice(0, 10));
    const report = () =>
      lamp.shop.read(`/v1/ad-campaigns/${campaignId}/report?from=${from}&to=${to}&by=day&windowDays=14`);
    const { total } = await until("the report", async () => {
      const told = await report();
      return told.total.orders === 1 && told.total.impressions > 0 && told.total.spendMinor !== "0" && told;
    });
    expect(total).toMatchObject({ impressions: 1, clicks: 1, spendMinor: "10000", salesMinor: "17000000" });
    const desk = await openAs(lamp.shop, DESK, { colorScheme: "dark" });
    const { page } = desk;
    await desk.open(`/shop/ads/${campaignId}`);
    const figure = (name: string) => page.locator("dl div").filter({ hasText: name }).locator("dd");
    await page.locator("figure canvas").waitFor();
    expect(await figure("Seen").textContent()).toBe("1");
    expect(await figure("Sales for each unit").textContent()).toBe("1.700");
    await page.getByRole("button", { name: "Show as a table" }).click();
    expect(await page.locator("figure tbody tr").count()).toBe(30);
    const spent = page.locator("figure tbody tr").filter({ hasNotText: /Rp\s0$/ });
    expect(await spent.allTextContents()).toEqual([expect.stringMatching(/Rp\s100$/)]);
    await look(desk, "ad-report-dark");
    const rows = [
      ["Group", "Rattan"],
      ["Product", "SKU-0"],
      ["Words", "By the title"],
      ["Place", "Search results"],
    ];
    for (const [by = "", name = ""] of rows) {
      await page.getByRole("button", { name: by, exact: true }).click();
      await page.getByRole("row", { name: `${name} 1 1 Rp 100 1 Rp 170.000` }).waitFor();
    }
    await desk.close();
  });

  it("an order of two shops is paid once; one refuses what comes back, and the desk decides", async () => {
    const { client, me } = await newMember("Joko");
    const orders = await buyFromBoth({ me, client }, [coffee, tea]);
    expect(new Set(orders.map(({ sellerId }) => sellerId)).size).toBe(2);
    const orderId = orders.find(({ sellerId }) => sellerId === coffee.sellerId)?.id ?? "";
    await coffee.shop.do(`/v1/orders/${orderId}/confirm`);
    await coffee.shop.do(`/v1/orders/${orderId}/ship`, { carrier: "Kurir toko", trackingNumber: "TOKO-1" });
    await client.do(`/v1/orders/${orderId}/deliver`);
    const refundId = await askBack(me, orderId);

    const shop = await openAs(coffee.shop, DESK);
    await shop.open("/shop/returns");
    await shop.page.getByRole("link", { name: /Not as described/i }).click();
    await shop.page.getByRole("button", { name: "Refuse", exact: true }).click();
    await shop.page.getByLabel("Your words to the buyer").fill("It left whole.");
    await look(shop, "return-refused");
    await shop.page.getByRole("button", { name: "Send", exact: true }).click();
    await shop.page.getByText("It left whole.").waitFor();

    await me.open(`/account/returns/${refundId}`);
    await me.page.locator("summary", { hasText: "Take it to us" }).click();
    await me.page.getByLabel("What should we know?").fill("The box was open.");
    await look(me, "return-escalated");
    await me.page.getByRole("button", { name: "Take it to us" }).click();
    await me.page.getByText("The box was open.").waitFor();

    const desk = await openAs(coffee.operator, DESK);
    await desk.open(`/operator/cases/${refundId}`);
    await desk.page.getByRole("button", { name: "Decide" }).click();
    await desk.page.getByLabel("Reason").fill("The carrier says so too.");
    await look(desk, "case-decided");
    await desk.page.getByRole("dialog").getByRole("button", { name: "Decide" }).click();
    await desk.page.getByRole("dialog").waitFor({ state: "detached" });
    await until("the money back", async () => {
      const { state } = await client.read(`/v1/refunds/${refundId}`);
      return state === "resolved";
    });
    await me.page.reload();
    await me.page.getByText("The carrier says so too.").waitFor();
    await look(me, "return-decided");
    await Promise.all([me, shop, desk].map((one) => one.close()));
  });

  /** Somebody's card was charged, and his bank takes the money back. */
  async function chargeBack() {
    const ware = { title: "Lambswool scarf", priceMinor: 4_500n, stock: 3 };
    const stall = await openStall(platform, [ware], "gb");
    const guest = await guestOf(platform, "gb");
    const lines = [{ offerId: stall.offers[0]?.offerId ?? "", quantity: 1 }];
    const bought = await buy(guest, { lines, method: "card", email: newEmail("bank") });
    const { id: orderId = "" } = bought.orders[0] ?? {};
    const atStripe = (act: string) =>
      fetch(`${platform.stripeUrl}/sandbox/payments/${bought.payment.id}/${act}`, { method: "POST" });
    await atStripe("pay");
    await reach(guest, orderId, "paid");
    await atStripe("dispute");
    const dispute = await until("the bank's word", async () => {
      const { items } = await stall.operator.read("/v1/payments/disputes?state=needs_response");
      return items.find(({ paymentId }: { paymentId: string }) => paymentId === bought.payment.id);
    });
    return { operator: stall.operator, orderId, disputeId: String(dispute.id) };
  }

  it("a chargeback says why in words, leads to its order, and is answered once with a paper", async () => {
    const { operator, orderId, disputeId } = await chargeBack();
    const desk = await openAs(operator, DESK);
    await desk.context.setExtraHTTPHeaders({ "x-market": "gb" });
    const { page } = desk;
    await desk.open(`/operator/disputes/${disputeId}`);
    await page.getByRole("heading", { name: "The holder did not pay this" }).waitFor();
    await page.getByText("£45.00").waitFor();
    expect(await page.getByRole("link", { name: orderId }).getAttribute("href")).toContain(orderId);
    const paper = (name: string, mimeType: string) => ({ name, mimeType, buffer: Buffer.from("%PDF-1.7\n") });
    await page.getByLabel("Add a paper").setInputFiles(paper("words.txt", "text/plain"));
    await page.getByRole("alert").waitFor();
    await look(desk, "chargeback-refused");
    await page.getByLabel("Add a paper").setInputFiles(paper("delivered.pdf", "application/pdf"));
    await page.getByText(/^delivered\.pdf/).waitFor();
    await page.getByLabel("What the bank should know").fill("The parcel was taken at the door.");
    await page.getByRole("button", { name: "Hand in, once and for good" }).click();
    await page.getByText("With the bank").waitFor();
    expect(await page.getByLabel("Add a paper").count()).toBe(0);
    await page.setViewportSize({ width: PHONE, height: 740 });
    await look(desk, "chargeback-phone");
    await desk.close();
  });

  /** Puts something of each shop into the cart and pays for both at once. */
  async function buyFromBoth({ me, client }: Purchase, stalls: readonly Stall[]) {
    const { page } = me;
    const guest = await guestOf(platform);
    for (const { offers } of stalls) {
      const { slug } = await guest.read(`/v1/products/${offers[0]?.productId}`);
      await me.open(`/products/${slug}`);
      await page.getByRole("button", { name: "Add to cart" }).click();
      await page.getByRole("link", { name: "Go to the cart" }).waitFor();
    }
    await me.open("/checkout");
    await me.typeAddress();
    await me.ship();
    await choose(page, /QRIS/);
    // The sum is paler while it is asked for anew.
    await page.locator("dl[aria-busy=false]").first().waitFor();
    await look(me, "checkout-two-shops");
    await page.getByRole("button", { name: /^Order and pay/ }).click();
    await page.getByAltText("QR code of the payment").waitFor();
    const [paymentId = ""] = /pay_[0-9a-z]{26}/.exec(page.url()) ?? [];
    await sandboxOf(platform).act(paymentId, "pay");
    await page.waitForURL(/\/placed\/grp_/);
    await look(me, "two-orders-paid");
    await me.open("/account/orders");
    await page.getByRole("main").getByText("Mandheling").waitFor();
    const { items } = await client.read("/v1/orders");
    for (const { id } of items) await reach(client, id, "paid");
    return items as readonly { readonly id: string; readonly sellerId: string }[];
  }
});

/** The buyer asks for his money; answers the case's id. */
async function askBack(me: Buyer, orderId: string): Promise<string> {
  const { page } = me;
  await me.open(`/account/orders/${orderId}`);
  await page.getByRole("button", { name: "Return or report a problem" }).click();
  await page.getByLabel("What is the matter?").selectOption("not_as_described");
  await page.getByLabel("Tell the shop more").fill("It is another roast.");
  await page.getByRole("button", { name: "Send the request" }).click();
  await page.waitForURL(/\/returns\/rfd_|\/returns\//);
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

type Purchase = { readonly me: Buyer; readonly client: Client };

type Entering = { readonly slot: { readonly name: string }; readonly sellerId: string };

/** The shop brings its offer in, with one unit. */
async function enterSlot({ page, open, url }: Buyer, { slot, sellerId }: Entering): Promise<string> {
  await open("/shop/flash-sales");
  const row = page.getByRole("listitem").filter({ hasText: slot.name });
  await row.getByRole("button", { name: "Bring an offer in" }).click();
  await page.getByLabel("Which offer?").selectOption({ index: 1 });
  await page.getByLabel("Sale price").fill("50.000");
  await page.getByText("Lowest price of the last 30 days").waitFor();
  await page.getByRole("button", { name: "Bring it in" }).click();
  await page.getByText("0 of 1 sold").waitFor();
  const response = await fetch(`${new URL(url).origin}/v1/flash-sales?limit=100`, {
    headers: { "x-market": "id" },
  });
  const { items } = (await response.json()) as { items: { id: string; sellerId: string }[] };
  return items.find((sale) => sale.sellerId === sellerId)?.id ?? "";
}

/** Shows once more who one is. */
async function prove({ page }: Buyer, { password }: Person): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
  await dialog.getByLabel("Password").fill(password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await dialog.waitFor({ state: "detached" });
}
