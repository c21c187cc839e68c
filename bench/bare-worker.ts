import { DurableObject } from "cloudflare:workers";

type BareEnv = {
  readonly ROW: DurableObjectNamespace<RowDO>;
  readonly ECHO: DurableObjectNamespace<EchoDO>;
};

/** What a socket of a Durable Object can do at the least: a frame back for a frame. And a call, an answer. */
export class EchoDO extends DurableObject {
  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }
  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    socket.send(message);
  }
  ping(): number {
    return 1;
  }
}

/** What a Durable Object can do at the least: one call, one row, on disk before the answer. */
export class RowDO extends DurableObject {
  readonly #sql: SqlStorage;
  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env as never);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(
      "CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)",
    );
  }
  write(text: string): number {
    return this.#sql.exec<{ id: number }>("INSERT INTO row (text) VALUES (?) RETURNING id", text).one().id;
  }
}

const bodies = new Map<number, string>();

/**
 * `/constant?bytes=N`: an answer of that size; `/row?name=X`: one call to object X that writes one row;
 * `/echo`: a socket of an object that echoes; `/ping`: one call of that object.
 */
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname === "/row") {
      const name = url.searchParams.get("name") ?? "";
      return Response.json({ id: await env.ROW.getByName(name).write(name) });
    }
    if (url.pathname === "/echo") return env.ECHO.getByName("echo").fetch(request);
    if (url.pathname === "/ping") return new Response(String(await env.ECHO.getByName("echo").ping()));
    const bytes = Number(url.searchParams.get("bytes"));
    const body = bodies.get(bytes) ?? "x".repeat(bytes);
    bodies.set(bytes, body);
    return new Response(body, { headers: { "content-type": "application/json" } });
  },
} satisfies ExportedHandler<BareEnv>;
