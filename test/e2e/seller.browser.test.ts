import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as OTPAuth from "otpauth";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectAccessible } from "../support/axe.ts";
import { type Buyer, mailedPath, openBuyer, type Person } from "../support/buyer-page.ts";
import { findChromium, openBrowser } from "../support/chromium.ts";
import { type Client, clientOf, signedClient, userClaims } from "../support/http-client.ts";
import { buy, guestOf, newEmail, reach } from "../support/market-stall.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { sandboxOf } from "../support/sandboxes.ts";
import { subjectOf } from "../support/signed-window.ts";
import { ageSessions } from "../support/time-travel.ts";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const DESK = 1_280;
const PHONE = 360;
/** A red point. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

const chromium = findChromium();
if (!chromium)
  console.warn("seller: the pages are not tested, because no Chromium was found (docs/testing.md)");

describe.skipIf(!chromium)("a shop in a browser", () => {
  let platform: RunningPlatform;
  let browser: Browser;
  let operator: Client;
  let owner: Person;
  let categoryId: string;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [platform, browser] = await Promise.all([sharePlatform(), openBrowser(chromium ?? "")]);
    operator = await signedClient(platform, userClaims({ op: "admin" }));
    const names = { en: "Coffee of the highlands", id: "Kopi dataran tinggi" };
    ({ id: categoryId } = await operator.do("/v1/categories", { parentId: null, names }));
    owner = await newPerson();
    const application = {
      name: "Kopi Senja",
      city: "Takengon",
      legalName: "CV Kopi Senja",
      email: owner.email,
    };
    const { id } = await (await clientFor(owner)).do("/v1/sellers", application);
    await operator.do(`/v1/sellers/${id}/approve`, { reason: "The papers are in order." });
    return () => browser.close();
  });

  async function newPerson(): Promise<Person> {
    const person = { name: "Rahma", email: newEmail("seller"), password: "kopi-tubruk-pagi" };
    const anonymous = clientOf(platform);
    await anonymous.do("/v1/auth/sign-up", person);
    const [, token] = (await mailedPath(platform, person.email, "/verify-email")).split("#token=");
    await anonymous.do("/v1/auth/verify", { token, password: person.password });
    return person;
  }
  async function clientFor({ email, password }: Person): Promise<Client> {
    const { accessToken: token } = await clientOf(platform).do("/v1/auth/sign-in", { email, password });
    return clientOf(platform, { token });
  }
  /** A browser at a page of the seller centre, signed in. */
  async function openShop(path: string, { person = owner, locale = "en", width = DESK }: Opening = {}) {
    const me = await openBuyer({ platform, browser, locale, width });
    await me.open(path);
    await me.signIn(person);
    return me;
  }
  type Opening = { readonly person?: Person; readonly locale?: "en" | "id"; readonly width?: number };
  const shoot = (page: Page, name: string) =>
    page.screenshot({ path: join(SCREENSHOTS, `seller-${name}.png`), fullPage: true });
  /** Looks at the page that is open: for itself, and for people. */
  const look = async (me: Buyer, name: string) => {
    await expectAccessible(me.page, name);
    await me.expectNoSideways();
    await shoot(me.page, name);
  };
  /** Somebody buys one of these and pays; his order, and the cart's token to follow it by. */
  const sell = async (offerId: string, quantity = 1) => {
    const guest = await guestOf(platform);
    const lines = [{ offerId, quantity }];
    const bought = await buy(guest, { lines, method: "qris", email: newEmail("sold") });
    await sandboxOf(platform).act(bought.payment.id, "pay");
    const orderId = bought.orders[0]?.id ?? "";
    await reach(guest, orderId, "paid");
    return { guest, orderId };
  };

  it("somebody without a shop applies for one, hands it in, and it opens", async () => {
    const person = await newPerson();
    const me = await openShop("/shop", { person, width: PHONE });
    const { page } = me;
    await page.getByLabel("Name of the shop").fill("Teras Rotan");
    await page.getByLabel("City").fill("Cirebon");
    await page.getByLabel("Legal name").fill("Rahma Putri");
    await page.getByLabel("E-mail").fill(person.email);
    await look(me, "apply");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("heading", { name: "What is asked of you" }).waitFor();
    await look(me, "onboarding");
    await page.getByRole("button", { name: "Hand in for review" }).click();
    await page.getByText("We are looking at your shop.").waitFor();
    const { items } = await (await clientFor(person)).read("/v1/sellers/mine");
    expect(items).toMatchObject([{ role: "owner", seller: { name: "Teras Rotan", state: "review" } }]);
    await operator.do(`/v1/sellers/${items[0].seller.id}/approve`, { reason: "The papers are in order." });
    await page.reload();
    await page.getByText("Your shop is open. You can sell.").waitFor();
    await me.close();
  });

  it("a product is made with its variants and picture, sold, and leaves with a label", async () => {
    const me = await openShop("/shop/products/new");
    const { page } = me;
    await page.getByLabel("Category").selectOption(categoryId);
    await page.getByLabel("Title", { exact: true }).fill("Gayo honey process");
    await page.getByRole("button", { name: "Add an option" }).click();
    await page.getByLabel("Option 1").fill("Grind");
    await page.getByLabel("Values, parted by commas").fill("Whole, Fine");
    for (const [at, name] of ["WHOLE", "FINE"].entries()) {
      await page.getByLabel("SKU").nth(at).fill(`GAYO-${name}`);
      await page.getByLabel("Price (IDR)").nth(at).fill("95.000");
      await page.getByLabel("In stock").nth(at).fill("4");
    }
    for (const [side, cm] of Object.entries({ Length: "20", Width: "12.5", Height: "8" }))
      await page.getByLabel(`${side} (cm)`).first().fill(cm);
    await look(me, "product-new");
    await page.getByRole("button", { name: "Save and add pictures" }).click();
    await page.getByText("Only you see it.").waitFor();
    const picture = { name: "gayo.png", mimeType: "image/png", buffer: PNG };
    await page.getByLabel("Add pictures").setInputFiles(picture);
    await page.getByText("Cover").waitFor();
    await page.getByRole("button", { name: "Put on sale" }).click();
    await page.getByRole("link", { name: "See it in the shop" }).waitFor();
    await page.getByRole("button", { name: "4 available" }).first().waitFor();
    await look(me, "product");
    const [productId = ""] = /prd_[0-9a-z]{26}/.exec(page.url()) ?? [];
    const { variants, media } = await clientOf(platform).read(`/v1/products/${productId}`);
    expect(variants).toMatchObject([
      {
        measures: { lengthMm: 200, widthMm: 125, heightMm: 80 },
        offers: [{ sku: "GAYO-WHOLE", price: { minor: "9500000", currency: "IDR" } }],
      },
      { measures: null, offers: [{ sku: "GAYO-FINE" }] },
    ]);
    expect(media).toHaveLength(1);
    const { guest, orderId } = await sell(variants[0].offers[0].id, 3);
    await me.open("/shop");
    await page.getByRole("link", { name: "1 Orders to confirm" }).click();
    await page.getByRole("link", { name: /Gayo honey process/ }).click();
    await callOffOne(me);
    await ship(me);
    expect(await reach(guest, orderId, "shipped")).toMatchObject({
      lines: [{ quantity: 3, shippedQuantity: 2, cancelledQuantity: 1 }],
      shipments: [{ trackingNumber: /.+/ }],
    });
    await me.close();
  });

  /** One of three will not be sent: the dialog says what comes back, and the order what became of it. */
  async function callOffOne(me: Buyer): Promise<void> {
    const { page } = me;
    await page.getByRole("button", { name: "Cancel the order" }).click();
    await page.getByText("The buyer gets all of his money back").waitFor();
    await page.getByLabel("How many of Gayo honey process").selectOption("1");
    await page.getByText("Their price and share of the shipping go back").waitFor();
    await look(me, "order-call-off");
    await page.getByRole("button", { name: "Call these off" }).click();
    await page.getByText("1 cancelled").waitFor();
    await page.getByText("× 1 · by the shop").waitFor();
  }

  /** The shipping story: confirm, say once where parcels leave from, buy the label and print it. */
  async function ship(me: Buyer): Promise<void> {
    const { page } = me;
    await page.getByText("Somebody bought from you").waitFor();
    await look(me, "order");
    await page.getByRole("button", { name: "Confirm the order" }).click();
    await page.getByRole("button", { name: "Ship", exact: true }).click();
    await page.getByRole("button", { name: "Buy the label" }).click();
    await page.getByLabel("Who hands the parcels over").fill("Rahma Putri");
    await page.getByRole("dialog").getByLabel("Phone").fill("+6281234567890");
    await page.getByLabel("Street and number").fill("Jl. Lebe Kader 5");
    await page.getByLabel("Postal code").fill("24519");
    await page.getByRole("button", { name: "Save the pick-up address" }).click();
    await page.getByRole("button", { name: "Buy the label" }).click();
    await page.getByRole("heading", { name: "Parcels and labels" }).waitFor();
    const pdf = page.waitForEvent("download");
    await page.getByRole("button", { name: "PDF" }).click();
    expect((await pdf).suggestedFilename()).toMatch(/\.pdf$/);
    await look(me, "order-shipped");
  }

  it("an import says of each row what became of it", async () => {
    const me = await openShop("/shop/import");
    const { page } = me;
    const csv = [
      "ref,category,title_en,sku,price",
      `toraja,${categoryId},Toraja sesean,TORAJA-1,88000`,
      `broken,${categoryId},,BROKEN-1,-5`,
    ].join("\n");
    const file = { name: "wares.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
    await page.getByLabel("Choose a file").setInputFiles(file);
    await page.getByText("Failed: 1").waitFor();
    await page.getByText("New: 1").waitFor();
    const row = page.getByRole("row", { name: /broken/ });
    expect(await row.getByRole("listitem").count()).toBeGreaterThanOrEqual(1);
    await look(me, "import");
    await me.close();
  });

  it("a show is scheduled, its camera has an address, and what the host does is in the room", async () => {
    const me = await openShop("/shop/live");
    const { page } = me;
    await page.getByLabel("Title").fill("Roasting together");
    await page.getByLabel("Begins").fill("2099-01-01T19:00");
    await page.getByRole("button", { name: "Schedule it" }).click();
    await page.getByRole("button", { name: "Show address and key" }).click();
    expect(await page.getByRole("textbox", { name: "Server" }).inputValue()).toMatch(/^rtmps?:/);
    expect(await page.getByRole("textbox", { name: "Stream key" }).inputValue()).toMatch(/.{8,}/);
    const { items } = await (await clientFor(owner)).read("/v1/offers");
    await page.getByLabel("Offer", { exact: true }).first().selectOption(items[0].id);
    await page.getByRole("button", { name: "Put into the bag" }).click();
    await page.getByRole("button", { name: /^Pin / }).click();
    await page.getByText("Pinned", { exact: true }).waitFor();
    await page.getByRole("tab", { name: "Poll" }).click();
    await page.getByLabel("Question").fill("Light or dark?");
    await page.getByLabel("Choices, parted by commas").fill("Light, Dark");
    await page.getByRole("button", { name: "Ask the room" }).click();
    await page.getByText("Poll: Light or dark?").waitFor();
    await look(me, "studio");
    await me.close();
  });

  it("a voucher is made and paused, and every part is whole on a phone in Indonesian", async () => {
    const me = await openShop("/shop/vouchers/new", { locale: "id", width: PHONE });
    const { page } = me;
    await page.getByLabel("Yang dilihat pembeli").fill("Hemat akhir pekan");
    await page.getByLabel("Persen", { exact: true }).fill("12,5");
    await page.getByLabel("Mulai").fill("2026-01-01T00:00");
    await page.getByLabel("Berakhir").fill("2099-01-01T00:00");
    await look(me, "voucher-new-phone");
    await page.getByRole("button", { name: "Buat voucher" }).click();
    await page.getByRole("button", { name: "Jeda" }).click();
    await page.getByText("Dijeda").waitFor();
    const shop = await clientFor(owner);
    const { items } = await shop.read("/v1/vouchers");
    expect(items).toMatchObject([{ state: "paused", benefit: { kind: "percent", basisPoints: 1_250 } }]);
    for (const part of ["", "/orders", "/products", "/inventory", "/finance", "/settings", "/webhooks"]) {
      await me.open(`/shop${part}`);
      await page.getByRole("main").getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      await look(me, `phone${part.replace("/", "-")}`);
    }
    await me.close();
  });

  /** Five cups, an offer that is to be a set of them, and a second place for them to lie. */
  async function stockUp() {
    const client = await clientFor(owner);
    const ware = (sku: string) =>
      JSON.stringify({
        ref: sku,
        category: categoryId,
        titles: { en: sku, id: sku },
        variants: [{ offer: { sku, price: { minor: "5000000", currency: "IDR" } } }],
      });
    const headers = { "content-type": "application/x-ndjson" };
    const { rows } = await client.do("/v1/products/import", [ware("CUP"), ware("SET")].join("\n"), {
      headers,
    });
    const offerIds: string[] = rows.map((row: { offers: { offerId: string }[] }) => row.offers[0]?.offerId);
    // A set has no stock of its own.
    const rowsOf = { rows: [{ offerId: offerIds[0], onHand: 5, safety: 0 }] };
    await client.do("/v1/inventory/levels", rowsOf);
    await client.do("/v1/inventory/locations", { name: "Bekasi", priority: 2 });
    return offerIds;
  }

  /** A shop with money, whose owner signed in long ago and has an authenticator app. */
  async function openRichShop() {
    const person = await newPerson();
    const me = await openShop("/shop/finance", { person });
    await me.page.getByRole("heading", { level: 1 }).waitFor();
    const client = await clientFor(person);
    const about = { name: "Kopi Lintang", city: "Takengon", legalName: "CV Lintang", email: person.email };
    const { id: sellerId } = await client.do("/v1/sellers", about);
    await operator.do(`/v1/sellers/${sellerId}/approve`, { reason: "The papers are in order." });
    const granted = { owner: sellerId, amountMinor: "50000000", reason: "Goodwill for a test" };
    await operator.do("/v1/ledger/adjustments", granted);
    const { secret } = await client.do("/v1/auth/totp");
    const app = new OTPAuth.TOTP({ secret: OTPAuth.Secret.fromBase32(secret) });
    await client.do("/v1/auth/totp/confirm", { code: app.generate() });
    await ageSessions(platform, subjectOf(client));
    return { me, app, sellerId };
  }

  it("money goes where the owner proves and the bank agrees; another account cools off", async () => {
    const { me, app, sellerId } = await openRichShop();
    const { page } = me;
    await me.open("/shop/finance");
    const save = async (bank: string, number: string, holder: string) => {
      await page.getByLabel("Bank", { exact: true }).fill(bank);
      await page.getByLabel("Account number").fill(number);
      await page.getByLabel("Account holder").fill(holder);
      await page.getByRole("button", { name: "Save the account" }).click();
    };
    const payOut = async (amount: string) => {
      await page.getByLabel("Amount").fill(amount);
      await page.getByRole("button", { name: "Pay out" }).click();
    };
    await save("bca", "1234567891", "Rahma Putri");
    const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
    // A code that was used is worth nothing a second time, so the app's next one is given.
    await proof.getByLabel(/authenticator/).fill(app.generate({ timestamp: Date.now() + 30_000 }));
    await proof.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("The bank has another name for this account.").waitFor();
    await look(me, "payout-name-refused");
    const kept = await operator.get(`/v1/sellers/${sellerId}/payout-account`);
    expect(kept.body).toEqual({ account: null });
    await save("bca", "1234567891", "Ayu Lestari");
    await page.getByText("BCA ••••7891, Ayu Lestari").waitFor();
    await payOut("200.000");
    await page.getByText("The payout is on its way.").waitFor();
    expect(await page.getByLabel("Amount").inputValue()).toBe("");
    await page.getByText("BCA ******7891").waitFor();
    await page.getByText("Another account").click();
    await save("mandiri", "9876543212", "Siti Rahmawati");
    await page.getByText(/^Payouts go there from /).waitFor();
    await payOut("100.000");
    // What is under way already cannot be called off, so there is one button.
    await page.getByRole("button", { name: "Call it off" }).click();
    await page.getByText("Taken back by the shop.").waitFor();
    await page.setViewportSize({ width: PHONE, height: 740 });
    await look(me, "payout-phone");
    await me.close();
  });

  it("goods go to another place, a set is sold of cups, and both are advertised", async () => {
    const [cup = "", set = ""] = await stockUp();
    const me = await openShop("/shop/inventory");
    const { page } = me;
    const dialog = page.getByRole("dialog");
    await page.getByRole("tab", { name: "Transfers" }).click();
    await page.getByRole("button", { name: "Send goods" }).click();
    await dialog.getByLabel("Offer").selectOption(cup);
    await dialog.getByLabel("How many").fill("2");
    await expectAccessible(page, "transfer");
    await dialog.getByRole("button", { name: "Send goods" }).click();
    await page.getByText("On its way").waitFor();
    await page.getByRole("button", { name: "Count in" }).click();
    await dialog.getByRole("button", { name: "Count in" }).click();
    await page.getByText("2 arrived").waitFor();
    await look(me, "transfers");
    await page.getByRole("tab", { name: "Bundles" }).click();
    await page.getByRole("button", { name: "Make a bundle" }).click();
    await dialog.getByLabel("Which offer is the bundle?").selectOption(set);
    await dialog.getByLabel("Offer", { exact: true }).selectOption(cup);
    await dialog.getByLabel("How many").fill("2");
    await dialog.getByRole("button", { name: "Make a bundle" }).click();
    await page.getByText("2 available").waitFor();
    await page.getByRole("link", { name: "Advertisements" }).click();
    await page.getByRole("link", { name: "New campaign" }).click();
    await page.getByLabel("Name").fill("Cups of the season");
    await page.getByLabel("Budget a day").fill("50.000");
    await expectAccessible(page, "campaign");
    await page.getByRole("button", { name: "Start it" }).click();
    await page.getByRole("tab", { name: "Products and words" }).click();
    await page.getByRole("button", { name: "Add a group" }).click();
    await dialog.getByLabel("Name").fill("Cups");
    await dialog.getByLabel("Highest bid").fill("1.000");
    await dialog.getByRole("button", { name: "Add a group" }).click();
    await page.getByText("Cups", { exact: true }).click();
    await page.getByLabel("Words", { exact: true }).fill('cup\n"coffee cup"\n-cheap');
    await page.getByRole("button", { name: "Save" }).nth(1).click();
    await page.getByText("Saved.").waitFor();
    await page.getByLabel(/^CUP/).check();
    await page.getByRole("button", { name: "Save" }).nth(2).click();
    await page.getByText("Saved.").nth(1).waitFor();
    await look(me, "ad-groups");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Let it run" }).waitFor();
    await page.setViewportSize({ width: PHONE, height: 740 });
    await look(me, "ad-phone");
    await me.close();
    const client = await clientFor(owner);
    const { items } = await client.read("/v1/ad-campaigns");
    expect(items).toMatchObject([{ name: "Cups of the season", state: "paused" }]);
    expect(await client.read(`/v1/inventory/bundles/${set}`)).toMatchObject({ available: 2 });
  });
});
