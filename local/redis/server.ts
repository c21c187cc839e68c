import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLineOf, endProcess } from "../processes.ts";
import { type Command, type RedisBackend, RedisError } from "./reply.ts";
import { RespConnection } from "./resp.ts";

const PROGRAMS = ["redis-server", "valkey-server"] as const;
const READY_WITHIN_MS = 15_000;
const STOP_WITHIN_MS = 4_000;
const RETRY_MS = 10;
/** Each namespace takes one. */
const DATABASES = 64;
const LAST_WORDS_MAX = 2_000;

export type Found = { kind: (typeof PROGRAMS)[number]; program: string };

export function findServer(searchPath = process.env.PATH ?? ""): Found | undefined {
  for (const kind of PROGRAMS) {
    for (const directory of searchPath.split(path.delimiter).filter(Boolean)) {
      const program = path.join(directory, kind);
      if (isExecutable(program)) return { kind, program };
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export type ServerBackend = RedisBackend & { readonly pid: number; readonly ended: Promise<string> };

/** A real server from PATH; a namespace is one of its logical databases. */
export async function startServerBackend(
  { kind, program }: Found,
  options: { dataDir: string; port: number; durable: boolean },
): Promise<ServerBackend> {
  mkdirSync(options.dataDir, { recursive: true });
  await endOrphan(options.dataDir);
  const child = spawnServer(program, options);
  let lastWords = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS_MAX);
  });
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(`${kind} ended (${signal ?? code})\n${lastWords.trim()}`));
  });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  writeFileSync(pidFile(options.dataDir), `${pid} ${options.port}`);
  const failed = await Promise.race([ended, untilReady(options.port)]);
  if (failed !== undefined) throw new Error(failed);
  const databases = new LogicalDatabases(options.port, options.dataDir);
  return {
    kind,
    pid,
    ended,
    run: async (namespace, commands) => (await databases.of(namespace)).send(commands),
    transact: async (namespace, commands) => transact(await databases.of(namespace), commands),
    async stop() {
      databases.close();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
        await ended;
        clearTimeout(timer);
      }
      rmSync(pidFile(options.dataDir), { force: true });
    },
  };
}

function spawnServer(program: string, options: { dataDir: string; port: number; durable: boolean }) {
  const settings = {
    port: String(options.port),
    bind: "127.0.0.1",
    dir: options.dataDir,
    databases: String(DATABASES),
    daemonize: "no",
    // A cache that is full forgets what was not used for longest.
    maxmemory: "128mb",
    "maxmemory-policy": "allkeys-lru",
    save: options.durable ? "60 1" : "",
    appendonly: "no",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return spawn(program, flags, { cwd: options.dataDir, stdio: ["ignore", "pipe", "ignore"], detached: true });
}

async function untilReady(port: number): Promise<string | undefined> {
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  while (performance.now() < giveUpAt) {
    const connection = new RespConnection(port);
    try {
      const [pong] = await connection.send([["PING"]]);
      if (pong === "PONG") return undefined;
    } catch {
      // It does not listen yet.
    } finally {
      connection.close();
    }
    await sleep(RETRY_MS);
  }
  return `redis was not ready within ${READY_WITHIN_MS} ms`;
}

/** Each namespace has a connection of its own, so that what is sent together runs together. */
class LogicalDatabases {
  readonly #port: number;
  readonly #file: string;
  readonly #numbers: Record<string, number>;
  readonly #connections = new Map<string, Promise<RespConnection>>();

  /** The register lies in a file: a full cache would forget it, and a token must find its keys again. */
  constructor(port: number, dataDir: string) {
    this.#port = port;
    this.#file = path.join(dataDir, "namespaces.json");
    this.#numbers = existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, "utf8")) : {};
  }

  async of(namespace: string): Promise<RespConnection> {
    const known = this.#connections.get(namespace);
    if (known) {
      const connection = await known;
      if (!connection.closed) return connection;
    }
    const opening = this.#open(namespace);
    this.#connections.set(namespace, opening);
    opening.catch(() => this.#connections.delete(namespace));
    return opening;
  }

  close(): void {
    for (const opening of this.#connections.values()) {
      opening.then(
        (connection) => connection.close(),
        () => {},
      );
    }
  }

  async #open(namespace: string): Promise<RespConnection> {
    const number = this.#numberOf(namespace);
    const connection = new RespConnection(this.#port);
    const [selected] = await connection.send([["SELECT", String(number)]]);
    if (selected !== "OK") throw new Error(`there is no database for the token ${namespace}`);
    return connection;
  }

  #numberOf(namespace: string): number {
    const known = this.#numbers[namespace];
    if (known !== undefined) return known;
    const number = Object.keys(this.#numbers).length;
    if (number >= DATABASES) throw new Error(`more than ${DATABASES} tokens are in use`);
    this.#numbers[namespace] = number;
    writeFileSync(this.#file, JSON.stringify(this.#numbers));
    return number;
  }
}

async function transact(connection: RespConnection, commands: readonly Command[]) {
  const replies = await connection.send([["MULTI"], ...commands, ["EXEC"]]);
  const last = replies.at(-1);
  if (Array.isArray(last)) return last;
  const refused = replies.slice(1, -1).find((reply) => reply instanceof RedisError);
  return (refused ?? last) as RedisError;
}

const pidFile = (dataDir: string) => path.join(dataDir, "server.pid");

/** Ends the server of a run whose processes were all killed before they could stop it. */
async function endOrphan(dataDir: string): Promise<void> {
  const file = pidFile(dataDir);
  if (!existsSync(file)) return;
  const [pid = 0, port] = readFileSync(file, "utf8").split(" ").map(Number);
  const command = pid > 1 ? commandLineOf(pid) : undefined;
  // Once it serves, a server shows its name and address and nothing else.
  const ours = command && /(redis|valkey)-server/.test(command) && command.includes(`:${port}`);
  if (ours) await endProcess(pid, "SIGTERM", STOP_WITHIN_MS);
  rmSync(file, { force: true });
}
