/**
 * Measures how fast home, a product and a show are on a phone: a real browser on the production build, a
 * processor four times slower and a network as slow as Lighthouse's preset for phones has them.
 *
 *   npm run vitals [-- --json] [--runs 3]      on the platform that runs here (npm start), filled by its seed
 */
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import type { Browser, CDPSession, Page } from "playwright-core";
import { findChromium, openBrowser } from "../test/support/chromium.ts";
import { findRunning } from "./client.ts";
import { openEdge } from "./vitals/edge.ts";

/** Lighthouse's "Slow 4G", as devtools throttle it: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md */
const SLOW_4G = { offline: false, latency: 562.5, downloadThroughput: 184_320, uploadThroughput: 84_375 };
const SLOWDOWN = 4;
const PHONE = { width: 412, height: 823 };
/** So long a page is watched after it has come to rest. */
const SETTLE_MS = 3_000;
const BUDGET_KB = 170;
/** Beyond these a figure is called bad (web.dev/vitals). */
const LIMITS = { lcpMs: 2_500, cls: 0.1, tbtMs: 200 } as const;

type Seen = {
  readonly fcpMs: number;
  readonly lcpMs: number;
  readonly lcpOf: string;
  readonly cls: number;
  readonly tbtMs: number;
};
type Sent = { readonly [type: string]: { readonly requests: number; readonly kb: number } };
type Measured = Seen & { readonly page: string; readonly sent: Sent; readonly scriptGzipKb: number };

/** Kept in the page by what the browser tells of itself. */
const WATCH = `(() => {
  const seen = (window.vitals = { fcpMs: 0, lcpMs: 0, lcpOf: "", cls: 0, tbtMs: 0 });
  const watch = (type, hear) =>
    new PerformanceObserver((list) => list.getEntries().forEach(hear)).observe({ type, buffered: true });
  watch("paint", (entry) => { if (entry.name === "first-contentful-paint") seen.fcpMs = entry.startTime; });
  watch("largest-contentful-paint", (entry) => {
    seen.lcpMs = entry.startTime;
    seen.lcpOf = entry.element ? entry.element.tagName.toLowerCase() + "." + entry.element.className : "";
  });
  watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.cls += entry.value; });
  watch("longtask", (entry) => { seen.tbtMs += Math.max(0, entry.duration - 50); });
})()`;

/** What went over the wire, by kind; a script's size is counted as gzip has it, whatever the server sent. */
async function countTransfers(devtools: CDPSession) {
  const kinds = new Map<string, string>();
  const sent = new Map<string, { requests: number; kb: number }>();
  const scripts = new Set<string>();
  await devtools.send("Network.enable");
  devtools.on("Network.responseReceived", ({ requestId, type, response }) => {
    kinds.set(requestId, type);
    if (type === "Script") scripts.add(response.url);
  });
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const kind = (kinds.get(requestId) ?? "Other").toLowerCase();
    const { requests, kb } = sent.get(kind) ?? { requests: 0, kb: 0 };
    sent.set(kind, { requests: requests + 1, kb: kb + encodedDataLength / 1_000 });
  });
  return { scripts, sent: () => Object.fromEntries(sent) as Sent };
}

async function gzipKb(urls: Iterable<string>): Promise<number> {
  const sizes = [...urls].map(async (url) => {
    return gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1_000;
}

async function load(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: "load" });
  await page.waitForTimeout(SETTLE_MS);
}

async function measure(browser: Browser, name: string, url: string): Promise<Measured> {
  const context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 2, isMobile: true });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const transfers = await countTransfers(devtools);
  await devtools.send("Network.emulateNetworkConditions", SLOW_4G);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await page.addInitScript(WATCH);
  await load(page, url);
  const seen = await page.evaluate<Seen>("window.vitals");
  // What is fetched after the page has come to rest (what a visitor may need later) is no part of it.
  const [first, sent] = [[...transfers.scripts], transfers.sent()];
  await context.close();
  return { page: name, ...seen, sent, scriptGzipKb: await gzipKb(first) };
}

/** The run in the middle, by when the largest thing was there: one run says little. */
async function middleOf(runs: number, once: () => Promise<Measured>): Promise<Measured> {
  const all: Measured[] = [];
  while (all.length < runs) all.push(await once());
  const middle = all.toSorted((a, b) => a.lcpMs - b.lcpMs)[Math.floor(runs / 2)];
  if (!middle) throw new Error("at least one run is made");
  return middle;
}

type Listed = { readonly items: readonly { readonly id?: string; readonly slug?: string }[] };

/** A product and a show of the market, as a visitor finds them. */
async function pagesOf(url: string) {
  const read = async (path: string) => {
    const response = await fetch(`${url}${path}`, { headers: { "x-market": "id" } });
    return (await response.json()) as Listed;
  };
  const product = (await read("/v1/search?sort=newest&limit=1")).items[0]?.slug;
  const show = (await read("/v1/livestreams?state=scheduled&limit=1")).items[0]?.id;
  if (product === undefined || show === undefined) throw new Error("the market is empty: seed it first");
  return { home: "/", product: `/products/${product}`, live: `/live/${show}` };
}

const ms = (value: number): string => `${Math.round(value)} ms`;

function tell({ page, fcpMs, lcpMs, lcpOf, cls, tbtMs, sent, scriptGzipKb }: Measured): string {
  const all = Object.values(sent).reduce((sum, { kb }) => sum + kb, 0);
  const kinds = Object.entries(sent).map(
    ([kind, { kb, requests }]) => `${kind} ${kb.toFixed(0)} (${requests})`,
  );
  const bad = [
    ...(lcpMs > LIMITS.lcpMs ? ["LCP"] : []),
    ...(cls > LIMITS.cls ? ["CLS"] : []),
    ...(tbtMs > LIMITS.tbtMs ? ["TBT"] : []),
    ...(scriptGzipKb > BUDGET_KB ? ["script"] : []),
  ];
  return [
    `${page}: FCP ${ms(fcpMs)}, LCP ${ms(lcpMs)} (${lcpOf}), CLS ${cls.toFixed(3)}, TBT ${ms(tbtMs)}`,
    `  script ${scriptGzipKb.toFixed(0)} of ${BUDGET_KB} kB gzip`,
    `  ${all.toFixed(0)} kB: ${kinds.join(", ")}`,
    ...(bad.length > 0 ? [`  too much: ${bad.join(", ")}`] : []),
  ].join("\n");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean" }, runs: { type: "string", default: "3" } },
  });
  const running = findRunning();
  if (!running) throw new Error("no platform runs on this machine: npm start first");
  const chromium = findChromium();
  if (!chromium) throw new Error("no Chromium was found (docs/testing.md)");
  const url = running.url.replace("127.0.0.1", "localhost");
  const pages = Object.entries(await pagesOf(url));
  const [browser, edge] = await Promise.all([openBrowser(chromium), openEdge(url)]);
  try {
    const found: Measured[] = [];
    for (const [name, path] of pages) {
      // The edge has a page at hand that was asked for a moment ago, as it would for a visitor.
      await fetch(url + path);
      const one = await middleOf(Number(values.runs), () => measure(browser, name, edge.url + path));
      found.push(one);
      if (!values.json) console.log(tell(one));
    }
    if (values.json) console.log(JSON.stringify({ at: new Date().toISOString(), pages: found }, null, 2));
  } finally {
    edge.close();
    await browser.close();
  }
}

await main();
