import { connect, type Socket } from "node:net";
import {
  CANCEL_REQUEST,
  type Field,
  Framer,
  message,
  Outbox,
  PostgresError,
  type Row,
  readError,
  readFields,
  readRow,
} from "./wire.ts";

const CONNECT_WITHIN_MS = 5_000;
/** Each holds a plan in the backend's memory; a service has a few dozen statements. */
const PREPARED_MAX = 200;

export type Target = { port: number; user: string; database: string };
export type Query = { sql: string; values: readonly unknown[] };
export type QueryResult = { fields: readonly Field[]; fieldsJson: string; rows: Row[]; tag: string };

/** The connection went away while statements ran: they may have committed. */
class OutcomeUnknownError extends Error {
  override name = "OutcomeUnknownError";
}

type Prepared = { name: string; fields: readonly Field[]; fieldsJson: string };
type Job = {
  statements: { prepared: Prepared; rows: Row[]; tag: string }[];
  /** Statements new to this connection, in the order in which the backend confirms them. */
  unconfirmed: string[];
  /** The backend itself says that the transaction is done, before it says that it is ready again. */
  explicitCommit: boolean;
  current: number;
  startedAt: number;
  error: PostgresError | undefined;
  resolve: (results: QueryResult[]) => void;
  reject: (error: Error) => void;
};
type Borrower = { onBytes: (bytes: Buffer) => void; onClose: () => void };

const NO_FIELDS: Pick<Prepared, "fields" | "fieldsJson"> = { fields: [], fieldsJson: "[]" };

/** One session of Postgres: one job at a time, whose messages all go out in one write. */
export class Backend {
  /** When it was last given back, to find those that nobody needs. */
  idleSince = performance.now();
  closed = false;
  /** What a client must be told of the session when it is lent: its parameters and its cancel key. */
  greeting: Buffer = Buffer.alloc(0);
  readonly target: Target;
  readonly #socket: Socket;
  readonly #framer: Framer;
  readonly #outbox = new Outbox();
  readonly #prepared = new Map<string, Prepared>();
  readonly #onClose: (backend: Backend) => void;
  #named = 0;
  #status = "I";
  #job: Job | undefined;
  #borrower: Borrower | undefined;
  #onReady: ((error: Error | undefined) => void) | undefined;
  /** A setting was changed for the session and must not reach its next user. */
  #changed = false;
  /** Requests of a borrower that Postgres has yet to answer with "ready". */
  #owed = 0;

