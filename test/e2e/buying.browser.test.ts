import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectAccessible } from "../support/axe.ts";
import { type Buyer, choose, mailedPath, openBuyer, type Person } from "../support/buyer-page.ts";
import { findChromium, openBrowser } from "../support/chromium.ts";
import { clientOf } from "../support/http-client.ts";
import { guestOf, newEmail, openStall, type Stall } from "../support/market-stall.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { sandboxOf } from "../support/sandboxes.ts";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const DESK = 1_280;
const PHONE = 360;
const PAYMENT = /pay_[0-9a-z]{26}/;
const ORDER = /\/orders\/ord_[0-9a-z]{26}/;

const chromium = findChromium();
if (!chromium)
  console.warn("buying: the pages are not tested, because no Chromium was found (docs/testing.md)");

describe.skipIf(!chromium)("buying in a browser", () => {
  let platform: RunningPlatform;
  let stall: Stall;
  let browser: Browser;
  let slug: string;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [platform, browser] = await Promise.all([sharePlatform(), openBrowser(chromium ?? "")]);
    stall = await openStall(platform, [{ title: "Gayo coffee beans", priceMinor: 7_500_000n, stock: 20 }]);
    const guest = await guestOf(platform);
    ({ slug } = await guest.read(`/v1/products/${stall.offers[0]?.productId}`));
    return () => browser.close();
  });

  const buyer = (locale: "en" | "id", width: number): Promise<Buyer> =>
    openBuyer({ platform, browser, locale, width });
  const shoot = (page: Page, name: string) =>
    page.screenshot({ path: join(SCREENSHOTS, `buying-${name}.png`), fullPage: true });
  const left = async () => (await stall.stockOf(stall.offers[0]?.offerId ?? "")).available;
  /** A person with an account who is not signed in anywhere. */
  const newPerson = async (): Promise<Person> => {
    const person = { name: "Sari", email: newEmail("buying"), password: "kopi-tubruk-pagi" };
    const anonymous = clientOf(platform);
    await anonymous.do("/v1/auth/sign-up", person);
    const [, token] = (await mailedPath(platform, person.email, "/verify-email")).split("#token=");
    await anonymous.do("/v1/auth/verify", { token, password: person.password });
    return person;
  };
  /** Ends every session of somebody, as he does who has lost his phone. */
  const endSessions = async ({ email, password }: Person) => {
    const { accessToken } = await clientOf(platform).do("/v1/auth/sign-in", { email, password });
    const him = clientOf(platform, { market: "id", token: accessToken });
    expect((await him.call("DELETE", "/v1/auth/sessions")).status).toBe(204);
  };

  it("a visitor goes from the product to the paid order, and Back never pays again", async () => {
    const me = await buyer("en", DESK);
    const { page } = me;
    const before = await left();
    await me.bring(slug);
    await page.getByLabel("E-mail").fill(newEmail("buying"));
    await me.typeAddress();
    await expectAccessible(page, "checkout");
    await shoot(page, "checkout-empty");
    await page.getByRole("button", { name: "Place the order" }).click();
    expect(await page.evaluate("document.activeElement.textContent")).toContain("Where it goes");
    await me.ship();
    await page
      .getByRole("radio", { name: /Arrives/ })
      .first()
      .waitFor();
    await page.getByLabel("Voucher code").fill("nosuch");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("There is no such code").waitFor();
    await choose(page, /QRIS/);
    await page.getByRole("button", { name: "Order and pay Rp 90.000" }).dblclick();
    await page.getByAltText("QR code of the payment").waitFor();
    await expectAccessible(page, "payment");
    await shoot(page, "pay-qris");
    const [paymentId = ""] = PAYMENT.exec(page.url()) ?? [];
    const { pay_url: payUrl } = await sandboxOf(platform).see(paymentId);
    const bank = await me.context.newPage();
    await bank.goto(payUrl);
    await bank.getByRole("button", { name: "Pay", exact: true }).click();
    await bank.getByText("Payment received").waitFor();
    await bank.close();
    await page.waitForURL(ORDER);
    await page.getByText("Paid", { exact: true }).waitFor();
    await expectAccessible(page, "order");
    await shoot(page, "order");
    expect(await left()).toBe(before - 1);
    const orderUrl = page.url();
    for (const path of ["/checkout", `/pay/${paymentId}`]) {
      await me.open(path);
      await page.waitForURL(orderUrl);
    }
    await page.goBack();
    expect(page.url()).not.toContain("/checkout");
    expect(await left()).toBe(before - 1);
    await me.close();
  });

  it("a session that ends in the middle takes nothing away, on a phone and in Indonesian", async () => {
    const person = await newPerson();
    const me = await buyer("id", PHONE);
    const { page } = me;
    await me.bring(slug);
    await page.getByLabel("Email").waitFor();
    await me.open("/sign-in?next=%2Fcheckout");
    await expectAccessible(page, "sign-in");
    await shoot(page, "sign-in-360");
    await me.signIn(person);
    await page.getByRole("heading", { name: "Checkout" }).waitFor();
    await me.typeAddress();
    await me.expectNoSideways();
    await shoot(page, "checkout-360");
    await endSessions(person);
    await me.ship();
    await page.getByText("Sesi Anda telah berakhir").waitFor();
    await me.signIn(person);
    await page.getByRole("heading", { name: "Checkout" }).waitFor();
    expect(await page.getByLabel("Nama jalan dan nomor rumah").inputValue()).toBe("Jl. Merdeka 1");
    await me.ship();
    await page.getByRole("button", { name: "Ubah" }).waitFor();
    await choose(page, /Bayar di tempat/);
    await page.getByRole("button", { name: "Buat pesanan" }).click();
    await page.waitForURL(ORDER);
    await page.getByRole("main").getByText("Gayo coffee beans").first().waitFor();
    expect(page.url()).toContain("/account/orders/");
    await shoot(page, "order-360");
    await me.expectNoSideways();
    const other = await me.context.newPage();
    await other.goto(`${me.url}/account`);
    await other.getByRole("button", { name: "Keluar" }).click();
    await page.getByRole("link", { name: "Masuk", exact: true }).waitFor();
    await me.close();
  });

  /** By a code for a till, by an app, and on to the choice of a third way. */
  async function goOtherWays(page: Page): Promise<void> {
    const other = page.locator("summary", { hasText: "Pay another way" });
    await other.click();
    await choose(page, /Alfamart/);
    await page.getByRole("combobox", { name: "Shop to pay at" }).selectOption("alfamart");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("at the till of any Alfamart").waitFor();
    await shoot(page, "pay-till");
    await other.click();
    await choose(page, "ShopeePay");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("link", { name: "Open the app" }).waitFor();
    await shoot(page, "pay-shopeepay");
    await other.click();
  }

  it("two tabs make one order, and a lost answer or no network none too many", async () => {
    const me = await buyer("en", DESK);
    const { page, context } = me;
    const before = await left();
    await me.bring(slug);
    await page.getByLabel("E-mail").fill(newEmail("buying"));
    await me.typeAddress();
    await me.ship();
    await choose(page, /Bank transfer/);
    await page.getByRole("combobox", { name: "Your bank" }).selectOption("mandiri");
    const other = await context.newPage();
    await other.goto(`${me.url}/checkout`);
    const order = (on: Page) => on.getByRole("button", { name: "Order and pay" });
    await order(other).waitFor();
    await context.setOffline(true);
    await page.getByText("You are offline").waitFor();
    await order(page).click();
    await page.getByText("Press again").waitFor();
    await context.setOffline(false);
    // The order is placed, and its answer gets lost on the way back.
    const lost = Promise.withResolvers<void>();
    await page.route("**/complete", async (route) => {
      await route.fetch();
      await route.abort("connectionreset");
      lost.resolve();
    });
    await order(page).click();
    await lost.promise;
    await page.getByText("Press again").waitFor();
    await page.unroute("**/complete");
    await order(page).click();
    await page.getByText("Payment code").waitFor();
    await shoot(page, "pay-bill");
    const [paymentId = ""] = PAYMENT.exec(page.url()) ?? [];
    await other.bringToFront();
    await other.waitForURL(`**/pay/${paymentId}`);
    expect(await left()).toBe(before - 1);
    await page.bringToFront();
    await goOtherWays(page);
    await choose(page, /card/);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.locator("summary", { hasText: "card" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "OK" }).click();
    await page.waitForURL(ORDER);
    expect(page.url()).toContain("/en/orders/");
    expect(await left()).toBe(before - 1);
    await me.close();
  });

  it("whoever signs up comes in by the mails: confirming, a link, a code and a new password", async () => {
    const person: Person = { name: "Joko", email: newEmail("buying"), password: "teh-poci-gula-batu" };
    const me = await buyer("en", PHONE);
    const { page } = me;
    await me.open("/sign-up");
    await page.getByLabel("Your name").fill(person.name);
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await expectAccessible(page, "sign-up");
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByText("Look into your mail").waitFor();
    await me.open(await mailedPath(platform, person.email, "/verify-email"));
    await page.getByLabel("Password").fill("not-this-one-at-all");
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("link", { name: "Your account" }).waitFor();
    await me.open("/forgot-password");
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("is on its way").waitFor();
    await me.open(await mailedPath(platform, person.email, "/reset-password"));
    const password = "kolak-pisang-hangat";
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Save the password" }).click();
    await page.getByText("Your password is changed").waitFor();
    await me.open("/sign-in");
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByRole("button", { name: "Sign in by e-mail" }).click();
    await page.getByRole("button", { name: "Send me a link" }).click();
    await page.getByText("Open it on this device").waitFor();
    await me.open(await mailedPath(platform, person.email, "/sign-in/link"));
    await page.getByRole("button", { name: "Sign in on this device" }).click();
    await page.getByRole("link", { name: "Your account" }).waitFor();
    await me.close();
  });
});
