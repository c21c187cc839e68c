import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { basename, join, resolve } from "node:path";
import { type BuildOptions, build, context } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");
export const OUT = join(ROOT, "dist/worker");
const builtins = new Set(builtinModules);

export type Module = {
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

export type Bundle = { readonly modules: readonly Module[]; readonly inputs: readonly string[] };

/** The Worker's modules, and every file that they were made from. */
export async function bundleWorker(): Promise<Bundle> {
  const wasm = new Map<string, string>();
  const { outputFiles = [], metafile } = await build({
    ...options(wasm),
    absWorkingDir: ROOT,
    metafile: true,
  });
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
  const first = scripts.toSorted((a, b) => Number(b.path === entry) - Number(a.path === entry));
  const inputs = Object.keys(metafile.inputs).map((path) => resolve(ROOT, path));
  return { modules: [...first, ...binaries], inputs: [...inputs, ...wasm.values()] };
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
