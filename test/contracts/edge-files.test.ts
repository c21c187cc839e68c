import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { expect, onTestFinished, test } from "vitest";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { edgeHeaders } from "../../local/assets.ts";
import { fileHeaders } from "../../workers/kernel/answer-headers.ts";
import { scratchDirectory } from "../support/scratch.ts";

const ROOT = join(import.meta.dirname, "../..");
const FILE = "/a/main-Abc123.js";
/** Says that it was asked: what it answers is not what is asked about here. */
const WORKER = `export default { fetch: () => new Response("", { headers: { "x-asked": "yes" } }) }`;

/** The edge's own router in front, as wrangler.toml configures it for an environment. */
async function openEdge(environment: string | undefined): Promise<Miniflare> {
  const { directory, remove } = scratchDirectory("edge");
  mkdirSync(join(directory, "assets/a"), { recursive: true });
  for (const [path, text] of [
    [FILE, "export {}"],
    ["/a/manifest.json", "{}"],
    ["/openapi.json", "{}"],
    ["/_headers", edgeHeaders()],
  ]) {
    writeFileSync(join(directory, `assets${path}`), text ?? "");
  }
  const config = unstable_readConfig({ config: join(ROOT, "wrangler.toml"), env: environment });
  config.assets = { ...config.assets, directory: join(directory, "assets") };
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  const { assets, compatibilityDate } = workerOptions;
  const modules = [{ type: "ESModule", path: "worker.js", contents: WORKER }];
  const edge = new Miniflare(
    convertV4MiniflareOptions({ cf: false, modules, compatibilityDate, assets } as never),
  );
  onTestFinished(async () => {
    await edge.dispose();
    remove();
  });
  return edge;
}

test.each([undefined, "production"])("files are served without the Worker: %s", async (environment) => {
  const edge = await openEdge(environment);
  for (const path of [FILE, "/a/manifest.json"]) {
    const { status, headers } = await edge.dispatchFetch(`https://shop.example${path}`);
    expect([path, status, headers.get("x-asked")]).toEqual([path, 200, null]);
    expect(Object.fromEntries(headers)).toMatchObject(fileHeaders(path));
  }
  const gone = await edge.dispatchFetch("https://shop.example/a/gone.js");
  expect([gone.status, gone.headers.get("x-asked")]).toEqual([404, null]);
  for (const path of ["/", "/v1/products", "/openapi.json", "/en/cart"]) {
    const { headers } = await edge.dispatchFetch(`https://shop.example${path}`);
    expect([path, headers.get("x-asked")]).toEqual([path, "yes"]);
  }
});
