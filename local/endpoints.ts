import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as an engine's handlers see it: parsed address, whole body, path parameters. */
export interface Call {
  method: string;
  url: URL;
  params: Record<string, string>;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** `hang` never answers, `reset` breaks the connection: both are faults that a client must survive. */
export type Reply =
  | { status: number; headers?: Record<string, string>; body: string | Buffer }
  | { fault: "hang" | "reset" };

export type Handler = (call: Call) => Reply | Promise<Reply>;
export interface Endpoint {
  method: string;
  path: string;
  handler: Handler;
}

export class HttpFailure extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value),
});

/** Pages of the engines run no script and load nothing from elsewhere. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; base-uri 'none'";

export const page = (status: number, html: string): Reply => ({
  status,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  },
  body: html,
});

export const seeOther = (location: string): Reply => ({ status: 303, headers: { location }, body: "" });

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** Larger than any order or form; a request beyond it is a mistake. */
const BODY_BYTES_MAX = 1_000_000;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) throw new HttpFailure(413, `a body may hold ${BODY_BYTES_MAX} bytes`);
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new HttpFailure(400, "the body is not JSON");
  }
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith("{") && value !== "") params[part.slice(1, -1)] = decode(value);
    else if (part !== value) return undefined;
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpFailure(400, "the path is not valid percent-encoding");
  }
}

async function answer(endpoints: Endpoint[], request: IncomingMessage): Promise<Reply> {
  const url = new URL(request.url ?? "/", "http://local");
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
  const matching = endpoints
    .map((endpoint) => ({ endpoint, params: match(endpoint.path, url.pathname) }))
    .filter((found) => found.params !== undefined);
  if (matching.length === 0) throw new HttpFailure(404, `nothing is served at ${url.pathname}`);
  const found = matching.find((candidate) => candidate.endpoint.method === method);
  if (!found) throw new HttpFailure(405, `${method} is not served at ${url.pathname}`);
  const body = await readBody(request);
  return found.endpoint.handler({ method, url, params: found.params ?? {}, headers: request.headers, body });
}

function send(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  if ("fault" in reply) {
    if (reply.fault === "reset") request.socket.destroy();
    return;
  }
  response.writeHead(reply.status, {
    "content-length": Buffer.byteLength(reply.body),
    ...reply.headers,
  });
  response.end(request.method === "HEAD" ? undefined : reply.body);
}

export interface Listener {
  port: number;
  url: string;
  close(): Promise<void>;
}

/** Serves the endpoints; port 0 takes a free one, and the answer says which. */
export async function listen(
  endpoints: Endpoint[],
  options: { host: string; port: number },
): Promise<Listener> {
  const server = createServer((request, response) => {
    answer(endpoints, request).then(
      (reply) => send(reply, request, response),
      (error: unknown) => {
        const status = error instanceof HttpFailure ? error.status : 500;
        if (status === 500) console.error(error);
        const message = error instanceof HttpFailure ? error.message : "the engine failed; its log says why";
        send(json(status, { error: message }), request, response);
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  // A server that listens on a TCP port always has an address of this form.
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, url: `http://${options.host}:${port}`, close };
}
