/**
 * Writes proto/gen from the contracts in proto/titan, or says with --check that it is not what they say.
 *
 *   npm run proto [-- --check]
 */
import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.dirname(import.meta.dirname);
const SOURCE = path.join(ROOT, "proto");

function buf(cwd: string, ...args: readonly string[]): void {
  const bin = path.join(ROOT, "node_modules/.bin");
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ""}` };
  const { status, stdout, stderr } = spawnSync(path.join(bin, "buf"), args, { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`buf ${args.join(" ")}: ${stdout}${stderr}`);
}

const generated = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    globSync("gen/**/*.ts", { cwd: folder })
      .sort()
      .map((file) => [file, readFileSync(path.join(folder, file), "utf8")]),
  );

/** Generates beside the tree, so that a check changes nothing. */
function differing(): readonly string[] {
  const scratch = mkdtempSync(path.join(tmpdir(), "titan-proto-"));
  try {
    cpSync(SOURCE, scratch, { recursive: true });
    buf(scratch, "generate");
    const [made, kept] = [generated(scratch), generated(SOURCE)];
    return [...new Set([...made.keys(), ...kept.keys()])].filter((file) => made.get(file) !== kept.get(file));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

buf(SOURCE, "lint");
buf(SOURCE, "format", "--diff", "--exit-code");
if (process.argv.includes("--check")) {
  const files = differing();
  for (const file of files) console.error(`proto/${file} is not what the contracts say; run npm run proto`);
  if (files.length > 0) process.exitCode = 1;
} else {
  buf(SOURCE, "generate");
  console.log(`proto/gen: ${generated(SOURCE).size} files`);
}
