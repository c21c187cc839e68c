import { createServer } from "node:http";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { CallPage } from "../support/call-page.ts";
import { CAMERA_FLAGS, findChromium, openBrowser } from "../support/chromium.ts";
import { type Client, signedClient, until, userClaims } from "../support/http-client.ts";
import { openStall, type Stall } from "../support/market-stall.ts";
import { type RunningPlatform, SHOP_PAGES, sharePlatform } from "../support/running-platform.ts";

/** How long a picture must go on to be said to flow. */
const FLOW_MS = 1_500;

const chromium = findChromium();
if (!chromium) console.warn("video call: not tested in a browser, because no Chromium was found");

/** The platform's own client, bundled for a browser. */
async function servePages(port: number) {
  const entryPoints = [join(import.meta.dirname, "../support/call-page.ts")];
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    write: false,
    format: "iife",
    target: "es2024",
  });
  const html = `<!doctype html><title>Call</title><script>${outputFiles[0]?.text ?? ""}</script>`;
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

type Phone = Pick<CallPage, "seen"> & { readonly report: Awaited<ReturnType<CallPage["report"]>> };

describe.skipIf(!chromium)("two people in browsers", () => {
  let platform: RunningPlatform;
  let browser: Browser;
  let stall: Stall;
  let buyer: Client;
  beforeAll(async () => {
    // A shop's own page on another origin, which the platform was told of.
    const pages = await servePages(SHOP_PAGES.port);
    [platform, browser] = await Promise.all([sharePlatform(), openBrowser(chromium ?? "", CAMERA_FLAGS)]);
    stall = await openStall(platform, [{ title: "Gayo", priceMinor: 7_500_000n, stock: 5 }]);
    buyer = await signedClient(platform, userClaims());
    return async () => {
      await browser.close();
      pages.close();
    };
  });

  /** A page with a camera and the person's line. */
  async function openPhone(client: Client, device: string): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(SHOP_PAGES.origin);
    const about = [platform.url, client.token, device].map((one) => JSON.stringify(one)).join(", ");
    await page.evaluate(`globalThis.phone = openPhone(${about})`);
    return page;
  }
  const run = (page: Page, what: string) => page.evaluate(`(async () => { await phone.${what} })()`);
  const look = async (page: Page): Promise<Phone> =>
    page.evaluate("(async () => ({ seen: phone.seen, report: await phone.report() }))()");
  const wait = (page: Page, what: string, is: (phone: Phone) => boolean) => {
    let last: Phone | undefined;
    const check = async () => {
      last = await look(page);
      return is(last) && last;
    };
    return until(what, check, { withinMs: 20_000, seen: () => last });
  };
  /** More frames, more bytes of picture and of sound than a moment ago. */
  async function flows(page: Page): Promise<void> {
    const before = await wait(page, "a picture", ({ report }) => report.frames > 0 && report.audio > 0);
    await page.waitForTimeout(FLOW_MS);
    const { report } = await look(page);
    expect(report.frames).toBeGreaterThan(before.report.frames + 5);
    expect(report.video).toBeGreaterThan(before.report.video);
    expect(report.audio).toBeGreaterThan(before.report.audio);
  }

  it("call each other: media flow both ways and survive an ICE restart, and it is logged", async () => {
    const startsAt = new Date(Date.now() + 60_000).toISOString();
    const talk = await buyer.do("/v1/calls/consultations", { sellerId: stall.sellerId, startsAt });
    await stall.shop.do(`/v1/calls/consultations/${talk.id}/accept`);
    const granted = await stall.shop.do("/v1/calls/grants", { consultationId: talk.id });
    const [shop, home] = [await openPhone(stall.shop, "shop-tablet"), await openPhone(buyer, "home-phone")];

    await run(shop, `line.dial("${granted.callId}", "${granted.grant}")`);
    await wait(home, "it to ring", ({ seen }) => seen.phase === "ringing");
    await run(home, "line.accept()");
    for (const page of [shop, home]) {
      await wait(page, "a connection", ({ seen, report }) => {
        return seen.phase === "active" && report.state === "connected" && seen.tracks.length === 2;
      });
      await flows(page);
    }

    const before = { shop: await look(shop), home: await look(home) };
    await run(home, "line.restartIce()");
    for (const [page, old] of [[shop, before.shop] as const, [home, before.home] as const]) {
      await wait(page, "new credentials of ICE", ({ report }) => {
        return (
          report.ufrag !== old.report.ufrag && report.state === "connected" && report.pair === "succeeded"
        );
      });
      await flows(page);
    }

    await run(shop, "line.setMedia({ mic: false })");
    await wait(home, "the other to be muted", ({ seen }) => !seen.peerMic);
    await run(shop, "shareCanvas()");
    await wait(home, "a shared screen", ({ seen }) => seen.peerScreen);
    await flows(home);
    await run(shop, `line.show("/products/gayo")`);
    await wait(home, "the page that both look at", ({ seen }) => seen.page === "/products/gayo");

    await run(home, "line.hangUp()");
    for (const page of [shop, home]) {
      await wait(page, "the end", ({ seen }) => seen.outcome === "completed" && seen.phase === "");
    }
    const look2 = (client: Client) => async () => (await client.read("/v1/calls")).items[0];
    const logged = await until("the call in the shop's log", look2(stall.shop));
    expect(logged).toMatchObject({ id: granted.callId, direction: "out", outcome: "completed" });
    expect(logged.talkedSeconds).toBeGreaterThanOrEqual(3);
    expect(logged.quality.samples).toBeGreaterThanOrEqual(1);
    expect(logged.quality.kbpsMean).toBeGreaterThan(0);
    const theirs = await until("the call in the buyer's log", look2(buyer));
    expect(theirs).toMatchObject({ id: granted.callId, direction: "in", quality: null });
    expect((await (await signedClient(platform, userClaims())).read("/v1/calls")).items).toEqual([]);
  });
});
