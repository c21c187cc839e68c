import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { deflate, gunzip, gzip, inflate } from "node:zlib";
import { ClickhouseEngine, type Outcome, type Statement } from "./clickhouse/engine.ts";
import { formatOf, toStatement } from "./clickhouse/statement.ts";
import { BodyTooLargeError, close, listen, readBody } from "./http.ts";

export type ClickhouseOptions = { port: number; dataDir: string };

const BODY_BYTES_MAX = 256 * 1024 * 1024;
const UNKNOWN_EXCEPTION = 1002;
const CANNOT_DECOMPRESS = 271;
/** As ClickHouse maps its exceptions; whatever is not listed is 500. */
const STATUS_OF_EXCEPTION: Readonly<Record<number, number>> = {
  ...statuses(
    400,
    [6, 26, 27, 28, 36, 38, 41, 42, 43, 44, 53, 57, 62, 69, 70, 72, 82, 115, 117, 130, 271, 386, 457],
  ),
  ...statuses(404, [16, 46, 47, 50, 56, 60, 81]),
  ...statuses(408, [159, 160]),
  ...statuses(413, [307]),
  456: 400,
};
const unpack = { gzip: promisify(gunzip), deflate: promisify(inflate) };
const pack = { gzip: promisify(gzip), deflate: promisify(deflate) };

/** ClickHouse's HTTP interface over the engine in this process. */
export async function serveClickhouse(options: ClickhouseOptions): Promise<{ stop(): Promise<void> }> {
  mkdirSync(options.dataDir, { recursive: true });
  const engine = new ClickhouseEngine(options.dataDir, []);
  const server = await listen(options.port, async (request, response) => {
    const url = new URL(request.url ?? "/", "http://clickhouse.local");
    if (url.pathname === "/ping" || url.pathname === "/replicas_status") {
      response.writeHead(200, { "content-type": "text/plain" }).end("Ok.\n");
      return;
    }
    await answer(engine, url.searchParams, request, response);
  });
  return {
    async stop() {
      await close(server);
      await engine.close();
    },
  };
}

async function answer(
  engine: ClickhouseEngine,
  parameters: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers: Record<string, string> = {
    "content-type": "text/plain; charset=UTF-8",
    "x-clickhouse-query-id": parameters.get("query_id") || randomUUID(),
    "x-clickhouse-server-display-name": "local",
    "x-clickhouse-timezone": "UTC",
  };
  try {
    const statement = await readStatement(parameters, request);
    const startedAt = process.hrtime.bigint();
    const outcome = await engine.run(statement);
    headers["x-clickhouse-summary"] = summary(outcome, statement, process.hrtime.bigint() - startedAt);
    headers["x-clickhouse-format"] = formatOf(statement);
    const bytes = await packed(outcome.bytes, parameters, request, headers);
    response.writeHead(200, headers).end(bytes);
  } catch (error) {
    const message = error instanceof Error ? error.message.trim() : String(error);
    const tooLarge = error instanceof BodyTooLargeError;
    const code = tooLarge ? 307 : Number(/Code: (\d+)/.exec(message)?.[1] ?? UNKNOWN_EXCEPTION);
    const text = message.startsWith("Code:") ? message : `Code: ${code}. DB::Exception: ${message} (UNKNOWN)`;
    response.writeHead(STATUS_OF_EXCEPTION[code] ?? 500, {
      ...headers,
      "x-clickhouse-exception-code": `${code}`,
    });
    response.end(`${text} (version ${engine.version})\n`);
  }
}

async function readStatement(parameters: URLSearchParams, request: IncomingMessage): Promise<Statement> {
  const sent = await unpacked(await readBody(request, BODY_BYTES_MAX), request.headers["content-encoding"]);
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("multipart/form-data")) return toStatement(parameters, request.headers, sent);
  // Clients send parameters that are too long for an address as a form.
  const form = await new Response(new Uint8Array(sent), { headers: { "content-type": type } }).formData();
  for (const [name, value] of form) if (typeof value === "string") parameters.set(name, value);
  return toStatement(parameters, request.headers, Buffer.alloc(0));
}

async function unpacked(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding !== "gzip" && encoding !== "deflate") return body;
  try {
    return await unpack[encoding](body);
  } catch {
    throw new Error(
      `Code: ${CANNOT_DECOMPRESS}. DB::Exception: the body is not ${encoding} (CANNOT_DECOMPRESS)`,
    );
  }
}

async function packed(
  bytes: Uint8Array,
  parameters: URLSearchParams,
  request: IncomingMessage,
  headers: Record<string, string>,
): Promise<Uint8Array> {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  if (parameters.get("enable_http_compression") !== "1" || !accepted.includes("gzip")) return bytes;
  headers["content-encoding"] = "gzip";
  return pack.gzip(bytes, { level: 1 });
}

function summary(
  { rowsRead, bytesRead, rowsWritten }: Outcome,
  { data }: Statement,
  elapsedNs: bigint,
): string {
  return JSON.stringify({
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    written_rows: String(rowsWritten),
    written_bytes: String(data?.length ?? 0),
    total_rows_to_read: "0",
    result_rows: "0",
    result_bytes: "0",
    elapsed_ns: String(elapsedNs),
  });
}

function statuses(status: number, codes: number[]): Record<number, number> {
  return Object.fromEntries(codes.map((code) => [code, status]));
}
