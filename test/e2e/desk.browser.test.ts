import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectAccessible } from "../support/axe.ts";
import { type Buyer, mailedPath, openBuyer } from "../support/buyer-page.ts";
import { CAMERA_FLAGS, findChromium, openBrowser } from "../support/chromium.ts";
import { type Client, clientOf, signedClient, until, userClaims } from "../support/http-client.ts";
import { buy, newEmail, openStall, reach } from "../support/market-stall.ts";
import { joinAs, type Member } from "../support/members.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { sandboxOf } from "../support/sandboxes.ts";
import { remember } from "../support/signed-window.ts";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const DESK = 1_280;
const PHONE = 360;

const chromium = findChromium();
if (!chromium)
  console.warn("desk: the pages are not tested, because no Chromium was found (docs/testing.md)");

/** An operator lets a shop trade; then a buyer writes to it, and they talk by video. */
describe.skipIf(!chromium)("the platform's desk and two people who talk", () => {
  let platform: RunningPlatform;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [platform, browser] = await Promise.all([sharePlatform(), openBrowser(chromium ?? "", CAMERA_FLAGS)]);
    return () => browser.close();
  });

  const newMember = (name: string): Member => ({
    email: newEmail("desk"),
    password: "kopi-tubruk-pagi",
    name,
  });
  const shoot = (page: Page, name: string) =>
    page.screenshot({ path: join(SCREENSHOTS, `desk-${name}.png`) });

  /** Somebody who has applied for a shop. */
  async function newShop() {
    const owner = newMember("Pak Budi");
    const client = await joinAs(platform, owner);
    const name = `Kopi ${owner.email.replaceAll(/[^a-z0-9]/g, "").slice(0, 12)}`;
    const about = { name, city: "Takengon", legalName: "CV Kopi Gayo", email: owner.email };
    const { id: sellerId } = await client.do("/v1/sellers", about);
    return { owner, sellerId: String(sellerId), name };
  }

  /** A shop that trades and a buyer in its conversation, each in a window of his own. */
  async function meet() {
    const [{ owner, sellerId }, member] = [await newShop(), newMember("Ani Wijaya")];
    const admin = await signedClient(platform, userClaims({ op: "admin" }));
    await admin.do(`/v1/sellers/${sellerId}/approve`, { reason: "The papers are in order." });
    const client = await joinAs(platform, member);
    const { id: conversationId } = await client.do("/v1/chats", { sellerId });
    const shop = await enter(owner, "/shop", DESK);
    const buyer = await enter(member, `/chats/${conversationId}`, PHONE);
    await buyer.page.getByLabel("Your message").waitFor();
    return { shop, buyer, conversationId: String(conversationId) };
  }

  const said = ({ page }: Buyer, words: string) => page.getByRole("log").getByText(words);

  /** Somebody's own window, signed in and where he wants to be. */
  async function enter(member: Member, path: string, width: number): Promise<Buyer> {
    const window = await openBuyer({ platform, browser, locale: "en", width });
    await window.open(`/sign-in?next=${path}`);
    await window.signIn(member);
    await window.page.waitForURL(`**${path}`);
    return window;
  }

  /** A window of somebody who signed in before. */
  async function openAs(client: Client, width: number): Promise<Buyer> {
    const window = await openBuyer({ platform, browser, locale: "en", width });
    await remember(window, client);
    return window;
  }

  /** By the command that a platform's first operator is made with, and a link in his mail. */
  async function enterAsOperator(): Promise<Buyer> {
    const { CELLS = "", ROOT_SECRET = "" } = platform.bindings;
    const email = newEmail("operator");
    const command = ["scripts/first-operator.ts", "--market", "id", "--email", email];
    await promisify(execFile)(process.execPath, command, { env: { ...process.env, CELLS, ROOT_SECRET } });
    const window = await openBuyer({ platform, browser, locale: "en", width: DESK });
    await clientOf(platform).do("/v1/auth/magic-link", { email });
    await window.open(await mailedPath(platform, email, "/sign-in/link"));
    await window.page.getByRole("button", { name: "Sign in on this device" }).click();
    await window.page.getByRole("link", { name: "Your account" }).waitFor();
    return window;
  }

  /** A platform has one first operator: what he does follows in one window. */
  let operator: Promise<Buyer> | undefined;
  async function openConsole(): Promise<Buyer> {
    operator ??= enterAsOperator();
    const window = await operator;
    await window.page.setViewportSize({ width: DESK, height: 900 });
    await window.open("/operator");
    return window;
  }

  it("an operator finds the shop that waits and lets it trade, and sees that the books hold", async () => {
    const { name } = await newShop();
    const { page, expectNoSideways } = await openConsole();
    await page.getByText("Balanced").waitFor();
    await expectAccessible(page, "overview");
    await shoot(page, "console");
    await page.getByRole("link", { name: "Sellers", exact: true }).click();
    await page.getByRole("button", { name: "Applied" }).click();
    await page.getByRole("link", { name }).click();
    await page.getByRole("button", { name: "Let trade" }).click();
    await expectAccessible(page, "decision");
    await page.getByLabel("Reason").fill("The papers are in order.");
    await page.getByRole("dialog").getByRole("button", { name: "Let trade" }).click();
    await page.getByText("Open", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Act as this user" }).waitFor();
    await expectAccessible(page, "seller");
    await shoot(page, "seller");
    await page.getByRole("link", { name: "Ledger" }).click();
    await page.getByText("Debit and credit are the same").waitFor();
    await expectNoSideways();
  });

  /** A member who has ordered, and has paid where it is wanted. */
  async function newOrder(quantity = 1, isPaid = false) {
    const member = newMember("Sari Dewi");
    const ware = { title: "Kopi Gayo 250 g", priceMinor: 8_500_000n, stock: 5 };
    const [client, stall] = await Promise.all([joinAs(platform, member), openStall(platform, [ware])]);
    const lines = [{ offerId: stall.offers[0]?.offerId ?? "", quantity }];
    const { orders, payment } = await buy(client, { lines, method: "qris", email: member.email });
    const orderId = orders[0]?.id ?? "";
    if (isPaid) {
      await sandboxOf(platform).act(payment.id, "pay");
      await reach(client, orderId, "paid");
    }
    return { member, client, orderId };
  }

  it("an operator calls off one unit of three, and the rest is still to be sent", async () => {
    const { client, orderId } = await newOrder(3, true);
    const { page, open, expectNoSideways } = await openConsole();
    await open(`/operator/orders/${orderId}`);
    await page.getByRole("button", { name: "Cancel the order" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("All that was paid goes back").waitFor();
    await dialog.getByLabel("How many of Kopi Gayo 250 g").selectOption("1");
    await dialog.getByText("What was paid for these").waitFor();
    await page.setViewportSize({ width: PHONE, height: 740 });
    await expectAccessible(page, "call off");
    await shoot(page, "call-off-phone");
    await dialog.getByRole("button", { name: "Cancel the order" }).click();
    await page.getByText("1 called off").waitFor();
    await expectNoSideways();
    const { state, lines } = await client.read(`/v1/orders/${orderId}`);
    expect([state, lines]).toMatchObject(["paid", [{ quantity: 3, cancelledQuantity: 1 }]]);
  });

  it("an operator cancels an order in the buyer's name, who sees who did what and why", async () => {
    const { member, orderId } = await newOrder();
    const { page, open, expectNoSideways, close } = await openConsole();
    await page.getByRole("link", { name: "Metrics" }).click();
    await page.getByText("Units sold beyond stock").waitFor();
    await page
      .getByRole("row", { name: /^GET \/v1\// })
      .first()
      .waitFor();
    await expectAccessible(page, "metrics");
    await open(`/operator/orders/${orderId}`);
    await page.getByRole("button", { name: "Act as this user" }).click();
    await page.getByLabel("What you were asked to do").fill("Asked on the phone to cancel the order");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Act as this user" }).click();
    const banner = page.getByRole("region", { name: "Acting as a user" });
    await banner.getByText(`You act as ${member.email}`).waitFor();
    await page.getByRole("button", { name: "Cancel the order" }).click();
    await dialog.getByRole("button", { name: "Cancel the order" }).click();
    await page.getByText("Cancelled").first().waitFor();
    await page.setViewportSize({ width: PHONE, height: 740 });
    await expectNoSideways();
    await expectAccessible(page, "acting");
    await shoot(page, "acting-phone");
    await banner.getByRole("button", { name: "End" }).click();
    await banner.waitFor({ state: "detached" });
    const log = page.getByRole("article").filter({ hasText: member.email });
    await log.getByText(`POST /v1/orders/${orderId}/cancel`).waitFor();
    await expectAccessible(page, "acting-log");
    await close();

    const buyer = await enter(member, "/account/security", PHONE);
    await buyer.page.getByRole("heading", { name: "Support in your name" }).waitFor();
    await buyer.page.getByText("Asked on the phone to cancel the order").first().waitFor();
    await buyer.expectNoSideways();
    await shoot(buyer.page, "support");
    await buyer.close();
  });

  /** Two purchases of a member that were paid and cancelled, whose bank takes no money back. */
  async function getStuck() {
    const member = newMember("Ani Wijaya");
    const ware = { title: "Kopi Flores 250 g", priceMinor: 8_500_000n, stock: 5 };
    const [client, stall] = await Promise.all([joinAs(platform, member), openStall(platform, [ware])]);
    const lines = [{ offerId: stall.offers[0]?.offerId ?? "", quantity: 1 }];
    const sandbox = sandboxOf(platform);
    const cancelled = async () => {
      const { orders, payment } = await buy(client, { lines, method: "gopay", email: member.email });
      await sandbox.act(payment.id, "pay");
      await reach(client, orders[0]?.id ?? "", "paid");
      await sandbox.switchOn(payment.id, { refundFails: "denied", times: 1 });
      await client.do(`/v1/orders/${orders[0]?.id}/cancel`, { reason: "changed_mind" });
      return payment.id;
    };
    return { client, desk: stall.operator, paymentIds: [await cancelled(), await cancelled()] as const };
  }

  it("money that a bank refused is sent again or paid by hand, and the buyer hears of it", async () => {
    const { client, desk, paymentIds } = await getStuck();
    const [again, byHand] = paymentIds;
    const { page, open, expectNoSideways, close } = await openAs(desk, DESK);
    await open("/operator/refunds");
    const rowOf = (paymentId: string) => page.getByRole("article").filter({ hasText: paymentId });
    const dialog = page.getByRole("dialog");
    await until("both to wait for a hand", async () => {
      await page.reload();
      await page.getByRole("article").first().waitFor();
      return (await rowOf(again).count()) + (await rowOf(byHand).count()) === 2;
    });
    await rowOf(again).getByText("202 Refund denied by the bank").waitFor();
    await expectAccessible(page, "refunds");
    await shoot(page, "refunds");
    await rowOf(again).getByRole("button", { name: "Try again" }).click();
    await dialog.getByRole("button", { name: "Try again" }).click();
    await rowOf(again).waitFor({ state: "detached" });
    await rowOf(byHand).getByRole("button", { name: "It was paid by hand" }).click();
    await dialog.getByLabel("How it was paid").fill("BCA 24 Nov, 9912");
    await dialog.getByRole("button", { name: "It was paid by hand" }).click();
    await rowOf(byHand).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Paid by hand" }).click();
    await rowOf(byHand).getByText("Paid as: BCA 24 Nov, 9912").waitFor();
    await page.setViewportSize({ width: PHONE, height: 740 });
    await expectNoSideways();
    await close();

    const buyer = await openAs(client, PHONE);
    await until("both to be told", async () => {
      await buyer.open("/account/notifications");
      await buyer.page.getByText("We have your order").first().waitFor();
      return (await buyer.page.getByText("Refund sent").count()) === 2;
    });
    for (const paymentId of paymentIds) {
      expect(await client.read(`/v1/payments/${paymentId}`)).toMatchObject({ state: "refunded" });
    }
    await buyer.close();
  });

  it("a buyer and a shop write to each other; what is written offline comes once", async () => {
    const { shop, buyer, conversationId } = await meet();
    const mine = buyer.page.getByLabel("Your message");
    await mine.fill("Masih ada?");
    await mine.press("Enter");
    await shop.page.goto(`${shop.url}/shop/chats`);
    await shop.page.getByRole("link", { name: /Masih ada/ }).click();
    await shop.page.getByText("Online").waitFor();
    await shop.page.getByLabel("Your message").fill("Masih, kak.");
    await buyer.page.getByText("is writing").waitFor();
    await shop.page.getByLabel("Your message").press("Enter");
    await said(buyer, "Masih, kak.").waitFor();
    await shop.page.getByRole("img", { name: "Read", exact: true }).waitFor();

    await buyer.context.setOffline(true);
    await mine.fill("Saya ambil dua.");
    await mine.press("Enter");
    await buyer.page.getByRole("img", { name: "Sending" }).waitFor();
    // Who leaves the page has sent it all the same.
    await buyer.page.getByRole("link", { name: "All messages" }).click();
    await mine.waitFor({ state: "detached" });
    await buyer.context.setOffline(false);
    await said(shop, "Saya ambil dua.").waitFor();
    await buyer.page.goto(`${buyer.url}/chats/${conversationId}`);
    await said(buyer, "Saya ambil dua.").waitFor();
    expect(await said(buyer, "Saya ambil dua.").count()).toBe(1);
    expect(buyer.page.url()).toContain(conversationId);
    for (const { page, expectNoSideways } of [shop, buyer]) {
      await expectAccessible(page, "conversation");
      await expectNoSideways();
    }
    await shoot(buyer.page, "chat-phone");
    await shoot(shop.page, "chat-shop");
    await Promise.all([buyer.close(), shop.close()]);
  });

  /** Two people who know each other, each before his own conversations. */
  async function befriend() {
    const [sari, joko] = [newMember("Sari Dewi"), newMember("Joko Susilo")];
    await joinAs(platform, sari);
    const client = await joinAs(platform, joko);
    const { userId } = await client.read("/v1/users/me");
    const [owner, guest] = [await enter(sari, "/chats", DESK), await enter(joko, "/chats", PHONE)];
    return { owner, guest, userId: String(userId) };
  }

  it("two people talk in a group; its owner names an admin, and shows somebody out", async () => {
    const { owner, guest, userId } = await befriend();
    const dialog = owner.page.getByRole("dialog");
    await owner.page.getByRole("button", { name: "New group" }).click();
    await owner.page.getByLabel("Name of the group").fill("Kopi bareng");
    await owner.page.getByLabel("Account numbers of the others").fill("Joko");
    await owner.page.getByRole("button", { name: "Create the group" }).click();
    await owner.page.getByText("There is no account number among it.").waitFor();
    await owner.page.getByLabel("Account numbers of the others").fill(`Joko: ${userId},`);
    await expectAccessible(owner.page, "new group");
    await owner.page.getByRole("button", { name: "Create the group" }).click();
    await owner.page.getByLabel("Your message").fill("Besok jadi ngopi?");
    await owner.page.getByLabel("Your message").press("Enter");
    await said(owner, "Besok jadi ngopi?").waitFor();

    await guest.page.reload();
    await guest.page.getByRole("link", { name: /Kopi bareng/ }).click();
    await said(guest, "Sari Dewi").waitFor();
    await owner.page.getByText("2 people · 1 online").waitFor();
    await guest.page.getByLabel("Your message").fill("Jadi, jam empat.");
    await owner.page.getByText("Joko Susilo: writing…").waitFor();
    await guest.page.getByLabel("Your message").press("Enter");
    await said(owner, "Jadi, jam empat.").waitFor();
    await guest.page.getByRole("img", { name: "Read", exact: true }).waitFor();
    await shoot(guest.page, "group-phone");
    await expectAccessible(guest.page, "group");
    await guest.expectNoSideways();

    await owner.page.getByRole("button", { name: "People in this group" }).click();
    await dialog.getByRole("button", { name: "What to do about Joko Susilo" }).click();
    await dialog.getByRole("button", { name: "Make admin" }).click();
    await dialog.getByText("Admin", { exact: true }).waitFor();
    await expectAccessible(owner.page, "people");
    await shoot(owner.page, "group-people");
    await dialog.getByRole("button", { name: "Remove from the group" }).click();
    await owner.page.getByText("Only you").waitFor();
    await guest.page.getByText("or you were taken out of it").waitFor();
    await dialog.getByLabel("Account number").fill(userId);
    await dialog.getByRole("button", { name: "Add somebody" }).click();
    await dialog.getByText("Joko Susilo").waitFor();
    await guest.page.reload();
    await guest.page.getByText("Say hello.").waitFor();
    await guest.page.getByRole("button", { name: "What to do with this conversation" }).click();
    await guest.page.getByRole("menuitem", { name: "Leave the group" }).click();
    await guest.page.getByRole("button", { name: "Leave the group" }).click();
    await guest.page.getByText("No messages yet").waitFor();
    await owner.page.getByText("Only you").waitFor();
    await Promise.all([owner.close(), guest.close()]);
  });

  it("both agree on a talk, one calls, and the pictures move on both sides", async () => {
    const { shop, buyer } = await meet();
    await buyer.page.getByRole("button", { name: "What to do with this conversation" }).click();
    await buyer.page.getByRole("menuitem", { name: "Ask for a video talk" }).click();
    await buyer.page.getByLabel("When").fill(jakartaIn(60_000));
    await buyer.page.getByRole("button", { name: "Ask", exact: true }).click();
    await buyer.page.getByText("The shop was asked.").waitFor();
    await buyer.page.keyboard.press("Escape");
    await shop.page.goto(`${shop.url}/shop/talks`);
    await shop.page.getByRole("button", { name: "Agree" }).click();
    await shop.page.getByRole("button", { name: "Call", exact: true }).click();
    await buyer.page.getByText("Somebody is calling you").waitFor();
    await expectAccessible(buyer.page, "ringing");
    await buyer.page.getByRole("button", { name: "Accept" }).click();
    for (const { page } of [shop, buyer]) {
      await page.getByText("You are talking").waitFor();
      await until("their picture", async () => (await page.evaluate(PLAYING)) === true);
      await expectAccessible(page, "talking");
    }
    await shoot(shop.page, "call");
    await shop.page.getByRole("button", { name: "End the call" }).click();
    for (const { page } of [shop, buyer]) await page.getByText("The call has ended.").waitFor();
    await Promise.all([buyer.close(), shop.close()]);
  });
});

/** The other's picture has gone on for a while. */
const PLAYING = `(() => {
  const video = document.querySelector("video[aria-label='Their picture']");
  return video !== null && video.videoWidth > 0 && video.currentTime > 1;
})()`;

/** As a field of day and time has it, by Jakarta's clock. */
function jakartaIn(ms: number): string {
  const parts = { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Jakarta" } as const;
  return new Intl.DateTimeFormat("sv-SE", parts).format(Date.now() + ms).replace(" ", "T");
}
