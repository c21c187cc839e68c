import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions as readWrangler } from "wrangler";
import { bundleWorker, type Module, OUT } from "./bundle.ts";

/** What the Worker is made of: its modules, the folder they stand in, and what wrangler.toml says of it. */
export type Built = {
  readonly modules: readonly Module[];
  readonly modulesRoot: string;
  readonly workerOptions: ReturnType<typeof readWrangler>["workerOptions"];
};

// A process of its own, which ends when it is done: esbuild and wrangler hold hundreds of megabytes.
const { workerOptions } = readWrangler(join(import.meta.dirname, "../../wrangler.toml"));
const built: Built = { modules: await bundleWorker(), modulesRoot: OUT, workerOptions };
process.send?.(built, () => process.disconnect());
