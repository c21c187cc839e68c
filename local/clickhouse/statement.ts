import type { IncomingHttpHeaders } from "node:http";
import type { Statement } from "./engine.ts";

/** Parameters of the address that are about the request and are no settings of the query. */
const NO_SETTINGS = new Set([
  "query",
  "database",
  "query_id",
  "session_id",
  "session_timeout",
  "session_check",
  "user",
  "password",
  "role",
  "enable_http_compression",
  "http_zlib_compression_level",
  "wait_end_of_query",
  "buffer_size",
  "default_format",
  "compress",
  "decompress",
  "quota_key",
  "cancel_http_readonly_queries_on_client_close",
  "send_progress_in_http_headers",
  "http_headers_progress_interval_ms",
]);
/** An embedded engine has no queue of inserts to wait in: every insert is written at once. */
const ASYNC_INSERT = /^(async_insert(_\w+)?|wait_for_async_insert(_timeout)?)$/;

/** What an HTTP request asks of the engine. */
export function toStatement(
  parameters: URLSearchParams,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Statement {
  const inAddress = parameters.get("query");
  const sql = trimEnd(inAddress || body.toString("utf8"));
  const insert = /^\s*insert\b/i.test(sql);
  const header = headers["x-clickhouse-database"];
  return {
    sql: insert ? withoutAsyncInsert(sql) : sql,
    data: inAddress && body.length > 0 ? body : undefined,
    format: parameters.get("default_format") ?? "TabSeparated",
    database: parameters.get("database") || (typeof header === "string" && header) || "default",
    settings: settingsOf(parameters),
    parameters: Object.fromEntries(
      [...parameters].flatMap(([name, value]) => (name.startsWith("param_") ? [[name.slice(6), value]] : [])),
    ),
  };
}

function trimEnd(sql: string): string {
  return sql.replace(/[\s;]+$/, "");
}

function settingsOf(parameters: URLSearchParams): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (name.startsWith("param_") || NO_SETTINGS.has(name) || ASYNC_INSERT.test(name)) continue;
    settings.set(name, literal(value));
  }
  return settings;
}

function literal(value: string): string {
  return /^-?\d+(\.\d+)?$/.test(value) ? value : `'${value.replace(/[\\']/g, "\\$&")}'`;
}

/** Only what stands before the rows is a clause; the rows themselves may say SETTINGS too. */
function withoutAsyncInsert(sql: string): string {
  const head = /^.*?(?=\b(?:FORMAT|VALUES|SELECT|WITH)\b|$)/is.exec(sql)?.[0] ?? "";
  const kept = head.replace(/\bSETTINGS\b(.*)$/is, (_clause, list: string) => {
    const settings = list
      .split(",")
      .filter((setting) => !ASYNC_INSERT.test(setting.split("=")[0]?.trim() ?? ""));
    return settings.length > 0 ? `SETTINGS ${settings.join(",")}` : "";
  });
  return kept + sql.slice(head.length);
}

/** The format of an answer, for the header that names it. */
export function formatOf({ sql, format }: Statement): string {
  return /\bFORMAT\s+(\w+)\s*(?:SETTINGS\b.*)?$/is.exec(sql)?.[1] ?? format;
}
