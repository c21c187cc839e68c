import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { FFMPEG_MISSING, findFfmpeg } from "../../local/stream/ffmpeg.ts";
import { expectAccessible } from "../support/axe.ts";
import { type Buyer, choose, openBuyer } from "../support/buyer-page.ts";
import { findChromium, openBrowser } from "../support/chromium.ts";
import { signedClient, until, userClaims } from "../support/http-client.ts";
import { newEmail, openStall, type Stall } from "../support/market-stall.ts";
import { joinAs, type Member } from "../support/members.ts";
import { type RunningPlatform, sharePlatform } from "../support/running-platform.ts";
import { sandboxOf } from "../support/sandboxes.ts";
import { remember } from "../support/signed-window.ts";
import { publish } from "../support/stream-sandbox.ts";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const UNITS = 3;
const CROWD = 10;
/** A shop enters the slot before it begins, and the crowd comes after. */
const BEGINS_IN_MS = 6_000;
const DEAL_SECONDS = 600;
const AUCTION_SECONDS = 12;
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
    // Whoever opens the show anew, from a session that holds, comes in under his own name again.
    await budi.page.waitForURL(`**${path}`);
    await budi.page.reload();
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

  it("an evening: a vote, a draw that anybody can check, an auction that is paid, its replay", async () => {
    const { show, camera, stage } = await goLive(stall, ffmpeg);
    const [sari, joko] = await Promise.all([
      enterAs("Sari U", `/live/${show.id}`, 1_280),
      watch(show.id, 360),
    ]);
    const [first, second] = stall.offers;
    await stage({ t: "bag", offerIds: [first?.offerId, second?.offerId] });
    await stage({ t: "pin", offerId: second?.offerId });
    await vote(stage, sari, joko);
    await draw(stage, sari, joko);
    await shoot(joko.page, "events-phone");
    await expectAccessible(joko.page, "a vote and a draw on a phone");
    await expectToFit(joko.page);
    await bid({ stage, offerId: second?.offerId ?? "" }, sari, joko);
    await shoot(sari.page, "auction-won");
    await stall.shop.do(`/v1/livestreams/${show.id}/end`);
    camera.kill("SIGKILL");
    // The room closes with the show; what was won in it is still kept.
    await sari.page.reload();
    await sari.page.getByText("You won Pour-over set at Rp 110.000.").waitFor();
    await shoot(sari.page, "award-after-the-show");
    await sari.page.getByRole("link", { name: "Pay now" }).click();
    await payFor(platform, sari);
    const path = `/v1/livestreams/${show.id}`;
    await until("the replay", async () => (await stall.shop.read(path)).state === "replay");
    await joko.page.reload();
    await joko.page.getByRole("button", { name: /^Watch\s*Pour-over set/ }).click();
    await expectPicture(joko.page);
    await joko.page.getByRole("button", { name: "Add to cart" }).first().click();
    await joko.page.getByRole("link", { name: "1 in the cart" }).waitFor();
    await expectAccessible(joko.page, "a replay on a phone");
    await expectToFit(joko.page);
    await shoot(joko.page, "replay-phone");
    await Promise.all([sari.close(), joko.close()]);
  });

  /** Somebody who signed in before, in front of the show. */
  async function watch(showId: string, width: number): Promise<Buyer> {
    const viewer = await openBuyer({ platform, browser, locale: "en", width });
    await remember(viewer, await signedClient(platform, userClaims()));
    await viewer.open(`/live/${showId}`);
    return viewer;
  }

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
  const camera = publish(ffmpegPath, { url, streamKey });
  await until("the show to be live", async () => (await shop.read(path)).state === "live");
  return { show, camera, stage: (act: object) => shop.do(`${path}/stage`, act) };
}

type Stage = (act: object) => Promise<unknown>;

/** One chooses light, the other dark, and both see both. */
async function vote(stage: Stage, sari: Buyer, joko: Buyer): Promise<void> {
  const choices = ["Light", "Dark"];
  await stage({ t: "open_poll", question: "Which roast?", choices, seconds: DEAL_SECONDS });
  await sari.page.getByRole("button", { name: /^Light: / }).click();
  await joko.page.getByRole("button", { name: /^Dark: / }).click();
  for (const { page } of [sari, joko]) {
    for (const choice of choices) await page.getByRole("button", { name: `${choice}: 1 vote` }).waitFor();
  }
}

/** Both take part, one wins, and each browser does the draw again. */
async function draw(stage: Stage, sari: Buyer, joko: Buyer): Promise<void> {
  const giveaway = { t: "open_giveaway", title: "A mug", winners: 1, seconds: DEAL_SECONDS };
  const { seq: giveawayId } = (await stage(giveaway)) as { readonly seq: number };
  for (const { page } of [sari, joko]) await page.getByRole("button", { name: "Join for free" }).click();
  for (const { page } of [sari, joko]) await page.getByText("1 to win · 2 in").waitFor();
  await stage({ t: "draw", giveawayId });
  for (const { page } of [sari, joko]) {
    await page.getByRole("button", { name: "Check the draw" }).click();
    await page.getByText("Checked here").waitFor();
  }
  const told = [sari, joko].map(({ page }) => page.getByText("You won! The shop will be in touch.").count());
  expect((await Promise.all(told)).sort()).toEqual([0, 1]);
}

type Bidding = { readonly stage: Stage; readonly offerId: string };

/** Joko bids the first step, Sari goes beyond him, and the hammer falls for her. */
async function bid({ stage, offerId }: Bidding, sari: Buyer, joko: Buyer): Promise<void> {
  const terms = { start: idr(10_000_000), step: idr(1_000_000), seconds: AUCTION_SECONDS };
  await stage({ t: "open_auction", offerId, ...terms, paySeconds: DEAL_SECONDS });
  await joko.page.getByRole("button", { name: "Offer Rp 100.000" }).click();
  await sari.page.getByRole("button", { name: "Offer Rp 110.000" }).click();
  await sari.page.getByText("You lead").waitFor();
  await joko.page.getByText("You lead").waitFor({ state: "detached" });
  await sari.page.getByText("You won at Rp 110.000.").waitFor();
  await joko.page.getByText("won at Rp 110.000.").waitFor();
}

/** From the checkout of a unit that is kept to the paid order. */
async function payFor(platform: RunningPlatform, buyer: Buyer): Promise<void> {
  const { page } = buyer;
  await buyer.typeAddress();
  await buyer.ship();
  await choose(page, /QRIS/);
  await page.getByRole("button", { name: /^Order and pay/ }).click();
  await page.getByAltText("QR code of the payment").waitFor();
  const [paymentId = ""] = /pay_[0-9a-z]{26}/.exec(page.url()) ?? [];
  await sandboxOf(platform).act(paymentId, "pay");
  await page.waitForURL(/\/orders\/ord_/);
  await page.getByRole("status").getByText("Paid", { exact: true }).waitFor();
  await page.getByText("Rp 110.000").first().waitFor();
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
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  await remember({ context }, await signedClient(platform, userClaims()));
  const wrong: string[] = [];
  context.on("weberror", (error) => wrong.push(error.error().message));
  const page = await context.newPage();
  // Ten people's fonts and pictures say nothing about who wins.
  await page.route(/\.woff2$|\/v1\/media\//, (route) => route.abort());
  await page.goto(`${platform.url}/en/flash-sales/${saleId}`, { waitUntil: "commit" });
  await page.getByRole("button", { name: "Get it now" }).waitFor();
  return { context, page, wrong };
}
