import { execFile } from "node:child_process";
import { globSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "..");
const PAGES = join(ROOT, "dist/assets/a");
const SOURCES = ["web/**/*.{ts,tsx,css,json}", "workers/kernel/address.ts", "package-lock.json"];

const changedAt = (file: string): number =>
  statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Most starts change nothing: the pages are built again when one of their sources is newer. */
function isFresh(): boolean {
  const builtAt = changedAt("dist/assets/a/manifest.json");
  return SOURCES.every((pattern) =>
    globSync(pattern, { cwd: ROOT }).every((file) => changedAt(file) < builtAt),
  );
}

/** The browser's part of the pages, in a process that ends: a build holds hundreds of megabytes. */
export async function buildPages(): Promise<void> {
  if (isFresh()) return;
  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");
  // Aside first, so that nobody is served half a build, and of two builds at once one stays.
  const aside = join(ROOT, `dist/pages.${process.pid}`);
  const options = ["build", "--config", join(ROOT, "web/vite.config.ts"), "--outDir", aside];
  await promisify(execFile)(process.execPath, [vite, ...options], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production", NODE_OPTIONS: "" },
  }).catch(({ stderr, message }: { readonly stderr?: string; readonly message: string }) => {
    throw new Error(`the pages do not build: ${stderr || message}`);
  });
  try {
    rmSync(PAGES, { recursive: true, force: true });
    renameSync(aside, PAGES);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!isFresh()) throw error;
  }
}
