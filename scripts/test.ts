/**
 * Runs the tests once. All of them: as many projects at a time as there are cores, since most of a test is
 * waiting for an engine, and one summary of all closes it. Part of them: in one run.
 *
 *   npm test [-- <part of a file's name>...] [--project unit]
 *   npm run test:sim -- --seeds 20000        as many histories; SEED=... draws those of a failure again
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.dirname(import.meta.dirname);
const RUNNER = path.join(
  path.dirname(fileURLToPath(import.meta.resolve("vitest/package.json"))),
  "vitest.mjs",
);
/** What each project says while it runs; the summary at the end has it once more. */
const LOGS = path.join(ROOT, "dist/test");
/** The longest first, so that no core waits at the end for one that began late. */
const PROJECTS = ["worker", "e2e", "contracts", "unit", "sim"];
/** Of how it is told, and not of what is run. */
const REPORTING = /^--(reporter|outputFile)[.=]/;

function takeOption(args: string[], name: string): string | undefined {
  const at = args.indexOf(name);
  if (at === -1) return undefined;
  const [, value] = args.splice(at, 2);
  if (value === undefined || value.startsWith("-")) throw new Error(`${name} needs a value`);
  return value;
}

/** One project in a process of its own; true when it came to its end and said how, passed or failed. */
async function runProject(project: string, blobs: string, running: Set<ChildProcess>): Promise<boolean> {
  const startedAt = performance.now();
  const log = path.join(LOGS, `${project}.log`);
  const blob = path.join(blobs, `${project}.json`);
  const reporting = ["--reporter=default", "--reporter=blob", `--outputFile.blob=${blob}`];
  const output = openSync(log, "w");
  console.log(`${project}: begins, see ${path.relative(ROOT, log)}`);
  const child = spawn(process.execPath, [RUNNER, "run", "--project", project, ...reporting], {
    cwd: ROOT,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  running.add(child);
  const [code, signal] = await once(child, "exit");
  running.delete(child);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`${project}: ${code === 0 ? "passed" : `failed (${signal ?? code})`} after ${seconds} s`);
  return existsSync(blob);
}

/** Every project; answers where their reports lie. One without a report fails the run. */
async function runAll(): Promise<string> {
  const blobs = mkdtempSync(path.join(tmpdir(), "titan-reports-"));
  process.once("exit", () => rmSync(blobs, { recursive: true, force: true }));
  mkdirSync(LOGS, { recursive: true });
  const running = new Set<ChildProcess>();
  const waiting = [...PROJECTS];
  const end = (signal: NodeJS.Signals) => {
    waiting.length = 0;
    for (const child of running) child.kill(signal);
    process.exitCode = 1;
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
  const work = async () => {
    for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) {
      if (await runProject(project, blobs, running)) continue;
      console.log(`${project}: did not come to its end`);
      process.exitCode = 1;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, end);
  return blobs;
}

const args = process.argv.slice(2);
const seeds = takeOption(args, "--seeds");
if (seeds !== undefined) {
  if (!/^[1-9]\d*$/.test(seeds)) throw new Error(`--seeds ${seeds} is not a number of histories`);
  process.env.SIM_SEEDS = seeds;
}

const all = args.every((argument) => REPORTING.test(argument));
const merged = all ? ["--merge-reports", await runAll()] : [];
// The runner reads its arguments and sets the exit code itself; in this process it also hears Ctrl-C itself.
process.argv = [process.argv[0] ?? "node", "vitest", "run", ...merged, ...args];
await import(RUNNER);
