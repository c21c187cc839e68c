import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { openBuyer } from "../support/buyer-page.ts";
import { CAMERA_FLAGS, findChromium, openBrowser } from "../support/chromium.ts";
import { type Client, ids, signedClient, userClaims } from "../support/http-client.ts";
import { buy, guestOf, newEmail, openStall, type Stall } from "../support/market-stall.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { remember } from "../support/signed-window.ts";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
/** As on a phone far from a mast. */
const SLOW = { offline: false, latency: 400, downloadThroughput: 60_000, uploadThroughput: 40_000 };
/** Beyond this a page that moves under the finger is called bad (web.dev/cls). */
const SHIFT_MAX = 0.1;

const chromium = findChromium();
if (!chromium)
  console.warn("network: the pages are not tested, because no Chromium was found (docs/testing.md)");

describe.skipIf(!chromium)("a browser on a slow network, and a ring at a bad moment", () => {
  let platform: RunningPlatform;
  let stall: Stall;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [platform, browser] = await Promise.all([sharePlatform(), openBrowser(chromium ?? "", CAMERA_FLAGS)]);
    stall = await openStall(platform, [{ title: "Kerinci peaberry", priceMinor: 8_500_000n, stock: 30 }]);
    return () => browser.close();
  });
  const shoot = (page: Page, name: string) =>
    page.screenshot({ path: join(SCREENSHOTS, `network-${name}.png`) });
  const open = (width: number) => openBuyer({ platform, browser, locale: "en", width });
  async function openAs(client: Client, width: number) {
    const me = await open(width);
    await remember(me, client);
    return me;
  }

  it("slowly the outline comes first, nothing moves, and a press that is doubled counts once", async () => {
    const me = await open(360);
    const { page } = me;
    await me.context.addInitScript(COUNT_SHIFTS);
    const guest = await guestOf(platform);
    const { slug } = await guest.read(`/v1/products/${stall.offers[0]?.productId}`);
    const seller = await guest.read(`/v1/sellers/${stall.sellerId}`);
    await me.open(`/shops/${seller.slug}`);
    await page.getByRole("link", { name: /Kerinci peaberry/ }).waitFor();
    await page.waitForLoadState("networkidle");
    const devtools = await me.context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", SLOW);
    await page.getByRole("link", { name: /Kerinci peaberry/ }).click();
    await page.locator(".skeleton").first().waitFor();
    await shoot(page, "outline");
    await page.getByRole("heading", { level: 1, name: "Kerinci peaberry" }).waitFor();
    expect(page.url()).toContain(slug);
    await page.getByRole("button", { name: "Add to cart" }).dblclick();
    await page.getByRole("link", { name: "1 in the cart" }).waitFor();
    await page.getByRole("link", { name: "Go to the cart" }).click();
    await page.getByRole("button", { name: "One more" }).waitFor();
    await page.waitForLoadState("networkidle");
    await shoot(page, "cart");
    expect(await page.getByRole("link", { name: "1 in the cart" }).count()).toBe(1);
    expect(await page.evaluate<number>("window.shifted"), "layout shift").toBeLessThan(SHIFT_MAX);
    await me.close();
  });

  it("whoever has a dialog open can answer a ring, and goes on in the dialog", async () => {
    const client = await signedClient(platform, userClaims({ sub: ids.next("user") }));
    const lines = [{ offerId: stall.offers[0]?.offerId ?? "", quantity: 1 }];
    const bought = await buy(client, { lines, method: "cod", email: newEmail("ring") });
    const [buyer, shop] = [await openAs(client, 360), await openAs(stall.shop, 1_280)];
    await buyer.open("/account/wallet");
    await buyer.page.getByRole("button", { name: "Set a PIN" }).click();
    await buyer.page.getByLabel("PIN", { exact: true }).fill("27");
    await shop.open(`/shop/orders/${bought.orders[0]?.id}`);
    await shop.page.getByRole("button", { name: "Call the buyer" }).click();
    const dialog = buyer.page.getByRole("dialog");
    await dialog.getByText("Somebody is calling you").waitFor();
    await shoot(buyer.page, "ring-in-dialog");
    await dialog.getByRole("button", { name: "Accept" }).click();
    await dialog.getByText("You are talking").waitFor();
    expect(await buyer.page.getByLabel("PIN", { exact: true }).inputValue()).toBe("27");
    // The call outlives the dialog.
    await buyer.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await buyer.page.getByText("You are talking").waitFor();
    await buyer.page.getByRole("button", { name: "End the call" }).click();
    for (const { page } of [shop, buyer]) await page.getByText("The call has ended.").waitFor();
    await Promise.all([buyer.close(), shop.close()]);
  });
});

/** Adds up what moved without anybody having pressed. */
const COUNT_SHIFTS = `
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
`;
