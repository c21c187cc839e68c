import type { IncomingMessage, Server } from "node:http";
import { listen, readBody, sendJson } from "../http.ts";
import { COMMANDS } from "./memory/commands.ts";
import { type Command, type RedisBackend, RedisError, type Reply, unknownCommand } from "./reply.ts";

const BODY_BYTES_MAX = 10 * 1024 * 1024;
/** Each token of this form has its own keys. */
const TOKEN = /^local(-[a-z0-9]{1,40})*$/;
type Answer = { status: number; body: unknown };

class BadRequestError extends Error {
  override name = "BadRequestError";
}

/** Upstash's REST form of Redis, on either back end. */
export function serveUpstash(port: number, backend: RedisBackend): Promise<Server> {
  return listen(port, async (request, response) => {
    const { status, body } = await answer(backend, request);
    sendJson(response, status, JSON.stringify(body));
  });
}

async function answer(backend: RedisBackend, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://upstash.local");
  const namespace = tokenOf(request, url);
  if (namespace === undefined) return failure(401, "WRONGPASS invalid or missing auth token");
  const encode = request.headers["upstash-encoding"] === "base64" ? toBase64 : toText;
  try {
    const body = await readBody(request, BODY_BYTES_MAX);
    const [first, ...rest] = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
    if (first === "pipeline") {
      const replies = await run(backend, namespace, toCommands(body));
      return { status: 200, body: replies.map((reply) => toResult(reply, encode)) };
    }
    if (first === "multi-exec") {
      const replies = await transact(backend, namespace, toCommands(body));
      if (replies instanceof RedisError) return failure(400, replies.message);
      return { status: 200, body: replies.map((reply) => toResult(reply, encode)) };
    }
    const command = first === undefined ? toCommand(parse(body)) : toPathCommand([first, ...rest], url, body);
    const [reply = null] = await run(backend, namespace, [command]);
    return { status: reply instanceof RedisError ? 400 : 200, body: toResult(reply, encode) };
  } catch (error) {
    const message = error instanceof Error ? error.message : "failed";
    return failure(error instanceof BadRequestError ? 400 : 503, `ERR ${message}`);
  }
}

/** Both back ends know the same commands, so that what works on one works on the other. */
async function run(backend: RedisBackend, namespace: string, commands: Command[]): Promise<Reply[]> {
  const known = commands.filter(isKnown);
  const replies = known.length > 0 ? await backend.run(namespace, known) : [];
  if (known.length === commands.length) return replies;
  return commands.map((command) => (isKnown(command) ? (replies.shift() ?? null) : unknownCommand(command)));
}

async function transact(backend: RedisBackend, namespace: string, commands: Command[]) {
  const unknown = commands.find((command) => !isKnown(command));
  return unknown ? unknownCommand(unknown) : backend.transact(namespace, commands);
}

function isKnown([name]: Command): boolean {
  return COMMANDS.has(name.toUpperCase());
}

function tokenOf(request: IncomingMessage, url: URL): string | undefined {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const token = bearer ?? url.searchParams.get("_token") ?? "";
  return TOKEN.test(token) ? token : undefined;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new BadRequestError("failed to parse the body as JSON");
  }
}

function toCommands(body: Buffer): Command[] {
  const commands = parse(body);
  if (!Array.isArray(commands) || commands.length === 0) throw new BadRequestError("empty pipeline request");
  return commands.map(toCommand);
}

function toCommand(value: unknown): Command {
  if (!Array.isArray(value)) throw new BadRequestError("a command is an array");
  const [name, ...args] = value.map(toArgument);
  if (name === undefined) throw new BadRequestError("empty command");
  return confine([name, ...args]);
}

/** `/set/key/value?EX=60`; a body is the last argument. */
function toPathCommand([name, ...args]: [string, ...string[]], url: URL, body: Buffer): Command {
  const options = [...url.searchParams].filter(([option]) => option !== "_token");
  const value = body.length > 0 ? [body.toString("utf8")] : [];
  return confine([name, ...args, ...value, ...options.flat().filter(Boolean)]);
}

/** "All" is all that the token can see. */
function confine([name, ...args]: [string, ...string[]]): Command {
  return [name.toUpperCase() === "FLUSHALL" ? "FLUSHDB" : name, ...args];
}

function toArgument(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

type Encode = (value: Exclude<Reply, RedisError>) => unknown;

function toResult(reply: Reply, encode: Encode): { result: unknown } | { error: string } {
  return reply instanceof RedisError ? { error: reply.message } : { result: encode(reply) };
}

function toText(value: Reply): unknown {
  if (value === null || typeof value === "number") return value;
  if (value instanceof RedisError) return value.message;
  return Array.isArray(value) ? value.map(toText) : value.toString();
}

/** Upstash leaves OK as it is, and its client expects that. */
function toBase64(value: Reply): unknown {
  if (value === null || typeof value === "number") return value;
  if (value instanceof RedisError) return value.message;
  if (Array.isArray(value)) return value.map(toBase64);
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value);
  return bytes.toString("latin1") === "OK" ? "OK" : bytes.toString("base64");
}

function failure(status: number, error: string): Answer {
  return { status, body: { error } };
}
