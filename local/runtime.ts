import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { basename, join, resolve } from "node:path";
import { type BuildOptions, build, context } from "esbuild";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWrangler } from "wrangler";

export const ROOT = join(import.meta.dirname, "..");
const OUT = join(ROOT, "dist/worker");
const builtins = new Set(builtinModules);

type Module = {
  readonly type: "ESModule" | "CompiledWasm";
  readonly path: string;
  readonly contents: string | Uint8Array;
};

/** Bundles as wrangler does: Workers builds of packages, node: builtins for the runtime, wasm as modules. */
function options(wasm: Map<string, string>): BuildOptions {
  return {
    entryPoints: [join(ROOT, "workers/main.ts")],
    outdir: OUT,
    bundle: true,
    splitting: true,
    write: false,
    format: "esm",
    target: "es2024",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    sourcemap: false,
    // As wrangler.toml says.
    keepNames: false,
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [
      {
        name: "modules",
        setup({ onResolve }) {
          onResolve({ filter: /^[a-z_0-9/]+$/ }, ({ path }) =>
            builtins.has(path) ? { path: `node:${path}`, external: true } : undefined,
          );
          onResolve({ filter: /\.wasm(\?module)?$/ }, async ({ path, resolveDir, pluginData }) => {
            if (pluginData === "resolved") return undefined;
            const file = path.startsWith(".")
              ? resolve(resolveDir, path.replace("?module", ""))
              : new URL(import.meta.resolve(path.replace("?module", ""))).pathname;
            wasm.set(basename(file), file);
            return { path: `./${basename(file)}`, external: true };
          });
        },
      },
    ],
  };
}

async function bundleWorker(): Promise<readonly Module[]> {
  const wasm = new Map<string, string>();
  const { outputFiles = [] } = await build(options(wasm));
  const scripts = outputFiles.map(({ path, text }) => ({ type: "ESModule" as const, path, contents: text }));
  const binaries = await Promise.all(
    [...wasm].map(async ([name, file]) => ({
      type: "CompiledWasm" as const,
      path: join(OUT, name),
      contents: await readFile(file),
    })),
  );
  // The entry comes first: Miniflare takes the first module as the Worker.
  const entry = join(OUT, "main.js");
  return [...scripts.toSorted((a, b) => Number(b.path === entry) - Number(a.path === entry)), ...binaries];
}

/** Bundles again at every change, for `npm run dev`. */
export async function watchWorker(changed: () => Promise<void>): Promise<() => Promise<void>> {
  const base = options(new Map());
  const watching = await context({
    ...base,
    plugins: [
      ...(base.plugins ?? []),
      {
        name: "changed",
        setup: ({ onEnd }) => onEnd(({ errors }) => (errors.length > 0 ? undefined : changed())),
      },
    ],
  });
  await watching.watch();
  return () => watching.dispose();
}

export type RuntimeOptions = {
  readonly port: number;
  readonly bindings: Readonly<Record<string, string>>;
  /** Objects, R2 and the rest persist below it; undefined keeps them in memory. */
  readonly dataDir: string | undefined;
  /** For the heap figure of the benchmarks. */
  readonly inspectorPort?: number;
};
export type Runtime = {
  readonly url: string;
  /** Runs the cron handler: a direct socket has no triggers of its own. */
  scheduled(): Promise<void>;
  reload(): Promise<void>;
  stop(): Promise<void>;
};

/** The Worker as wrangler.toml describes it, behind a direct socket: no proxy stands in front. */
export async function startRuntime(given: RuntimeOptions): Promise<Runtime> {
  const options = await miniflareOptions(given);
  const miniflare = keepingSignals(() => new Miniflare(options));
  await miniflare.ready;
  return {
    url: `http://127.0.0.1:${given.port}`,
    async scheduled() {
      const worker = await miniflare.getWorker();
      await worker.scheduled({ cron: "* * * * *" });
    },
    async reload() {
      await miniflare.setOptions(await miniflareOptions(given));
    },
    stop: () => miniflare.dispose(),
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Miniflare exits at a signal, and everybody's orderly end with it: here whoever started it stops it. */
function keepingSignals<T>(work: () => T): T {
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  const result = work();
  for (const [signal, own] of before) {
    for (const added of process.listeners(signal)) if (!own.includes(added)) process.off(signal, added);
  }
  return result;
}

async function miniflareOptions({ port, bindings, dataDir, inspectorPort }: RuntimeOptions) {
  const modules = await bundleWorker();
  // The secrets come from here and not from a file, so wrangler's notes about them mean nothing.
  process.env.WRANGLER_LOG ??= "error";
  const { workerOptions } = readWrangler(join(ROOT, "wrangler.toml"));
  const { ratelimits = {}, assets, ...rest } = workerOptions as WorkerOptions;
  const files = assets && filesWorker(assets);
  return convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    logRequests: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.WARN),
    ...(inspectorPort === undefined ? {} : { inspectorPort }),
    ...(dataDir === undefined ? {} : { resourcePersistencePath: dataDir }),
    workers: [
      {
        ...rest,
        name: "titan-commerce",
        modules: modules as never,
        modulesRoot: OUT,
        bindings: { ...(workerOptions.bindings as object), ...bindings },
        ratelimits: raised(ratelimits, bindings),
        ...(files && { serviceBindings: { [files.binding]: files.worker.name } }),
        unsafeDirectSockets: [{ host: "127.0.0.1", port }],
      },
      ...(files ? [files.worker] : []),
    ],
  } as never);
}

type Assets = { readonly directory: string; readonly binding?: string; readonly assetConfig?: object };
type WorkerOptions = ReturnType<typeof readWrangler>["workerOptions"] & {
  readonly ratelimits?: Record<string, { simple: { limit: number; period: number } }>;
  readonly assets?: Assets;
};

/**
 * A Worker that holds the assets alone. With assets of its own ours would stand behind Miniflare's router and
 * its proxy, two Workers more for each request, which cost several times what our answer does.
 */
function filesWorker({ directory, binding = "ASSETS", assetConfig }: Assets) {
  const worker = {
    name: "titan-assets",
    modules: [{ type: "ESModule", path: "assets.js", contents: "export default {};" }],
    compatibilityDate: "2026-11-01",
    assets: { directory, binding, assetConfig, routerConfig: { has_user_worker: false } },
  };
  return { binding, worker };
}

/** The bindings' limits follow the RATE_LIMIT_ variables: a raised configuration is raised in both. */
function raised(
  ratelimits: Record<string, { simple: { limit: number; period: number } }>,
  bindings: Readonly<Record<string, string>>,
) {
  return Object.fromEntries(
    Object.entries(ratelimits).map(([name, limit]) => {
      const max = bindings[`RATE_LIMIT_${name.replace("_LIMIT", "")}`];
      return [
        name,
        max === undefined ? limit : { ...limit, simple: { ...limit.simple, limit: Number(max) } },
      ];
    }),
  );
}
