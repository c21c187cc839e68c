import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as OTPAuth from "otpauth";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectAccessible } from "../support/axe.ts";
import { openBuyer } from "../support/buyer-page.ts";
import { findChromium, openBrowser } from "../support/chromium.ts";
import { type Body, type Client, clientOf, until } from "../support/http-client.ts";
import { buy, newEmail, openStall, type Stall } from "../support/market-stall.ts";
import { joinAs, type Member } from "../support/members.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { sandboxOf } from "../support/sandboxes.ts";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const DESKTOP = { width: 1_280, height: 900 };
const PHONE = { width: 360, height: 740 };
const MARKET_TITLE = "Gayo coffee beans";

const chromium = findChromium();
if (!chromium)
  console.warn("account: the pages are not tested, because no Chromium was found (docs/testing.md)");

describe.skipIf(!chromium)("a member's account in a browser", () => {
  let platform: RunningPlatform;
  let stall: Stall;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    // A map wants WebGL, which the machine's processor draws where there is no other.
    const flags = ["--enable-unsafe-swiftshader"];
    [platform, browser] = await Promise.all([sharePlatform(), openBrowser(chromium ?? "", flags)]);
    stall = await openStall(platform, [{ title: MARKET_TITLE, priceMinor: 7_500_000n, stock: 50 }]);
    return () => browser.close();
  });

  const newMember = async () => {
    const member = { email: newEmail("member"), password: "kopi-tubruk-pagi", name: "Sari" };
    return { member, client: await joinAs(platform, member) };
  };
  const placeOrder = async (client: Client, email: string) => {
    const lines = [{ offerId: stall.offers[0]?.offerId ?? "", quantity: 2 }];
    const bought = await buy(client, { lines, method: "qris", email });
    return { paymentId: bought.payment.id, orderId: bought.orders[0]?.id ?? "" };
  };

  /** A person's window, signed in, and everything that went wrong in it. */
  async function openWindow(member: Member, viewport: { width: number; height: number }, base = "/en") {
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
    // WebAuthn's rpID is the host of the market's origin: localhost, and no number in its place.
    const origin = `${platform.url.replace("127.0.0.1", "localhost")}${base}`;
    await page.goto(`${origin}/sign-in?next=/account`);
    await signIn(page, member);
    await page.waitForURL(`${origin}/account`);
    return { context, page, origin, wrong };
  }
  const shoot = (page: Page, name: string) =>
    page.screenshot({ path: join(SCREENSHOTS, `account-${name}.png`), fullPage: true });

  it("an order's page moves by itself from payment to the door, with the driver on the map", async () => {
    const { member, client } = await newMember();
    const { orderId, paymentId } = await placeOrder(client, member.email);
    const { context, page, origin, wrong } = await openWindow(member, DESKTOP);
    await page.goto(`${origin}/account/orders/${orderId}`);
    await page.getByRole("button", { name: "Pay now" }).waitFor();
    await sandboxOf(platform).act(paymentId, "pay");
    await page.getByRole("status").getByText("Paid", { exact: true }).waitFor();
    const shipmentId = await ship(stall, orderId);
    await page.getByRole("heading", { name: "Parcel" }).waitFor();

    const path = `/v1/tracking/${shipmentId}`;
    await page.getByText("The carrier has not scanned it yet.").waitFor();
    const { pass } = await stall.shop.do(`${path}/passes`);
    const drive = (latitude: number) => sendPing(client, { path, pass, latitude });
    await drive(-6.2);
    const driver = page.locator("[data-marker=driver]");
    await driver.waitFor();
    await page.locator("[data-drawn]").waitFor();
    await page.getByText("Latitude -6.2000, longitude 106.8000.").waitFor({ state: "attached" });
    const before = await driver.getAttribute("style");
    await drive(-6.205);
    await page.getByText("Latitude -6.2050").waitFor({ state: "attached" });
    expect(await driver.getAttribute("style")).not.toBe(before);

    await stall.shop.do(`${path}/scans`, { status: "out_for_delivery", note: "Near you" });
    await page.getByText("Near you").waitFor();
    await shoot(page, "order-on-its-way");
    await expectAccessible(page, "the order");
    await page.getByRole("button", { name: "I have received it" }).click();
    await page.getByRole("button", { name: "All is well" }).waitFor();
    expect(wrong).toEqual([]);
    await context.close();
  });

  it("a return is asked for, discussed, and told of", async () => {
    const { member, client } = await newMember();
    const { orderId, paymentId } = await placeOrder(client, member.email);
    await sandboxOf(platform).act(paymentId, "pay");
    await until("payment", async () => (await client.read(`/v1/orders/${orderId}`)).state === "paid");
    await ship(stall, orderId);
    await client.do(`/v1/orders/${orderId}/deliver`);
    const { context, page, origin, wrong } = await openWindow(member, DESKTOP);
    await page.goto(`${origin}/account/orders/${orderId}`);
    await page.getByRole("button", { name: "Return or report a problem" }).click();
    await page.getByLabel("What is the matter?").selectOption("not_as_described");
    await page.getByLabel("Tell the shop more").fill("The beans are ground.");
    await shoot(page, "return-asked");
    await expectAccessible(page, "the request");
    await page.getByRole("button", { name: "Send the request" }).click();
    await page.getByRole("heading", { name: "Return", exact: true }).waitFor();
    await page.getByText("The beans are ground.").waitFor();
    const refundId = new URL(page.url()).pathname.split("/").at(-1);
    await stall.shop.do(`/v1/refunds/${refundId}/offer`, { amountMinor: "2000000" });
    await page.getByRole("button", { name: /^Take Rp\s?20[.,]000/ }).waitFor();
    await shoot(page, "return");
    await expectAccessible(page, "the return");
    await page.getByRole("button", { name: /^Take Rp/ }).click();
    await page.getByText("accepted the offer").waitFor();

    await page.getByRole("link", { name: /^Notifications, \d+ unread/ }).click();
    await page.getByRole("button", { name: "Mark all as read" }).click();
    await page.getByRole("link", { name: "Notifications", exact: true }).first().waitFor();
    await shoot(page, "notifications");
    expect(wrong).toEqual([]);
    await context.close();
  });

  it("an authenticator app is turned on, and asked for at the next sign-in", async () => {
    const { member } = await newMember();
    const { context, page, origin, wrong } = await openWindow(member, DESKTOP);
    await page.goto(`${origin}/account/security`);
    await page.getByRole("button", { name: "Turn it on" }).click();
    await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    const dialog = page.getByRole("dialog");
    const secret = OTPAuth.Secret.fromBase32((await dialog.locator("code").textContent()) ?? "");
    const app = new OTPAuth.TOTP({ secret });
    await shoot(page, "totp");
    await expectAccessible(page, "the authenticator");
    await page.getByLabel("Code that the app shows").fill(app.generate());
    await dialog.getByRole("button", { name: "Turn it on" }).click();
    await page.getByRole("heading", { name: "Recovery codes" }).waitFor();
    expect(await dialog.getByRole("listitem").count()).toBe(10);
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("10 recovery codes left").waitFor();

    await page.goto(`${origin}/account`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/\/sign-in/);
    await signIn(page, member);
    // A code that was used is worth nothing a second time, so the app's next one is given.
    await page.getByLabel(/authenticator/).fill(app.generate({ timestamp: Date.now() + 30_000 }));
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.waitForURL(`${origin}/account`);
    expect(wrong).toEqual([]);
    await context.close();
  });

  it("a passkey is added, renamed and removed", async () => {
    const { member } = await newMember();
    const { context, page, origin, wrong } = await openWindow(member, DESKTOP);
    const devtools = await context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.goto(`${origin}/account/security`);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("My laptop");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByText("My laptop").waitFor();
    await shoot(page, "security");
    await expectAccessible(page, "security");
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByText("My laptop").waitFor({ state: "detached" });
    expect(wrong).toEqual([]);
    await context.close();
  });

  it("a provider makes an account or joins one, and people come back to where they were", async () => {
    const { slug } = await clientOf(platform).read(`/v1/products/${stall.offers[0]?.productId}`);
    const me = await openBuyer({ platform, browser, locale: "en", width: DESKTOP.width });
    const { page } = me;
    await me.open(`/products/${slug}`);
    await page.getByRole("button", { name: "Add to cart" }).click();
    await page.getByRole("link", { name: "Go to the cart" }).waitFor();
    await page.getByRole("link", { name: "Sign in", exact: true }).click();
    await atProvider(page, { press: "Cancel" });
    await page.getByText("You called it off at Local.").waitFor();
    await expectAccessible(page, "called off");
    await shoot(page, "provider-cancelled");
    await page.getByRole("link", { name: "Back to signing in" }).click();
    const email = newEmail("provider");
    await atProvider(page, { email, press: "Allow" });
    await page.waitForURL(`${me.url}/products/${slug}`);
    await page.getByRole("link", { name: "1 in the cart" }).waitFor();
    await me.open("/account/security");
    await page.getByText("You sign in without one.").waitFor();
    await page.getByRole("button", { name: "Unlink Local" }).waitFor();
    await me.close();

    const { member } = await newMember();
    const known = await openBuyer({ platform, browser, locale: "en", width: PHONE.width });
    await known.open("/account/vouchers");
    await atProvider(known.page, { email: member.email, isConfirmed: false, press: "Allow" });
    await known.page.getByText("This address is not confirmed on both sides.").waitFor();
    await known.page.getByRole("link", { name: "Back to signing in" }).click();
    await atProvider(known.page, { email: member.email, press: "Allow" });
    await known.page.waitForURL(`${known.url}/account/vouchers`);
    await known.open("/account/security");
    await known.page.getByRole("button", { name: "Unlink Local" }).click();
    await known.page.getByRole("button", { name: "Link Local" }).click();
    await signAs(known.page, { email: newEmail("other"), press: "Allow" });
    await known.page.waitForURL(`${known.url}/account/security`);
    await known.page.getByRole("button", { name: "Unlink Local" }).waitFor();
    await known.expectNoSideways();
    await known.close();
  });

  it("every page stands on a phone, in both languages", async () => {
    const { member, client } = await newMember();
    const { orderId } = await placeOrder(client, member.email);
    const order = `/orders/${orderId}`;
    const walks = [
      { base: "", paths: [...PATHS, order] },
      { base: "/en", paths: ["", "/profile", order] },
    ];
    for (const { base, paths } of walks) {
      const { context, page, origin, wrong } = await openWindow(member, PHONE, base);
      for (const path of paths) {
        await page.goto(`${origin}/account${path}`);
        await page.locator("h1").waitFor();
        await until(`${path} to be read`, async () => (await page.locator(".skeleton").count()) === 0);
        await shoot(page, `phone${base.replace("/", "-")}${path.replaceAll("/", "-").slice(0, 20)}`);
        await expectAccessible(page, path);
        const overhang = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect([path, overhang]).toEqual([path, 0]);
      }
      expect(wrong).toEqual([]);
      await context.close();
    }
  });
});

