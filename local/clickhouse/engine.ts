import { createRequire } from "node:module";
import path from "node:path";

/** One session runs one query at a time; more than this only take turns on two cores. */
const SESSIONS = 4;
/** ClickHouse's HTTP interface writes 64-bit integers in JSON as text, and clients send ISO instants. */
const BASE_SETTINGS: Readonly<Record<string, string>> = {
  output_format_json_quote_64bit_integers: "1",
  date_time_input_format: "'best_effort'",
  max_threads: "2",
};

type Connection = object;
type Output = { bytes: Uint8Array; elapsed: number; rowsRead: number; bytesRead: number };
type Written = { rowsWritten: number; bytesWritten: number };
type Native = {
  CreateConnection(directory: string, args: string[]): Connection;
  CloseConnection(connection: Connection): void;
  QueryAsyncConnection(
    connection: Connection,
    sql: string,
    format: string,
    parameters?: Record<string, string>,
  ): Promise<Output>;
  InsertRawAsyncConnection(
    connection: Connection,
    prefix: string,
    data: Buffer,
    countLines: boolean,
  ): Promise<Written>;
  EngineVersion(): string;
};

/**
 * chDB's addon itself: its JavaScript face escapes parameters, and those of the HTTP interface come escaped.
 * The file is the package's own loader, which picks the library for this platform.
 */
function loadNative(): Native {
  const require = createRequire(import.meta.url);
  const home = path.dirname(require.resolve("chdb/package.json"));
  return (require(path.join(home, "dist/loader.js")) as { loadNative(): Native }).loadNative();
}

type Session = { connection: Connection; database: string };

export type Statement = {
  sql: string;
  /** Rows of an INSERT, in the format that the statement names. */
  data: Buffer | undefined;
  format: string;
  database: string;
  settings: ReadonlyMap<string, string>;
  parameters: Record<string, string>;
};
export type Outcome = { bytes: Uint8Array; rowsRead: number; bytesRead: number; rowsWritten: number };

/** ClickHouse in this process, on one directory, with a few sessions that share it. */
export class ClickhouseEngine {
  readonly version: string;
  readonly #native = loadNative();
  readonly #sessions: Session[];
  readonly #idle: Session[];
  readonly #waiting: ((session: Session) => void)[] = [];
  #parameterised: Promise<unknown> = Promise.resolve();

  constructor(directory: string, args: readonly string[]) {
    const settings = Object.entries(BASE_SETTINGS).map(([name, value]) => `--${name}=${unquote(value)}`);
    this.#sessions = Array.from({ length: SESSIONS }, () => ({
      connection: this.#native.CreateConnection(directory, [...settings, ...args]),
      database: "default",
    }));
    this.#idle = [...this.#sessions];
    this.version = this.#native.EngineVersion();
  }

  async run(statement: Statement): Promise<Outcome> {
    const session = await this.#borrow();
    try {
      await this.#enterDatabase(session, statement.database);
      await this.#applySettings(session, [...statement.settings]);
      try {
        return await this.#execute(session, statement);
      } finally {
        const restored = [...statement.settings.keys()].map((name): [string, string] => [name, baseOf(name)]);
        await this.#applySettings(session, restored);
      }
    } finally {
      this.#giveBack(session);
    }
  }

  /** Waits for what runs: a session that is closed under a query takes the whole process down. */
  async close(): Promise<void> {
    const sessions = await Promise.all(this.#sessions.map(() => this.#borrow()));
    for (const { connection } of sessions) this.#native.CloseConnection(connection);
  }

  async #execute({ connection }: Session, statement: Statement): Promise<Outcome> {
    const { sql, data, format, parameters } = statement;
    if (data) {
      const { rowsWritten } = await this.#native.InsertRawAsyncConnection(connection, sql, data, false);
      return { bytes: new Uint8Array(), rowsRead: 0, bytesRead: 0, rowsWritten };
    }
    const query = () =>
      Object.keys(parameters).length > 0
        ? this.#native.QueryAsyncConnection(connection, sql, format, parameters)
        : this.#native.QueryAsyncConnection(connection, sql, format);
    const output = await (Object.keys(parameters).length > 0 ? this.#alone(query) : query());
    return { ...output, rowsWritten: 0 };
  }

  /** The engine mixes up the parameters of queries that run at the same time, on whichever session. */
  #alone<T>(query: () => Promise<T>): Promise<T> {
    const running = this.#parameterised.then(query);
    this.#parameterised = running.catch(() => {});
    return running;
  }

  async #enterDatabase(session: Session, database: string): Promise<void> {
    if (session.database === database) return;
    await this.#native.QueryAsyncConnection(session.connection, `USE ${quoteName(database)}`, "Null");
    session.database = database;
  }

  async #applySettings(session: Session, settings: [string, string][]): Promise<void> {
    if (settings.length === 0) return;
    const list = settings.map(([name, value]) => `${quoteName(name)} = ${value}`).join(", ");
    await this.#native.QueryAsyncConnection(session.connection, `SET ${list}`, "Null");
  }

  #borrow(): Promise<Session> {
    const session = this.#idle.pop();
    return session ? Promise.resolve(session) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(session: Session): void {
    const next = this.#waiting.shift();
    if (next) next(session);
    else this.#idle.push(session);
  }
}

function baseOf(setting: string): string {
  return BASE_SETTINGS[setting] ?? "DEFAULT";
}

function quoteName(name: string): string {
  return `\`${name.replace(/[\\`]/g, "\\$&")}\``;
}

function unquote(value: string): string {
  return value.replaceAll("'", "");
}
