import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions as readWrangler } from "wrangler";
import { bundleWorker, OUT } from "./bundle.ts";
import { type Built, keep } from "./kept.ts";

/** What decides how the sources are read, beside the sources. */
const SETTINGS = ["wrangler.toml", "package.json", "package-lock.json", "tsconfig.json", ".dev.vars"];
const ROOT = join(import.meta.dirname, "../..");

// A process of its own, which ends when it is done: esbuild and wrangler hold hundreds of megabytes.
const begunAt = Date.now();
const { workerOptions } = readWrangler(join(ROOT, "wrangler.toml"));
const { modules, inputs } = await bundleWorker();
const built: Built = { modules, modulesRoot: OUT, workerOptions };
const own = ["bundle.ts", "main.ts"].map((name) => join(import.meta.dirname, name));
keep(built, [...inputs, ...SETTINGS.map((name) => join(ROOT, name)), ...own], begunAt);
// Whoever waited may have gone: then what was built is kept for the next start.
if (process.connected) process.send?.(built, () => process.connected && process.disconnect());
