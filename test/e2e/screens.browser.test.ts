import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectAccessible } from "../support/axe.ts";
import { type Buyer, type Opening, openBuyer } from "../support/buyer-page.ts";
import { findChromium, openBrowser } from "../support/chromium.ts";
import { type Client, until } from "../support/http-client.ts";
import { guestOf, newEmail, openStall, type Stall } from "../support/market-stall.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { remember } from "../support/signed-window.ts";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const DESK = 1_280;
const PHONE = 360;
/** More than any of these pages has to be stepped through. */
const TABS_MAX = 80;

const chromium = findChromium();
if (!chromium)
  console.warn("screens: the pages are not tested, because no Chromium was found (docs/testing.md)");

/** Screens that no other story walks through, and the way to a product by keys alone. */
describe.skipIf(!chromium)("every screen in a browser", () => {
  let platform: RunningPlatform;
  let browser: Browser;
  let stall: Stall;
  let title: string;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [platform, browser] = await Promise.all([sharePlatform(), openBrowser(chromium ?? "")]);
    title = `Aren sugar ${newEmail("s").replaceAll(/\W/g, "").slice(0, 9)}`;
    stall = await openStall(platform, [{ title, priceMinor: 4_500_000n, stock: 20 }]);
    return () => browser.close();
  });

  const openAs = async (client: Client | undefined, opening: Pick<Opening, "locale" | "width" | "as">) => {
    const me = await openBuyer({ platform, browser, ...opening });
    if (client) await remember(me, client);
    return me;
  };
  /** When all is read: for itself, and for people. */
  const look = async (me: Buyer, name: string) => {
    const { page } = me;
    await page.locator("h1").first().waitFor();
    await until(`${name} to be read`, async () => (await page.locator(".skeleton").count()) === 0);
    await expectAccessible(page, name);
    await me.expectNoSideways();
    await page.screenshot({ path: join(SCREENSHOTS, `screen-${name}.png`), fullPage: true });
  };
  const walk = async (me: Buyer, start: string, paths: readonly string[]) => {
    for (const path of paths) {
      await me.open(`${start}${path}`);
      await look(me, `${start}${path}`.replaceAll("/", "-").slice(1, 40) || "home");
    }
    await me.close();
  };

  it("whoever has no mouse finds a product, narrows the list, and puts it into the cart", async () => {
    const me = await openAs(undefined, { locale: "en", width: DESK });
    const { page } = me;
    await me.open("/");
    await tabTo(page, "Search products");
    await page.keyboard.type(title);
    await page.getByRole("option", { name: title }).waitFor();
    await page.keyboard.press("ArrowDown");
    expect(await page.getByRole("combobox").getAttribute("aria-activedescendant")).toBeTruthy();
    await page.keyboard.press("Escape");
    await page.getByRole("option").first().waitFor({ state: "hidden" });
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/search\?q=/);
    await tabTo(page, "In stock only");
    await page.keyboard.press("Space");
    await page.waitForURL(/inStock=/);
    await page.getByText("1 product", { exact: true }).waitFor();
    await look(me, "search");
    await tabTo(page, title);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await tabTo(page, "Add to cart");
    await page.keyboard.press("Enter");
    await tabTo(page, "Go to the cart");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Check out", exact: true }).waitFor();
    await me.close();
  });

  it("lists, and what stands empty, are whole on a phone, in the dark and in Indonesian", async () => {
    const guest = await guestOf(platform);
    const { slug } = await guest.read(`/v1/sellers/${stall.sellerId}`);
    const { items } = await guest.read("/v1/categories");
    const me = await openAs(undefined, { locale: "id", width: PHONE, as: { colorScheme: "dark" } });
    await walk(me, "", ["/", `/categories/${items[0].slug}`, `/shops/${slug}`, "/live", "/cart"]);
  });

  it("the rest of the seller centre is whole on a phone", async () => {
    const me = await openAs(stall.shop, { locale: "en", width: PHONE });
    const parts = ["/products", "/changes", "/reviews", "/performance", "/team", "/pickup", "/chats"];
    await walk(me, "/shop", [...parts, "/vouchers", "/live"]);
  });

  it("the rest of the console is whole on a phone, in the dark and in Indonesian", async () => {
    const me = await openAs(stall.operator, { locale: "id", width: PHONE, as: { colorScheme: "dark" } });
    const lists = ["/sellers", "/products", "/changes", "/orders", "/cases", "/disputes", "/refunds"];
    await walk(me, "/operator", [...lists, "/reviews", "/flash-sales", "/queues", "/ledger"]);
  });
});

/** By the key that goes on, to what is called so. */
async function tabTo(page: Page, name: string): Promise<void> {
  const called = `((at) =>
    at.matches("a, button, input")
      ? at.getAttribute("aria-label") ?? at.closest("label")?.textContent ?? at.textContent
      : "")(document.activeElement)`;
  let tabs = 0;
  await until(`the focus on ${name}`, async () => {
    tabs += 1;
    expect(tabs, `the focus on ${name}`).toBeLessThan(TABS_MAX);
    await page.keyboard.press("Tab");
    return (await page.evaluate<string>(called)).includes(name);
  });
}
