import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { FFMPEG_MISSING, findFfmpeg } from "../../local/stream/ffmpeg.ts";
import { expectAccessible } from "../support/axe.ts";
import { type Buyer, openBuyer } from "../support/buyer-page.ts";
import { findChromium, openBrowser } from "../support/chromium.ts";
import { ids, signedClient, until, userClaims } from "../support/http-client.ts";
import { newEmail, openStall, type Stall } from "../support/market-stall.ts";
import { joinAs, type Member } from "../support/members.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { publish } from "../support/stream-sandbox.ts";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const UNITS = 3;
const CROWD = 10;
/** A shop enters the slot before it begins, and the crowd comes after. */
const BEGINS_IN_MS = 6_000;
const DEAL_SECONDS = 600;
const HOUR_MS = 3_600_000;
const PICTURE_WITHIN_MS = 40_000;

const chromium = findChromium();
const ffmpeg = findFfmpeg(process.env) ?? "";
if (ffmpeg === "") throw new Error(`the tests of live video need ffmpeg: ${FFMPEG_MISSING}`);
if (!chromium)
  console.warn("live: the pages are not tested, because no Chromium was found (docs/testing.md)");

const idr = (minor: number) => ({ minor: String(minor), currency: "IDR" });
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

describe.skipIf(!chromium)("shows and flash sales in a browser", () => {
  let platform: RunningPlatform;
  let stall: Stall;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [platform, browser] = await Promise.all([sharePlatform(), openBrowser(chromium ?? "")]);
    stall = await openStall(platform, [
      { title: "Gayo beans", priceMinor: 7_500_000n, stock: 20 },
      { title: "Pour-over set", priceMinor: 20_000_000n, stock: 20 },
    ]);
    return () => browser.close();
  });
  const shoot = (page: Page, name: string) =>
    page.screenshot({ path: join(SCREENSHOTS, `live-${name}.png`) });
  const expectToFit = async (page: Page) =>
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);

  async function enterAs(name: string, path: string, width: number): Promise<Buyer> {
    const member: Member = { email: newEmail("viewer"), password: "kopi-tubruk-pagi", name };
    await joinAs(platform, member);
    const buyer = await openBuyer({ platform, browser, locale: "en", width });
    await buyer.open(`/sign-in?next=${path}`);
    await buyer.signIn(member);
    return buyer;
  }

  it("two people watch a show: they see its picture, talk, and one claims the deal", async () => {
    const { show, stage } = await goLive(stall, ffmpeg);
    const path = `/live/${show.id}`;
    const html = await (await fetch(`${platform.url}/en${path}`)).text();
    expect(html).toContain('<h1 class="live-title">Coffee evening</h1>');
    expect(html).toContain('"@type":"VideoObject"');
    const [ani, budi] = await Promise.all([enterAs("Ani W", path, 1_280), enterAs("Budi S", path, 360)]);
    await Promise.all([ani, budi].map(({ page }) => expectPicture(page)));

    await say(ani, "Is it washed?");
    await budi.page.getByText("Is it washed?").waitFor();
    await say(budi, "Yes, and sweet.");
    const heard = ani.page.getByRole("listitem").filter({ hasText: "Yes, and sweet." });
    expect(await heard.textContent()).toBe("BudiYes, and sweet.");

    const [first, second] = stall.offers;
    await stage({ t: "bag", offerIds: [first?.offerId, second?.offerId] });
    await stage({ t: "pin", offerId: first?.offerId });
    await budi.page.getByText("Shown now").waitFor();
    const terms = { price: idr(14_000_000), units: 1, perBuyer: 1, seconds: DEAL_SECONDS };
    await stage({ t: "open_deal", offerId: second?.offerId, ...terms });
    await ani.page.getByText("1 of 1 left").waitFor();
    await shoot(budi.page, "phone");
    await expectAccessible(budi.page, "the show on a phone");
    await expectToFit(budi.page);
    await ani.page.getByRole("button", { name: "Claim it" }).click();
    await ani.page.getByText("It is yours").waitFor();
    const pay = await ani.page.getByRole("link", { name: "Pay now" }).getAttribute("href");
    expect(pay).toMatch(/^\/en\/checkout\?saleId=fls_\w+&holdId=hld_\w+$/);
    await budi.page.getByRole("button", { name: "Sold out" }).waitFor();
    await shoot(ani.page, "desktop");
    await expectAccessible(ani.page, "the show");
    await Promise.all([ani.close(), budi.close()]);
  });

  it("of ten people exactly three get a unit and see it, and the others see why not", async () => {
    const saleId = await openSale(stall);
    const crowd: Awaited<ReturnType<typeof enterSale>>[] = [];
    // They come one after another, and press at once.
    while (crowd.length < CROWD) crowd.push(await enterSale({ platform, browser, saleId }));
    const pages = crowd.map(({ page }) => page);
    const buttons = `[...document.querySelectorAll("button")]`;
    const press = `${buttons}.find(({ textContent }) => textContent === "Get it now")?.click()`;
    await Promise.all(pages.map((page) => page.evaluate(press)));
    const wins = "It is yours";
    const told = await Promise.all(
      pages.map(async (page) => {
        const won = page.getByText(wins);
        await won
          .or(page.getByText("Sold out", { exact: true }))
          .first()
          .waitFor();
        return (await won.count()) > 0;
      }),
    );
    const winners = pages.filter((_, at) => told[at]);
    const others = pages.filter((_, at) => !told[at]);
    expect(winners).toHaveLength(UNITS);
    for (const page of others) await page.getByText("All units are taken.").waitFor();
    const [patient] = others;
    const [winner] = winners;
    if (!patient || !winner) throw new Error("some win and some do not");
    await shoot(winner, "sale-won");
    await patient.setViewportSize({ width: 360, height: 740 });
    await shoot(patient, "sale-sold-out");
    await expectToFit(patient);
    await expectAccessible(patient, "a sale that is sold out");

    await patient.getByRole("button", { name: "Stand in line" }).waitFor();
    expect(crowd.flatMap(({ wrong }) => wrong)).toEqual([]);
    await Promise.all(crowd.map(({ context }) => context.close()));
  });
});