const PATHS = [
  "",
  "/orders",
  "/returns",
  "/wallet",
  "/vouchers",
  "/notifications",
  "/reviews",
  "/following",
  "/profile",
  "/security",
];

type Visit = {
  readonly email?: string;
  readonly isConfirmed?: boolean;
  readonly press: "Allow" | "Cancel";
};

async function atProvider(page: Page, visit: Visit): Promise<void> {
  await page.getByRole("button", { name: "Continue with Local" }).click();
  await signAs(page, visit);
}

/** On the provider's own page. */
async function signAs(page: Page, { email = "", isConfirmed = true, press }: Visit): Promise<void> {
  await page.getByRole("heading", { name: "Local", exact: true }).waitFor();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Name").fill("Sari Dewi");
  await page.getByLabel("The address is confirmed").setChecked(isConfirmed);
  await page.getByRole("button", { name: press }).click();
}

async function signIn(page: Page, { email, password }: Member): Promise<void> {
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.locator("main form button[type=submit]").click();
}

/** The shop takes an order on and sends it with a driver of its own. */
async function ship({ shop }: Stall, orderId: string): Promise<string> {
  await shop.do(`/v1/orders/${orderId}/confirm`);
  const parcel = { carrier: "Kurir toko", trackingNumber: `TOKO-${orderId.slice(-8)}` };
  const { shipments }: Body = await shop.do(`/v1/orders/${orderId}/ship`, parcel);
  return shipments[0].id;
}

type Ping = { readonly path: string; readonly pass: string; readonly latitude: number };

async function sendPing(client: Client, { path, pass, latitude }: Ping): Promise<void> {
  const fix = { at: new Date().toISOString(), latitude, longitude: 106.8, accuracyMeters: 10 };
  const body = { cid: crypto.randomUUID(), fixes: [fix] };
  await client.do(`${path}/pings`, body, { headers: { "x-driver-pass": pass } });
}
