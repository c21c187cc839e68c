import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLargeError, readBody, sendJson } from "../http.ts";
import { type Backend, isStalePlan, type Query, type QueryResult } from "./backend.ts";
import type { SessionPool } from "./pool.ts";
import { PostgresError, type PostgresErrorFields } from "./wire.ts";

const BODY_BYTES_MAX = 64 * 1024 * 1024;
const ISOLATION: Record<string, string> = {
  ReadUncommitted: "READ UNCOMMITTED",
  ReadCommitted: "READ COMMITTED",
  RepeatableRead: "REPEATABLE READ",
  Serializable: "SERIALIZABLE",
};

type SqlRequest = {
  queries: Query[];
  batch: boolean;
  begin: string | undefined;
  user: string;
  database: string;
};

class BadRequestError extends Error {
  override name = "BadRequestError";
}

/** Neon's HTTP endpoint: one query, or a batch that is one transaction. */
export async function answerSql(pool: SessionPool, request: IncomingMessage, response: ServerResponse) {
  const arrayMode = request.headers["neon-array-mode"] === "true";
  try {
    const body = await readBody(request, BODY_BYTES_MAX);
    const parsed = parseRequest(request.headers, body);
    const results = await runQueries(pool, parsed);
    const texts = results.map((result) => toJson(result, arrayMode));
    sendJson(response, 200, parsed.batch ? `{"results":[${texts.join(",")}]}` : (texts[0] ?? "{}"));
  } catch (error) {
    if (error instanceof PostgresError) return sendError(response, error.fields);
    if (error instanceof BadRequestError)
      return sendError(response, { message: error.message, code: "08P01" });
    if (error instanceof BodyTooLargeError) return sendJson(response, 413, error.message);
    // No SQLSTATE: the caller must take the outcome for unknown.
    sendJson(response, 502, error instanceof Error ? error.message : "failed");
  }
}

async function runQueries(pool: SessionPool, request: SqlRequest): Promise<QueryResult[]> {
  const backend = await pool.borrow(request.user, request.database);
  try {
    return await runOnce(backend, request);
  } catch (error) {
    if (!(error instanceof PostgresError && isStalePlan(error))) throw error;
    // A table changed under a plan; the transaction was rolled back, so that it can run again.
    await backend.reset();
    return await runOnce(backend, request);
  } finally {
    pool.giveBack(backend);
  }
}

function runOnce(backend: Backend, { queries, begin }: SqlRequest): Promise<QueryResult[]> {
  return backend.run(queries, begin);
}

function parseRequest(headers: IncomingHttpHeaders, bytes: Buffer): SqlRequest {
  const connection = headers["neon-connection-string"];
  if (typeof connection !== "string")
    throw new BadRequestError("the Neon-Connection-String header is missing");
  const { user, database } = parseConnection(connection);
  const body = parseBody(bytes);
  const batch = Array.isArray(body.queries);
  const queries = (Array.isArray(body.queries) ? body.queries : [body]).map(toQuery);
  return { queries, batch, begin: batch ? beginOf(headers) : undefined, user, database };
}

const connections = new Map<string, { user: string; database: string }>();
const CONNECTIONS_MAX = 1_000;

function parseConnection(connection: string): { user: string; database: string } {
  const known = connections.get(connection);
  if (known) return known;
  if (!URL.canParse(connection)) throw new BadRequestError("the connection string is not a URL");
  const { username, pathname } = new URL(connection);
  const parsed = { user: decodeURIComponent(username), database: decodeURIComponent(pathname.slice(1)) };
  if (connections.size >= CONNECTIONS_MAX) connections.clear();
  connections.set(connection, parsed);
  return parsed;
}

function parseBody(bytes: Buffer): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new BadRequestError("the body is not a JSON object");
}

function toQuery(value: unknown): Query {
  const { query, params = [] } = (value ?? {}) as { query?: unknown; params?: unknown };
  if (typeof query !== "string") throw new BadRequestError("a query is a string");
  if (!Array.isArray(params)) throw new BadRequestError("params is an array");
  return { sql: query, values: params };
}

function beginOf(headers: IncomingHttpHeaders): string {
  const asked = headers["neon-batch-isolation-level"];
  const isolation = typeof asked === "string" ? ISOLATION[asked] : undefined;
  if (asked !== undefined && !isolation) throw new BadRequestError(`no isolation level is called ${asked}`);
  const modes = [
    isolation && `ISOLATION LEVEL ${isolation}`,
    headers["neon-batch-read-only"] === "true" && "READ ONLY",
    headers["neon-batch-deferrable"] === "true" && "DEFERRABLE",
  ];
  return ["BEGIN", ...modes.filter(Boolean)].join(" ");
}

/** "INSERT 0 5" is five rows of INSERT; "BEGIN" counts none. */
function toJson({ fields, fieldsJson, rows, tag }: QueryResult, arrayMode: boolean): string {
  const [command = ""] = tag.split(" ", 1);
  const count = /\d+$/.exec(tag)?.[0] ?? "null";
  const shaped = arrayMode
    ? rows
    : rows.map((row) => Object.fromEntries(row.map((value, index) => [fields[index]?.name ?? "", value])));
  const head = `{"command":"${command}","rowCount":${count},"rowAsArray":${arrayMode}`;
  return `${head},"fields":${fieldsJson},"rows":${JSON.stringify(shaped)}}`;
}

function sendError(response: ServerResponse, fields: PostgresErrorFields): void {
  sendJson(response, 400, JSON.stringify(fields));
}
