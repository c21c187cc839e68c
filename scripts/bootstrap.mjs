/**
 * Every npm script passes through here: it runs on the Node that the machine has and on builtins alone, makes
 * node_modules match package-lock.json, and hands over to the Node that package.json pins.
 *
 *   node scripts/bootstrap.mjs [options of Node] <script> [arguments]
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const MODULES = path.join(ROOT, "node_modules");
const STAMP = path.join(MODULES, ".titan-install");
const NODE = path.join(MODULES, "node", "bin", "node");
const LOCK = path.join(ROOT, ".data", "install.lock");
const NODE_MAJOR_MIN = 20;
/** The holder touches its lock this often, so that a lock whose holder died is told from a slow install. */
const LOCK_BEAT_MS = 2_000;
const LOCK_STALE_MS = 30_000;
const LOCK_POLL_MS = 250;
/** npm and the terminal may both deliver one Ctrl-C; a person's second one comes later than this. */
const SAME_SIGNAL_MS = 1_000;
const PARENT_POLL_MS = 1_000;

/** Standard output belongs to the script (`--json`), so everything said here goes to standard error. */
const say = (line) => process.stderr.write(`titan: ${line}\n`);

function quit(line, code = 1) {
  say(line);
  process.exit(code);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Native packages differ by platform: a node_modules carried to another machine does not match. */
function wantedStamp() {
  const lock = readFileSync(path.join(ROOT, "package-lock.json"));
  return createHash("sha256").update(lock).update(`${process.platform}-${process.arch}`).digest("hex");
}

function isStamped() {
  return existsSync(NODE) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === wantedStamp();
}

/** An install that somebody made with npm itself counts too: npm writes down what it put on the disk. */
function isInstalledByNpm() {
  const hidden = path.join(MODULES, ".package-lock.json");
  if (!existsSync(hidden)) return false;
  const found = readJson(hidden).packages;
  const wanted = Object.entries(readJson(path.join(ROOT, "package-lock.json")).packages);
  return wanted.every(([name, { version, optional, devOptional, peer }]) => {
    if (name === "" || found[name]?.version === version) return true;
    return found[name] === undefined && Boolean(optional || devOptional || peer);
  });
}

function nodeRuns() {
  const { status, stdout } = spawnSync(NODE, ["--version"], { encoding: "utf8" });
  return (
    status === 0 && stdout.trim() === `v${readJson(path.join(ROOT, "package.json")).devDependencies.node}`
  );
}

/** The stamp only saves time: what another user installed is used without one. */
function stamp() {
  try {
    writeFileSync(STAMP, wantedStamp());
  } catch (error) {
    if (error.code !== "EACCES" && error.code !== "EROFS") throw error;
  }
}

function adoptInstall() {
  if (isStamped()) return true;
  if (!isInstalledByNpm() || !nodeRuns()) return false;
  stamp();
  return true;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function lockHolder() {
  const pid = Number(await readFile(path.join(LOCK, "pid"), "utf8").catch(() => ""));
  const { mtimeMs } = await stat(LOCK).catch(() => ({ mtimeMs: Date.now() }));
  return { pid, isStale: Date.now() - mtimeMs > LOCK_STALE_MS || (pid > 0 && !isAlive(pid)) };
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Renaming is atomic: of several waiters that see one dead holder, one takes its lock away. */
async function breakLock(pid) {
  const grave = `${LOCK}.${process.pid}`;
  await rename(LOCK, grave).catch(() => undefined);
  const buried = Number(await readFile(path.join(grave, "pid"), "utf8").catch(() => ""));
  if (buried !== pid) await rename(grave, LOCK).catch(() => undefined);
  await rm(grave, { recursive: true, force: true });
}

const cannotWrite = ({ message }) => quit(`cannot write in ${ROOT} as this user: ${message}`);

/** Two first starts at once would write into one node_modules; the second waits for the first. */
async function withLock(work) {
  await mkdir(path.dirname(LOCK), { recursive: true }).catch(cannotWrite);
  for (let told = false; ; ) {
    const made = await mkdir(LOCK).then(
      () => true,
      (error) => (error.code === "EEXIST" ? false : cannotWrite(error)),
    );
    if (made) break;
    const { pid, isStale } = await lockHolder();
    if (isStale) await breakLock(pid);
    else if (!told) say(`another install is running (process ${pid || "unknown"}); waiting for it`);
    told ||= !isStale;
    await pause(LOCK_POLL_MS);
  }
  await writeFile(path.join(LOCK, "pid"), String(process.pid));
  const beat = setInterval(
    () => void utimes(LOCK, new Date(), new Date()).catch(() => undefined),
    LOCK_BEAT_MS,
  );
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(LOCK, { recursive: true, force: true });
  }
}

/** The npm that called us, else the one on PATH. Another package manager's path is not npm's. */
function npmCommand() {
  const caller = process.env.npm_execpath ?? "";
  return path.basename(caller) === "npm-cli.js" ? [process.execPath, caller] : ["npm"];
}

async function install() {
  say("installing the packages of package-lock.json (once, about a minute)");
  const [command, ...args] = [
    ...npmCommand(),
    "ci",
    "--include=dev",
    "--loglevel=error",
    "--no-audit",
    "--no-fund",
  ];
  const code = await run(command, args, { stdio: ["ignore", 2, 2] });
  if (code !== 0) return code;
  if (!nodeRuns()) {
    say("npm ran no install scripts, so Node 24 and the engines are missing from node_modules.");
    say("Allow them for this folder and start again: npm ci --ignore-scripts=false");
    return 1;
  }
  stamp();
  return 0;
}

/** In the foreground of a terminal the kernel hands Ctrl-C to the child as well. */
function terminalDelivers() {
  try {
    const line = readFileSync("/proc/self/stat", "utf8");
    const [, , group, , terminal, foreground] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return terminal !== "0" && group === foreground;
  } catch {
    return Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
  }
}

/** Runs a child to its end. Signals reach it once, and its exit code is ours. */
function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, ...options });
    const last = { SIGINT: 0, SIGTERM: 0, SIGHUP: 0 };
    const forward = (signal) => {
      const isRepeated = Date.now() - last[signal] < SAME_SIGNAL_MS;
      last[signal] = Date.now();
      if (isRepeated || (signal !== "SIGTERM" && terminalDelivers())) return;
      child.kill(signal);
    };
    for (const signal of Object.keys(last)) process.on(signal, forward);
    const finish = (code) => {
      for (const signal of Object.keys(last)) process.off(signal, forward);
      resolve(code);
    };
    child.on("error", (error) => finish(quit(`cannot run ${command}: ${error.message}`)));
    child.on("exit", (code, signal) => finish(code ?? 128 + constants.signals[signal]));
    if (process.env.npm_lifecycle_event) stopWithParent(child);
  });
}

