/**
 * What the Worker costs before its first request: the bundle as it would be uploaded, and the CPU time of
 * evaluating it in a fresh workerd. Fails over budget.
 *
 *   npm run check:startup
 *   node scripts/check-startup.ts --json
 */
import { execFile } from "node:child_process";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_readConfig } from "wrangler";

const ROOT = path.dirname(import.meta.dirname);
const OUT = path.join(ROOT, ".wrangler/startup");
/** Production refuses a Worker after 400 ms of start-up, and a cold start makes somebody wait. */
const STARTUP_MS_MAX = 60;
/** Production takes 10 MB; what is parsed at each cold start should be far below. */
const BUNDLE_KIB_MAX = 1_536;
/** Other work on the machine only ever adds, so the least of some runs is the Worker's own. */
const RUNS = 7;
const PACKAGES_SHOWN = 8;

type Bundle = { readonly entry: string; readonly gzipKib: number; readonly packages: readonly string[] };

async function build(): Promise<Bundle> {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(path.join(ROOT, "dist/assets"), { recursive: true });
  const wrangler = path.join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = ["deploy", "--dry-run", "--env", "production", "--outdir", OUT, "--metafile"];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" };
  await promisify(execFile)(process.execPath, [wrangler, ...args], { cwd: ROOT, env }).catch(
    ({ stderr }: { stderr: string }) => {
      throw new Error(`the Worker does not build:\n${stderr}`);
    },
  );
  const modules = globSync("*.{js,wasm}", { cwd: OUT });
  const bytes = modules.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(OUT, name))).length, 0);
  return { entry: "main.js", gzipKib: Math.round(bytes / 1024), packages: heaviestPackages() };
}

type Meta = { readonly outputs: { readonly [file: string]: { readonly inputs: Inputs } } };
type Inputs = { readonly [file: string]: { readonly bytesInOutput: number } };

function heaviestPackages(): readonly string[] {
  const meta = JSON.parse(readFileSync(path.join(OUT, "bundle-meta.json"), "utf8")) as Meta;
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(meta.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? "our own code";
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
  }
  const heaviest = [...bytes].sort(([, a], [, b]) => b - a).slice(0, PACKAGES_SHOWN);
  return heaviest.map(([name, size]) => `${name} ${Math.round(size / 1024)}`);
}

/** Evaluation is put off to a request, so that it can be told from the start of workerd itself. */
const HARNESS = `export default { async fetch(request) {
  if (new URL(request.url).pathname === "/evaluate") await import("./main.js");
  return new Response();
} }`;

async function measure({ entry }: Bundle): Promise<number> {
  const { compatibility_date, compatibility_flags } = unstable_readConfig({
    config: path.join(ROOT, "wrangler.toml"),
  });
  const binaries = globSync("*.wasm", { cwd: OUT });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      ...(compatibility_date === undefined ? {} : { compatibilityDate: compatibility_date }),
      compatibilityFlags: compatibility_flags,
      modulesRoot: "/",
      modules: [
        { type: "ESModule", path: "harness.js", contents: HARNESS },
        { type: "ESModule", path: entry, contents: readFileSync(path.join(OUT, entry), "utf8") },
        ...binaries.map((name) => ({
          type: "CompiledWasm" as const,
          path: name,
          contents: readFileSync(path.join(OUT, name)),
        })),
      ],
    }),
  );
  try {
    await request(miniflare, "/");
    await request(miniflare, "/");
    const before = isolateCpuMs();
    await request(miniflare, "/evaluate");
    return isolateCpuMs() - before;
  } finally {
    await miniflare.dispose();
  }
}

async function request(miniflare: Miniflare, at: string): Promise<void> {
  const response = await miniflare.dispatchFetch(`http://startup.local${at}`);
  if (!response.ok) throw new Error(`the Worker does not start: ${await response.text()}`);
  await response.text();
}

/** CPU time of workerd's own threads in this process's child, without V8's background ones. */
function isolateCpuMs(): number {
  if (!existsSync("/proc/self/task")) return performance.now();
  let ns = 0;
  for (const task of readdirSync("/proc/self/task")) {
    const children = readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").filter(Boolean);
    for (const pid of children.filter((child) => commOf(`/proc/${child}`) === "workerd")) {
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        const at = `/proc/${pid}/task/${thread}`;
        if (commOf(at) === "workerd") ns += Number(readFileSync(`${at}/schedstat`, "utf8").split(" ")[0]);
      }
    }
  }
  return ns / 1e6;
}

const commOf = (at: string): string => {
  try {
    return readFileSync(`${at}/comm`, "utf8").trim();
  } catch {
    return "";
  }
};

async function main(): Promise<void> {
  const bundle = await build();
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await measure(bundle));
  runs.sort((a, b) => a - b);
  const startupMs = Math.round((runs[0] ?? 0) * 10) / 10;
  const medianMs = Math.round((runs[Math.floor(RUNS / 2)] ?? 0) * 10) / 10;
  if (process.argv.includes("--json")) {
    const rows = [
      {
        name: "startup",
        value: startupMs,
        unit: "ms",
        limit: STARTUP_MS_MAX,
        ratio: startupMs / STARTUP_MS_MAX,
      },
      {
        name: "bundle",
        value: bundle.gzipKib,
        unit: "KiB",
        limit: BUNDLE_KIB_MAX,
        ratio: bundle.gzipKib / BUNDLE_KIB_MAX,
      },
    ];
    console.log(JSON.stringify(rows));
  } else {
    console.log(
      `start-up ${startupMs} ms CPU, least of ${RUNS} (median ${medianMs}); budget ${STARTUP_MS_MAX}`,
    );
    console.log(`bundle ${bundle.gzipKib} KiB gzip; budget ${BUNDLE_KIB_MAX}`);
    console.log(`heaviest, KiB as bundled: ${bundle.packages.join(", ")}`);
  }
  if (startupMs > STARTUP_MS_MAX || bundle.gzipKib > BUNDLE_KIB_MAX) process.exitCode = 1;
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