  private constructor(target: Target, onClose: (backend: Backend) => void) {
    this.target = target;
    this.#onClose = onClose;
    this.#framer = new Framer((type, buffer, start, end) => this.#hear(type, buffer, start, end));
    this.#socket = connect(target.port, "127.0.0.1");
    this.#socket.setNoDelay(true);
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#lost());
    this.#socket.on("data", (bytes: Buffer) => {
      const borrower = this.#borrower;
      this.#framer.feed(bytes);
      borrower?.onBytes(bytes);
    });
  }

  static async connect(target: Target, onClose: (backend: Backend) => void = () => {}): Promise<Backend> {
    const backend = new Backend(target, onClose);
    const timer = setTimeout(() => backend.#socket.destroy(), CONNECT_WITHIN_MS);
    try {
      const ready = backend.#untilReady();
      const { user, database } = target;
      backend.#outbox.startup({ user, database, client_encoding: "UTF8", application_name: "neon" });
      backend.#send();
      await ready;
    } catch (error) {
      throw error instanceof PostgresError ? error : new PostgresError(UNREACHABLE);
    } finally {
      clearTimeout(timer);
    }
    return backend;
  }

  get busySince(): number | undefined {
    return this.#job?.startedAt;
  }

  /** All in one write; with `begin` between it and COMMIT. Rejects with the first error. */
  run(queries: readonly Query[], begin?: string): Promise<QueryResult[]> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new OutcomeUnknownError("the session is closed"));
      const job: Job = {
        statements: [],
        unconfirmed: [],
        explicitCommit: begin !== undefined,
        current: 0,
        startedAt: performance.now(),
        error: undefined,
        resolve: (results) => resolve(begin === undefined ? results : results.slice(1, -1)),
        reject,
      };
      this.#job = job;
      if (begin !== undefined) this.#add(job, begin, []);
      for (const { sql, values } of queries) this.#add(job, sql, values);
      if (begin !== undefined) this.#add(job, "COMMIT", []);
      this.#outbox.sync();
      this.#send();
    });
  }

  /** Leaves nothing behind for the next user: no open transaction, no changed setting. */
  async reset(): Promise<void> {
    if (this.#status !== "I") await this.#simple("ROLLBACK");
    if (!this.#changed) return;
    this.#changed = false;
    await this.#simple("RESET ALL");
  }

  lend(borrower: Borrower): void {
    this.#borrower = borrower;
    this.#owed = 0;
  }

  /** Passes a borrower's messages on; `answers` of them will be answered with "ready". */
  pass(bytes: Buffer, answers: number): void {
    this.#owed += answers;
    this.#socket.write(bytes);
  }

  /** True when the session is as good as new; one that is in the middle of something is ended instead. */
  async takeBack(): Promise<boolean> {
    this.#borrower = undefined;
    if (this.closed || this.#owed > 0) {
      this.end();
      return false;
    }
    if (this.#status !== "I") await this.#simple("ROLLBACK");
    await this.#simple("DISCARD ALL");
    this.#prepared.clear();
    return !this.closed;
  }

  end(): void {
    if (this.closed) return;
    this.#outbox.terminate();
    this.#send();
    this.#socket.end();
    this.#socket.destroySoon();
  }

  /** For a session that does not answer. */
  destroy(): void {
    this.#socket.destroy();
  }

  #add(job: Job, sql: string, values: readonly unknown[]): void {
    let prepared = this.#prepared.get(sql);
    if (prepared) {
      // Moved to the end: the first in the map is the one that was not used for longest.
      this.#prepared.delete(sql);
    } else {
      prepared = { name: `s${this.#named}`, ...NO_FIELDS };
      this.#named += 1;
      this.#outbox.parse(prepared.name, sql).describeStatement(prepared.name);
      job.unconfirmed.push(sql);
    }
    this.#prepared.set(sql, prepared);
    this.#outbox.bind(prepared.name, values).execute();
    job.statements.push({ prepared, rows: [], tag: "" });
  }

  #evict(): void {
    while (this.#prepared.size > PREPARED_MAX) {
      const [oldest] = this.#prepared;
      if (!oldest) return;
      this.#prepared.delete(oldest[0]);
      // It leaves with the next job's messages, whose end answers for it.
      this.#outbox.closeStatement(oldest[1].name);
    }
  }

  #simple(sql: string): Promise<void> {
    const ready = this.#untilReady();
    this.#outbox.query(sql);
    this.#send();
    return ready;
  }

  #untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new OutcomeUnknownError("the session is closed"));
      this.#onReady = (error) => (error ? reject(error) : resolve());
    });
  }

  #send(): void {
    this.#socket.write(this.#outbox.take());
  }

  #hear(type: number, buffer: Buffer, start: number, end: number): void {
    if (type === READY) {
      this.#status = String.fromCharCode(buffer[start] ?? 0);
      if (this.#borrower) this.#owed -= 1;
      this.#ready();
      return;
    }
    if (this.#borrower) return;
    if (this.#job) this.#hearOfJob(this.#job, type, buffer, start, end);
    else if (type === ERROR) this.#settle(readError(buffer, start, end));
    // While the session starts, its parameters and key are kept for those whom it will be lent to.
    else if (type === PARAMETER || type === KEY) {
      const copy = Buffer.from(buffer.subarray(start - 5, end));
      if (this.greeting.length < GREETING_MAX) this.greeting = Buffer.concat([this.greeting, copy]);
    }
  }

  #hearOfJob(job: Job, type: number, buffer: Buffer, start: number, end: number): void {
    const statement = job.statements[job.current];
    switch (type) {
      case ROW:
        statement?.rows.push(readRow(buffer, start));
        return;
      case COMPLETE:
      case EMPTY:
        if (statement && type === COMPLETE) statement.tag = buffer.toString("latin1", start, end - 1);
        if (statement?.tag === "SET") this.#changed = true;
        job.current += 1;
        return;
      case FIELDS: {
        const fields = readFields(buffer, start);
        if (statement) Object.assign(statement.prepared, { fields, fieldsJson: JSON.stringify(fields) });
        return;
      }
      case PARSED:
        job.unconfirmed.shift();
        return;
      case ERROR:
        job.error ??= readError(buffer, start, end);
        return;
      case COPY_IN:
        // Postgres ignores the end of the batch while it waits for rows, so it is sent once more.
        this.#socket.write(message("f", "COPY is not possible over HTTP"));
        this.#outbox.sync();
        this.#send();
        return;
      default:
    }
  }

  #ready(): void {
    const job = this.#job;
    this.#job = undefined;
    if (!job) {
      this.#settle(undefined);
      return;
    }
    for (const sql of job.unconfirmed) this.#prepared.delete(sql);
    this.#evict();
    if (job.error) {
      // A plan made before a table changed: forget all, so that the caller's next try is planned anew.
      if (STALE_PLAN.has(job.error.fields.code ?? "")) this.#forgetPlans();
      job.reject(job.error);
    } else {
      job.resolve(resultsOf(job));
    }
  }

  #forgetPlans(): void {
    for (const { name } of this.#prepared.values()) this.#outbox.closeStatement(name);
    this.#prepared.clear();
  }

  #settle(error: Error | undefined): void {
    const settle = this.#onReady;
    this.#onReady = undefined;
    settle?.(error);
  }

  #lost(): void {
    this.closed = true;
    const job = this.#job;
    this.#job = undefined;
    if (job) {
      const done = job.current === job.statements.length;
      if (done && job.explicitCommit) job.resolve(resultsOf(job));
      // All statements ran and the commit followed them: the session's end does not say how it went.
      else job.reject(done || !job.error ? new OutcomeUnknownError("the session was lost") : job.error);
    }
    this.#settle(new OutcomeUnknownError("the session was lost"));
    const borrower = this.#borrower;
    this.#borrower = undefined;
    borrower?.onClose();
    this.#onClose(this);
  }
}