/** npm that is killed outright cannot pass a signal on, and its platform should not outlive it. */
function stopWithParent(child) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) child.kill("SIGTERM");
  }, PARENT_POLL_MS);
  watch.unref();
  child.on("exit", () => clearInterval(watch));
}

async function main() {
  const given = process.argv.slice(2);
  const at = given.findIndex((one) => !one.startsWith("--"));
  const [options, [script, ...args]] = [given.slice(0, Math.max(0, at)), given.slice(Math.max(0, at))];
  if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR_MIN) {
    quit(`Node ${NODE_MAJOR_MIN} or newer is needed, this is ${process.version}`);
  }
  if (script === undefined)
    quit("usage: node scripts/bootstrap.mjs [options of Node] <script> [arguments]", 2);
  if (!isStamped() && !adoptInstall()) {
    const code = await withLock(async () => (adoptInstall() ? 0 : install()));
    if (code !== 0) quit(`the install failed (exit ${code}); the lines above say why`, code);
  }
  if (!existsSync(path.join(ROOT, script))) quit(`${script} does not exist`);
  const bins = [path.dirname(NODE), path.join(MODULES, ".bin")].join(path.delimiter);
  // A platform is a dozen processes, which compile the same files at every start.
  const compiled = { NODE_COMPILE_CACHE: path.join(MODULES, ".cache", "node") };
  const env = { ...compiled, ...process.env, PATH: `${bins}${path.delimiter}${process.env.PATH ?? ""}` };
  process.exitCode = await run(NODE, [...options, path.join(ROOT, script), ...args], {
    stdio: "inherit",
    env,
  });
}

await main();
