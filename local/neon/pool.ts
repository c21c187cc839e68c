import { Backend, type Target } from "./backend.ts";
import { PostgresError } from "./wire.ts";

/** More sessions than this do not make two cores faster, and each costs Postgres memory. */
const SESSIONS_PER_DATABASE = 16;
/** Below `max_connections`, which direct connections such as a migration's share. */
const SESSIONS_MAX = 80;
const IDLE_MS = 30_000;
const WAIT_MS = 10_000;
const WAITING_MAX = 2_000;
/** Above Postgres's own statement_timeout: a session silent for so long has lost its server. */
const SILENT_MS = 45_000;
const SWEEP_MS = 1_000;

type Waiting = {
  target: Target;
  since: number;
  resolve: (backend: Backend) => void;
  reject: (error: Error) => void;
};
type DatabasePool = { idle: Backend[]; size: number };

/** Warm sessions of all databases, lent to one user at a time. */
export class SessionPool {
  readonly #port: number;
  readonly #pools = new Map<string, DatabasePool>();
  readonly #all = new Set<Backend>();
  readonly #sweep: NodeJS.Timeout;
  #waiting: Waiting[] = [];
  #opening = 0;

  constructor(port: number) {
    this.#port = port;
    this.#sweep = setInterval(() => this.#sweepOut(), SWEEP_MS);
    this.#sweep.unref();
  }

  borrow(user: string, database: string): Promise<Backend> {
    const target = { port: this.#port, user, database };
    const idle = this.#poolOf(target).idle.pop();
    if (idle) return Promise.resolve(idle);
    if (this.#waiting.length >= WAITING_MAX) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ target, since: performance.now(), resolve, reject });
      this.#serve();
    });
  }

  /** Cleans the session when there is something to clean, and lends it on. */
  giveBack(backend: Backend): void {
    backend.reset().then(
      () => this.#makeIdle(backend),
      () => backend.destroy(),
    );
  }

  /** After a borrower had the session's raw protocol, all of its state goes. */
  async takeBack(backend: Backend): Promise<void> {
    try {
      if (await backend.takeBack()) this.#makeIdle(backend);
    } catch {
      backend.destroy();
    }
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const waiting of this.#waiting.splice(0)) waiting.reject(tooMany());
    for (const backend of this.#all) backend.end();
  }

  #poolOf({ user, database }: Target): DatabasePool {
    const key = `${user}@${database}`;
    const pool = this.#pools.get(key) ?? { idle: [], size: 0 };
    this.#pools.set(key, pool);
    return pool;
  }

  #makeIdle(backend: Backend): void {
    if (backend.closed) return;
    backend.idleSince = performance.now();
    this.#poolOf(backend.target).idle.push(backend);
    this.#serve();
  }

  /** Gives what is idle to those who wait, in their order, and opens what may be opened. */
  #serve(): void {
    this.#waiting = this.#waiting.filter((waiting) => {
      const pool = this.#poolOf(waiting.target);
      const idle = pool.idle.pop();
      if (idle) {
        waiting.resolve(idle);
        return false;
      }
      if (pool.size >= SESSIONS_PER_DATABASE) return true;
      if (this.#all.size + this.#opening >= SESSIONS_MAX && !this.#endOldest()) return true;
      this.#open(waiting, pool);
      return false;
    });
  }

  #open(waiting: Waiting, pool: DatabasePool): void {
    pool.size += 1;
    this.#opening += 1;
    const left = (backend: Backend) => this.#forget(backend, pool);
    Backend.connect(waiting.target, left).then(
      (backend) => {
        this.#opening -= 1;
        this.#all.add(backend);
        waiting.resolve(backend);
      },
      (error: Error) => {
        this.#opening -= 1;
        waiting.reject(error);
        this.#serve();
      },
    );
  }

  /** Runs for sessions that never opened as well: each of them closes once. */
  #forget(backend: Backend, pool: DatabasePool): void {
    pool.size -= 1;
    this.#all.delete(backend);
    const at = pool.idle.indexOf(backend);
    if (at >= 0) pool.idle.splice(at, 1);
    this.#serve();
  }

  /** Makes room for one database by ending the session that another has not used for longest. */
  #endOldest(): boolean {
    let oldest: Backend | undefined;
    for (const { idle } of this.#pools.values()) {
      const [first] = idle;
      if (first && (!oldest || first.idleSince < oldest.idleSince)) oldest = first;
    }
    if (!oldest) return false;
    const pool = this.#poolOf(oldest.target);
    pool.idle.splice(pool.idle.indexOf(oldest), 1);
    this.#all.delete(oldest);
    oldest.end();
    return true;
  }

  #sweepOut(): void {
    const now = performance.now();
    for (const [key, { idle, size }] of this.#pools) {
      // The idle ones lie in the order of their return, the longest idle first.
      while (idle[0] && now - idle[0].idleSince > IDLE_MS) idle.shift()?.end();
      if (size === 0) this.#pools.delete(key);
    }
    for (const backend of this.#all) {
      if (backend.busySince !== undefined && now - backend.busySince > SILENT_MS) backend.destroy();
    }
    this.#waiting = this.#waiting.filter((waiting) => {
      if (now - waiting.since < WAIT_MS) return true;
      waiting.reject(tooMany());
      return false;
    });
  }
}

function tooMany(): PostgresError {
  return new PostgresError({ severity: "FATAL", code: "53300", message: "no session became free in time" });
}
