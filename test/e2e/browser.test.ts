import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { findChromium, openBrowser } from "../support/chromium.ts";
import { clientOf } from "../support/http-client.ts";
import { buy, guestOf, newEmail, openStall, reach, type Stall } from "../support/market-stall.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { mailboxOf, sandboxOf } from "../support/sandboxes.ts";

/** For people to look at; the tests look for themselves. */
const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const WIDTH = 1_280;
const HEIGHT = 900;

/** What a shop may call its wares, and no page may take for its own words. */
const HOSTILE = `</script><b id=wrong>&"'`;

const chromium = findChromium();
if (!chromium)
  console.warn("browser: the pages are not tested, because no Chromium was found (docs/testing.md)");

describe.skipIf(!chromium)("in a browser", () => {
  let platform: RunningPlatform;
  let stall: Stall;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [platform, browser] = await Promise.all([sharePlatform(), openBrowser(chromium ?? "")]);
    stall = await openStall(platform, [
      { title: "Gayo coffee beans", priceMinor: 7_500_000n, stock: 20 },
      { title: HOSTILE, priceMinor: 1_000_000n, stock: 1 },
    ]);
    return () => browser.close();
  });

  /** A page, everything that it asked for, and everything that went wrong in it. */
  async function openPage() {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
    const requested: string[] = [];
    const wrong: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
    return { page, requested, wrong };
  }
  const shoot = (page: Page, name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  const order = async (method: "qris" | "card") => {
    const guest = await guestOf(platform);
    const email = newEmail("browser");
    const lines = [{ offerId: stall.offers[0]?.offerId ?? "", quantity: 2 }];
    const bought = await buy(guest, { lines, method, email });
    return { guest, email, payment: bought.payment, orderId: bought.orders[0]?.id ?? "" };
  };

  it("the API reference shows every service and asks nobody else for anything", async () => {
    const { page, requested, wrong } = await openPage();
    await page.goto(`${platform.url}/docs`);
    await page.locator(".opblock-tag").first().waitFor();
    expect(await page.locator(".opblock-tag").count()).toBeGreaterThanOrEqual(10);
    await page.locator(".opblock-tag", { hasText: "carts" }).first().click();
    await page.locator(".opblock-summary-path", { hasText: "/v1/carts" }).first().waitFor();
    await shoot(page, "docs");
    const origins = new Set(
      requested.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).origin),
    );
    expect([...origins]).toEqual([platform.url]);
    expect(wrong).toEqual([]);
    await page.close();
  });

  it("a person pays by QRIS on the sandbox's page", async () => {
    const { guest, payment, orderId } = await order("qris");
    const { pay_url: payUrl } = await sandboxOf(platform).see(payment.id);
    const { page, wrong } = await openPage();
    await page.goto(payUrl);
    expect(await page.locator("h1").textContent()).toContain("165.000");
    await shoot(page, "payment-open");
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await page.getByText("Payment received").waitFor();
    await shoot(page, "payment-received");
    await reach(guest, orderId, "paid");
    expect(wrong).toEqual([]);
    await page.close();
  });

  it("a person pays by card on the provider's page and confirms with the bank", async () => {
    const { guest, payment, orderId } = await order("card");
    expect(payment.action.kind).toBe("redirect");
    const { page } = await openPage();
    await page.goto(payment.action.url);
    await page.locator("summary", { hasText: "card" }).click();
    await shoot(page, "card-form");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("heading", { name: "3D Secure" }).waitFor();
    await shoot(page, "card-bank");
    await page.getByRole("button", { name: "OK" }).click();
    await reach(guest, orderId, "paid");
    await page.close();
  });

  it("the mailbox shows the mail with its invoice", async () => {
    const { email, payment } = await order("qris");
    await sandboxOf(platform).act(payment.id, "pay");
    const isInvoice = ({ subject }: { subject: string }) => subject.startsWith("Your invoice");
    await mailboxOf(platform).find(email, "the invoice", isInvoice);
    const { page, wrong } = await openPage();
    await page.goto(`${platform.mailUrl}/?q=${encodeURIComponent(email)}`);
    expect(await page.locator(".row").count()).toBeGreaterThanOrEqual(2);
    await shoot(page, "mailbox");
    await page.locator(".row", { hasText: "Your invoice" }).click();
    await page.locator("h1", { hasText: "Your invoice" }).waitFor();
    expect(await page.locator(".file").textContent()).toMatch(/\.pdf/);
    const frame = page.frameLocator("iframe");
    await frame.getByText("attached as a PDF").first().waitFor();
    await shoot(page, "mail");
    expect(wrong).toEqual([]);
    await page.close();
  });

  const pathOf = async (index: number) => {
    const guest = await guestOf(platform);
    const { slug } = await guest.read(`/v1/products/${stall.offers[index]?.productId}`);
    return `/en/products/${slug}`;
  };

  it("a product's first HTML is whole, and the browser goes on from it without asking again", async () => {
    const path = await pathOf(0);
    const { html, nonce } = await firstHtml(platform, path);
    expect(html).toContain('<h1 class="product-title">Gayo coffee beans</h1>');
    expect(html).toContain('hreflang="id-ID"');
    const [, data = ""] = /<script type="application\/ld\+json"[^>]*>(.*?)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(data)).toMatchObject({ "@context": "https://schema.org", name: "Gayo coffee beans" });
    const again = await firstHtml(platform, path);
    expect(again.nonce).not.toBe(nonce);
    expect(again.html.replaceAll(again.nonce, nonce)).toBe(html);

    const { page, requested, wrong } = await openPage();
    await page.goto(`${platform.url}${path}`, { waitUntil: "networkidle" });
    const asked = () => requested.filter((url) => url.includes("/v1/") && !url.includes("/v1/media/"));
    expect(asked()).toEqual([]);
    await page.getByRole("button", { name: "Add to cart" }).click();
    await page.getByRole("link", { name: "Go to the cart" }).click();
    await page.getByRole("button", { name: "One more" }).click();
    await page.getByRole("link", { name: "2 in the cart" }).waitFor();
    await shoot(page, "cart");
    expect(wrong).toEqual([]);
    await page.close();
  });

  it("what takes a page over is named in its first HTML: no file waits for another", async () => {
    for (const path of [await pathOf(0), "/en", "/en/search?q=gayo", "/en/live"]) {
      const { html } = await firstHtml(platform, path);
      const { page, requested, wrong } = await openPage();
      await page.goto(`${platform.url}${path}`, { waitUntil: "networkidle" });
      const scripts = requested.map((url) => new URL(url).pathname).filter((file) => file.endsWith(".js"));
      expect(scripts.length).toBeGreaterThan(1);
      expect(scripts.filter((file) => !html.includes(`"${file}"`))).toEqual([]);
      expect(new Set(scripts).size).toBe(scripts.length);
      expect(wrong).toEqual([]);
      await page.close();
    }
  });

  it("what a shop calls its wares is text wherever a page has it", async () => {
    const path = await pathOf(1);
    const { html } = await firstHtml(platform, path);
    expect(html).not.toContain("<b id=wrong>");
    const { page, wrong } = await openPage();
    await page.goto(`${platform.url}${path}`, { waitUntil: "networkidle" });
    expect(await page.locator("h1").textContent()).toBe(HOSTILE);
    expect(await page.locator("#wrong").count()).toBe(0);
    expect(wrong).toEqual([]);
    await page.close();
  });

  it("who signs in keeps the cart, and a page that is opened anew still knows him", async () => {
    const person = { email: newEmail("browser"), password: "kopi-tubruk-pagi" };
    await signUp(platform, person);
    const { page, wrong } = await openPage();
    await page.goto(`${platform.url}${await pathOf(0)}`);
    await page.getByRole("button", { name: "Add to cart" }).click();
    await page.getByRole("link", { name: "1 in the cart" }).waitFor();
    await page.getByRole("banner").getByRole("link", { name: "Sign in" }).click();
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("link", { name: "Your account" }).waitFor();
    await page.goto(`${platform.url}/en/cart`);
    await page.getByText("Gayo coffee beans").waitFor();
    await page.getByRole("link", { name: "1 in the cart" }).waitFor();
    await page.goto(`${platform.url}/en/account`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in", exact: true }).waitFor();
    expect(wrong).toEqual([]);
    await page.close();
  });

  it("an address that nobody has is a page that says so", async () => {
    const response = await fetch(`${platform.url}/en/products/nothing-of-this-name`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("This page does not exist");
  });
});

/** An account whose address is confirmed. */
async function signUp(
  platform: RunningPlatform,
  person: { readonly email: string; readonly password: string },
) {
  const anonymous = clientOf(platform);
  await anonymous.do("/v1/auth/sign-up", { ...person, name: "Sari" });
  const link = /\/verify-email#token=([\w-]{43})/;
  const { text } = await mailboxOf(platform).find(person.email, "the link", (mail) => link.test(mail.text));
  await anonymous.do("/v1/auth/verify", { token: link.exec(text)?.[1], password: person.password });
}

/** A page as a crawler gets it, and the nonce that its scripts run by. */
async function firstHtml({ url }: RunningPlatform, path: string) {
  const response = await fetch(`${url}${path}`);
  expect(response.status).toBe(200);
  const policy = response.headers.get("content-security-policy") ?? "";
  const [, nonce = ""] = /script-src 'nonce-([0-9a-f]{32})' 'strict-dynamic'/.exec(policy) ?? [];
  const html = await response.text();
  const scripts = [...html.matchAll(/<script[^>]*>|<link rel="modulepreload"[^>]*>/g)].map(([tag]) => tag);
  expect(scripts.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([]);
  return { html, nonce };
}