const READY = 0x5a;
const ERROR = 0x45;
const PARAMETER = 0x53;
const KEY = 0x4b;
const ROW = 0x44;
const COMPLETE = 0x43;
const EMPTY = 0x49;
const FIELDS = 0x54;
const PARSED = 0x31;
const COPY_IN = 0x47;
/** Nothing was sent yet, so a caller may take it for certain that nothing happened. */
const UNREACHABLE = {
  severity: "FATAL",
  code: "57P03",
  message: "PostgreSQL cannot be reached at the moment",
};
const GREETING_MAX = 4_096;
/** "cached plan must not change result type" and "prepared statement does not exist". */
const STALE_PLAN = new Set(["0A000", "26000"]);

export function isStalePlan(error: PostgresError): boolean {
  const { code, routine } = error.fields;
  return code === "26000" || (code === "0A000" && routine === "RevalidateCachedQuery");
}

function resultsOf(job: Job): QueryResult[] {
  return job.statements.map(({ prepared: { fields, fieldsJson }, rows, tag }) => ({
    fields,
    fieldsJson,
    rows,
    tag,
  }));
}

/** Asks Postgres to cancel what a session runs; it goes over a connection of its own. */
export function cancel(port: number, request: Buffer): void {
  if (request.readInt32BE(4) !== CANCEL_REQUEST) return;
  const socket = connect(port, "127.0.0.1", () => socket.end(request));
  socket.on("error", () => {});
}
