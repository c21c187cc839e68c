import { type ChildProcess, type SpawnSyncOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Unfit } from "../engine-child.ts";
import { Backend } from "../neon/backend.ts";
import { type Installation, preparePostgres } from "./installation.ts";
import { endOrphan } from "./orphan.ts";
import { UNPRIVILEGED_ID } from "./placement.ts";

export type PostgresOptions = { dataDir: string; port: number; durable: boolean };

/** A server that was killed needs this long at most to replay its log, or for its orphans to let go. */
const READY_WITHIN_MS = 60_000;
/** A fast shutdown writes a checkpoint; past this the server is killed, and replays its log later. */
const SHUTDOWN_WITHIN_MS = 4_000;
const LAST_WORDS_MAX = 4_000;
/** Between two tries to start or to connect. */
const RETRY_MS = 10;
const environment = () => ({ ...process.env, LC_MESSAGES: "C", TZ: "UTC" });

/** For two cores shared with everything else, and a platform that fits into one gigabyte at rest. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "96MB",
  effective_cache_size: "512MB",
  work_mem: "8MB",
  maintenance_work_mem: "64MB",
  random_page_cost: "1.1",
  jit: "off",
  // Processes that would only wait: parallel workers, readers, replication.
  max_parallel_workers_per_gather: "0",
  max_parallel_maintenance_workers: "0",
  max_worker_processes: "2",
  max_logical_replication_workers: "0",
  io_method: "sync",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "512MB",
  autovacuum_max_workers: "1",
  timezone: "UTC",
  log_timezone: "UTC",
  // A refused guard is an answer to the caller and not an event of the server.
  log_min_messages: "fatal",
  statement_timeout: "30s",
  // Frees the locks of a caller that vanished in the middle of a transaction.
  idle_in_transaction_session_timeout: "5s",
  lock_timeout: "10s",
};
const VOLATILE = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
const DURABLE = { fsync: "on", synchronous_commit: "on", full_page_writes: "on" };

type Run = { child: ChildProcess; pid: number; ended: Promise<string>; over: AbortSignal };
export type PostgresServer = {
  readonly pid: number;
  /** Settles with the cause when the server is gone, asked for or not. */
  readonly ended: Promise<string>;
  /** Fast shutdown: open transactions are rolled back and a checkpoint is written. */
  stop(): Promise<void>;
};

/**
 * Starts the server on its data, which is made when there is none, and waits until it can be connected to.
 * When it is no longer wanted in the meantime, it is ended and the promise rejects.
 */
export async function startServer(options: PostgresOptions, unwanted: AbortSignal): Promise<PostgresServer> {
  const installation = await preparePostgres(options.dataDir);
  if (!existsSync(path.join(installation.data, "PG_VERSION"))) createCluster(installation);
  await endOrphan(installation.data);
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const run = await spawnServer(installation, options);
    const waiting = AbortSignal.any([unwanted, run.over, AbortSignal.timeout(READY_WITHIN_MS)]);
    if ((await ready(options.port, waiting)) && !unwanted.aborted) {
      return { pid: run.pid, ended: run.ended, stop: () => shutDown(run) };
    }
    await shutDown(run);
    const cause = await run.ended;
    // After a SIGKILL the old backends hold the shared memory until they notice, which takes a moment.
    const passing = /shared memory|lock file/.test(cause) && performance.now() < giveUpAt;
    if (unwanted.aborted || !passing) throw new Error(cause);
    await sleep(RETRY_MS);
  }
}

async function shutDown({ child, ended }: Run): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), SHUTDOWN_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

async function spawnServer(installation: Installation, options: PostgresOptions): Promise<Run> {
  const { binaries, data, identity } = installation;
  const settings = { ...SETTINGS, ...(options.durable ? DURABLE : VOLATILE), port: String(options.port) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(path.join(binaries, "postgres"), ["-D", data, ...flags], {
    ...identity,
    cwd: "/",
    env: environment(),
    stdio: ["ignore", "ignore", "pipe"],
    // A Ctrl-C in the terminal must not reach the server before those who still use it have stopped.
    detached: true,
  });
  let lastWords = "";
  child.stderr.on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS_MAX);
  });
  const over = new AbortController();
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => {
      over.abort();
      resolve(`postgres ended (${signal ?? code})\n${lastWords.trim()}`);
    });
  });
  await once(child, "spawn");
  return { child, pid: child.pid ?? 0, ended, over: over.signal };
}

async function ready(port: number, hopeless: AbortSignal): Promise<boolean> {
  while (!hopeless.aborted) {
    try {
      const backend = await Backend.connect({ port, user: "postgres", database: "postgres" });
      backend.end();
      return true;
    } catch {
      await sleep(RETRY_MS);
    }
  }
  return false;
}

/** Made under another name and then renamed: an interrupted run is never taken for a finished one. */
export function createCluster({ binaries, data, identity }: Installation): void {
  const partial = `${data}.new`;
  for (const leftover of [data, partial]) rmSync(leftover, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  if (identity.uid !== undefined && identity.gid !== undefined) {
    chownSync(partial, identity.uid, identity.gid);
  }
  const encoding = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin"];
  const access = ["--username=postgres", "--auth=trust"];
  const quick = ["--no-sync", "--no-instructions"];
  const flags = ["--pgdata", partial, ...access, ...encoding, ...quick, "--builtin-locale=C.UTF-8"];
  const options = { ...identity, cwd: "/", env: environment(), encoding: "utf8" } as const;
  const initdb = path.join(binaries, "initdb");
  const made = spawnSync(initdb, flags, options);
  if (NAMELESS.test(made.stderr)) createNameless([initdb, ...flags], options);
  else if (made.status !== 0)
    throw new Error(`initdb: ${made.error?.message ?? ""}${made.stdout}${made.stderr}`);
  renameSync(partial, data);
}

/** initdb asks for the name of its user, though it does not use it. */
const NAMELESS = /could not look up effective user ID/;

/** Where users may have a namespace of their own, one without a name is "nobody" there. */
function createNameless(command: readonly string[], options: SpawnSyncOptions): void {
  const nobody = [`--map-user=${UNPRIVILEGED_ID}`, `--map-group=${UNPRIVILEGED_ID}`];
  if (spawnSync("unshare", ["--user", ...nobody, "--", ...command], options).status === 0) return;
  const uid = options.uid ?? process.getuid?.();
  throw new Unfit(`uid ${uid} has no entry in /etc/passwd: run as a user that has one, or as root.`);
}