/** A show whose camera publishes, and what its host does. */
async function goLive({ shop }: Stall, ffmpegPath: string) {
  const show = await shop.do("/v1/livestreams", { title: "Coffee evening", startsAt: inMs(60_000) });
  const path = `/v1/livestreams/${show.id}`;
  const { rtmpUrl: url, streamKey } = await shop.do(`${path}/input`);
  publish(ffmpegPath, { url, streamKey });
  await until("the show to be live", async () => (await shop.read(path)).state === "live");
  return { show, stage: (act: object) => shop.do(`${path}/stage`, act) };
}

/** The picture moves. */
async function expectPicture(page: Page): Promise<void> {
  const at = () => page.evaluate<number>("document.querySelector('video')?.currentTime ?? 0");
  const options = { withinMs: PICTURE_WITHIN_MS };
  const first = await until("a picture", async () => (await at()) || undefined, options);
  await until("the picture to move", async () => (await at()) > first, options);
}

async function say({ page }: Buyer, words: string): Promise<void> {
  await page.getByLabel("Say something").fill(words);
  await page.keyboard.press("Enter");
}

/** A sale of three units that is open when this resolves. */
async function openSale({ operator, shop, offers }: Stall): Promise<string> {
  const startsAt = inMs(BEGINS_IN_MS);
  const slot = await operator.do("/v1/flash-sales/slots", {
    ...{ name: "Three units", startsAt, enterBy: startsAt, endsAt: inMs(HOUR_MS) },
  });
  const terms = { price: idr(5_000_000), quota: UNITS, perBuyer: 1 };
  const sale = await shop.do("/v1/flash-sales", { slotId: slot.id, offerId: offers[0]?.offerId, ...terms });
  return sale.id;
}

type Entering = {
  readonly platform: RunningPlatform;
  readonly browser: Browser;
  readonly saleId: string;
};

/** The sale's page of somebody who signed in before: he has a token signed with the platform's own key. */
async function enterSale({ platform, browser, saleId }: Entering) {
  const userId = ids.next("user");
  const { token: accessToken } = await signedClient(platform, userClaims({ sub: userId }));
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  // An empty page has no storage.
  const remember = `localStorage.setItem("titan.signed-in.id", "${userId}")`;
  await context.addInitScript(`if (location.protocol.startsWith("http")) ${remember}`);
  const session = { status: "signed_in", userId, accessToken, expiresAt: inMs(HOUR_MS) };
  await context.route("**/v1/auth/refresh", (route) => route.fulfill({ json: session }));
  const wrong: string[] = [];
  context.on("weberror", (error) => wrong.push(error.error().message));
  const page = await context.newPage();
  // Ten people's fonts and pictures say nothing about who wins.
  await page.route(/\.woff2$|\/v1\/media\//, (route) => route.abort());
  await page.goto(`${platform.url}/en/flash-sales/${saleId}`, { waitUntil: "commit" });
  await page.getByRole("button", { name: "Get it now" }).waitFor();
  return { context, page, wrong };
}
