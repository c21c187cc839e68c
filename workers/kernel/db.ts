import { type NeonQueryFunction, neon, neonConfig } from "@neondatabase/serverless";
import { getTableColumns, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { toSnakeCase } from "drizzle-orm/casing";
import { drizzle, type NeonHttpDatabase } from "drizzle-orm/neon-http";
import { type PgColumn, PgDialect, type PgTable } from "drizzle-orm/pg-core";
import { asUnavailable, fetchWithin, rootOf } from "./away.ts";
import type { Fact } from "./facts.ts";
import type { Job } from "./job.ts";
import { err, ok, type Result } from "./result.ts";
import { retrying } from "./retry.ts";

const OPTIONS = { casing: "snake_case" } as const;
/** Raised by the SQL function `assert_that`, which the first migration makes; its message is our code. */
const GUARD_FAILED = "TC001";
/** Long enough for the other batch to be through. */
const COLLISION_MS = 10;
/** A third loss in a row means a hot row, and the caller should hear of it. */
const TRIES_MAX = 3;
/** Within the lease of a command (idempotency.ts), so that who repeats it after this finds it given up. */
const ANSWER_WITHIN_MS = 20_000;
neonConfig.fetchFunction = fetchWithin(ANSWER_WITHIN_MS);
/** What is loaded together is of one moment: by default each query of a batch has a moment of its own. */
const SNAPSHOT = { isolationLevel: "RepeatableRead", readOnly: true } as const;
const dialect = new PgDialect(OPTIONS);

/** Writes statements and has no connection, so that repositories need none either. */
export const build = drizzle.mock(OPTIONS);

/**
 * One write of a commit. `C` are the codes that it may refuse with; `constraints` says which code a violated
 * constraint stands for. `facts` and `jobs` are what the relay sends once the commit has succeeded.
 */
export type Statement<C extends string = never> = {
  readonly sql: SQL;
  readonly refuses?: C;
  readonly constraints?: { readonly [constraint: string]: C };
  readonly facts?: readonly Fact[];
  readonly jobs?: readonly Job[];
};

/** One read of a batch, and how its rows become plain data. Services hand it on as they do statements. */
export type Query<T> = {
  run(read: NeonHttpDatabase): BatchItem<"pg">;
  parse(rows: never): T;
};
type Loaded<Q extends readonly Query<unknown>[]> = {
  -readonly [K in keyof Q]: Q[K] extends Query<infer T> ? T : never;
};

/** Ties a drizzle query to the mapping of its rows. */
export function query<Rows, T>(
  run: (read: NeonHttpDatabase) => BatchItem<"pg"> & PromiseLike<Rows>,
  parse: (rows: Rows) => T,
): Query<T> {
  return { run, parse: parse as (rows: never) => T };
}

export type Written = { readonly facts: readonly Fact[]; readonly jobs: readonly Job[] };

export type Db = {
  /** A single read: one round trip over HTTP. */
  readonly read: NeonHttpDatabase;
  /** Several reads in one round trip and one snapshot. */
  load<const Q extends readonly Query<unknown>[]>(...queries: Q): Promise<Loaded<Q>>;
  /** All or nothing in one round trip; the first guard that fails is the answer. */
  commit<C extends string = never>(statements: readonly Statement<C>[]): Promise<Result<undefined, C>>;
  /** Round trips so far. */
  trips(): number;
};

/** A write that must find `rows` rows: to Postgres an UPDATE that finds fewer is no error. */
export function guarded<const C extends string>(write: SQLWrapper, rows: number, code: C): Statement<C> {
  const found = sql`SELECT count(*) FROM done`;
  return {
    sql: sql`WITH done AS (${write.getSQL()} RETURNING 1) SELECT assert_that((${found}) = ${rows}, ${code})`,
  };
}

/** A write without a guard of its own. */
export const statement = (write: SQLWrapper): Statement => ({ sql: write.getSQL() });

/** `column IN (values)` with one parameter, however many there are: Postgres keeps its plan. */
export const among = (column: SQLWrapper, values: readonly string[]): SQL =>
  sql`${column} = ANY(ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(values)}::jsonb)))`;

/**
 * Rows as one parameter, however many there are: the text of the statement stays the same, so Postgres keeps
 * its plan. `from` stands in a FROM clause under the name `w`, `names` are the columns that it has.
 */
export function recordset<T extends PgTable>(
  table: T,
  rows: readonly Partial<T["$inferInsert"]>[],
  fields?: readonly (keyof T["$inferInsert"] & string)[],
): { readonly from: SQL; readonly names: SQL } {
  const wanted = fields as readonly string[] | undefined;
  const columns = wanted ? columnsOf(table).filter(({ field }) => wanted.includes(field)) : columnsOf(table);
  const encoded = rows.map((row) => {
    const json: { [name: string]: unknown } = {};
    for (const { field, name, column } of columns) {
      json[name] = toJson(column, (row as { readonly [field: string]: unknown })[field]);
    }
    return json;
  });
  const types = columns.map(({ name, type }) => `"${name}" ${type}`).join(", ");
  return {
    from: sql`jsonb_to_recordset(${JSON.stringify(encoded)}::jsonb) AS w (${sql.raw(types)})`,
    names: sql.raw(columns.map(({ name }) => `"${name}"`).join(", ")),
  };
}

type Column = {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly column: PgColumn;
};
const columns = new WeakMap<PgTable, readonly Column[]>();

/** Worked out once a table. */
function columnsOf(table: PgTable): readonly Column[] {
  const known = columns.get(table);
  if (known) return known;
  const all = Object.entries(getTableColumns(table)) as [string, PgColumn][];
  const made = all.map(([field, column]) => {
    return { field, name: toSnakeCase(field), type: plainType(column.getSQLType()), column };
  });
  columns.set(table, made);
  return made;
}

/** Inserts rows with one parameter. Columns that a row leaves out are null, so a default does not apply. */
export function insertMany<T extends PgTable>(table: T, rows: readonly T["$inferInsert"][]): Statement {
  const { from, names } = recordset(table, rows as readonly Partial<T["$inferInsert"]>[]);
  return { sql: sql`INSERT INTO ${table} (${names}) SELECT ${names} FROM ${from}` };
}

/** A record's column type may carry neither a collation nor what makes a column a serial. */
const plainType = (type: string) => type.replace(/ COLLATE "C"/, "").replace(/^(big)?serial$/, "bigint");

function toJson(column: PgColumn, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (column.getSQLType() === "jsonb") return value;
  const driver = column.mapToDriverValue(value);
  return typeof driver === "bigint" ? driver.toString() : driver;
}

type Connection = { readonly databaseUrl: string; readonly neonEndpoint?: string | undefined };

/** `written` hears of every commit that succeeded, with what it wants sent. */
export function openDb(connection: Connection, written: (what: Written) => void): Db {
  let trips = 0;
  return {
    get read() {
      trips += 1;
      return clientsOf(connection).read;
    },
    trips: () => trips,
    async load<const Q extends readonly Query<unknown>[]>(...queries: Q) {
      trips += 1;
      const { read } = clientsOf(connection);
      const [first, ...rest] = queries.map((one) => one.run(read));
      if (!first) return [] as unknown as Loaded<Q>;
      const results = await read.batch([first, ...rest]);
      return results.map((rows, i) => queries[i]?.parse(rows as never)) as Loaded<Q>;
    },
    async commit<C extends string = never>(statements: readonly Statement<C>[]) {
      if (statements.length === 0) return ok(undefined);
      const { client } = clientsOf(connection);
      const queries = statements.map((one) => dialect.sqlToQuery(one.sql));
      const send = () => {
        trips += 1;
        return client.transaction(queries.map(({ sql: text, params }) => client.query(text, params)));
      };
      try {
        await retrying(send, { tries: TRIES_MAX, backoffMs: COLLISION_MS, again: hasCollided });
      } catch (error) {
        return refusal(error, statements);
      }
      const facts = statements.flatMap((one) => one.facts ?? []);
      const jobs = statements.flatMap((one) => one.jobs ?? []);
      if (facts.length + jobs.length > 0) written({ facts, jobs });
      return ok(undefined);
    },
  };
}

type Clients = { readonly client: NeonQueryFunction<false, false>; readonly read: NeonHttpDatabase };

/**
 * One pair a database: they hold no connection, only what they have worked out, such as the names of columns,
 * and working that out at each request costs as much as a small query.
 */
const clients = new Map<string, Clients>();

function clientsOf({ databaseUrl, neonEndpoint }: Connection): Clients {
  const known = clients.get(databaseUrl);
  if (known) return known;
  if (neonEndpoint !== undefined) neonConfig.fetchEndpoint = neonEndpoint;
  const client = neon(databaseUrl) as NeonQueryFunction<false, false>;
  const opened = { client, read: drizzle(neon(databaseUrl, SNAPSHOT), OPTIONS) };
  clients.set(databaseUrl, opened);
  return opened;
}

/** Postgres undid the whole batch because it met another: serialisation failure, deadlock. */
const hasCollided = (error: unknown) => /^(40001|40P01)$/.test(String(rootOf(error).code));

type DatabaseError = { readonly code?: string; readonly message: string; readonly constraint?: string };

function refusal<C extends string>(error: unknown, statements: readonly Statement<C>[]): Result<never, C> {
  const { code, message, constraint } = rootOf(error) as DatabaseError;
  if (code === GUARD_FAILED) return err(message as C);
  if (constraint !== undefined) {
    const named = statements.find((one) => one.constraints && constraint in one.constraints);
    const refused = named?.constraints?.[constraint];
    if (refused !== undefined) return err(refused);
  }
  throw asUnavailable(error) ?? error;
}

/** Loads and decides again when another writer came between; the last loss is the answer. */
export async function untilFresh<T, C extends string>(
  stale: NoInfer<C>,
  attempt: () => Promise<Result<T, C>>,
): Promise<Result<T, C>> {
  for (let tries = 1; ; tries += 1) {
    const result = await attempt();
    if (result.ok || result.code !== stale || tries === TRIES_MAX) return result;
  }
}
