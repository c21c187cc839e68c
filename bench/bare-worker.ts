import { DurableObject } from "cloudflare:workers";

type BareEnv = {
  readonly ROW: DurableObjectNamespace<RowDO>;
  readonly ECHO: DurableObjectNamespace<EchoDO>;
  readonly FAN: DurableObjectNamespace<FanDO>;
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

/** What a broadcast can do at the least: one text to every socket of one object. */
export class FanDO extends DurableObject {
  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }
  /** Frames of that size, one after the other; each ends with the clock. */
  async tell(frames: number, bytes: number, everyMs: number): Promise<void> {
    const filler = "x".repeat(bytes);
    for (let frame = 0; frame < frames; frame += 1) {
      const text = `{"t":"batch","filler":"${filler}","now":${Date.now()}}`;
      for (const socket of this.ctx.getWebSockets()) socket.send(text);
      await scheduler.wait(everyMs);
    }
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
  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }
  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    socket.send(`{"t":"ack","seq":${this.write(String(message))}}`);
  }
  write(text: string): number {
    return this.#sql.exec<{ id: number }>("INSERT INTO row (text) VALUES (?) RETURNING id", text).one().id;
  }
}

const bodies = new Map<number, string>();

/**
 * `/constant?bytes=N`: an answer of that size; `/row?name=X`: one call to object X that writes one row;
 * `/fan`: a socket of an object that broadcasts, `/tell`: so many frames to all of them;
 * `/rows?name=X`: a socket of object X that writes a row for each frame and answers it;
 * `/echo`: a socket of an object that echoes; `/ping`: one call of that object.
 */
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname === "/row") {
      const name = url.searchParams.get("name") ?? "";
      return Response.json({ id: await env.ROW.getByName(name).write(name) });
    }
    if (url.pathname === "/rows") {
      return env.ROW.getByName(url.searchParams.get("name") ?? "").fetch(request);
    }
    if (url.pathname === "/echo") return env.ECHO.getByName("echo").fetch(request);
    if (url.pathname === "/fan") return env.FAN.getByName("fan").fetch(request);
    if (url.pathname === "/tell") {
      const [frames, bytes, everyMs] = ["frames", "bytes", "everyMs"].map((name) =>
        Number(url.searchParams.get(name)),
      );
      await env.FAN.getByName("fan").tell(frames ?? 0, bytes ?? 0, everyMs ?? 0);
      return new Response("told");
    }
    if (url.pathname === "/ping") return new Response(String(await env.ECHO.getByName("echo").ping()));
    const bytes = Number(url.searchParams.get("bytes"));
    const body = bodies.get(bytes) ?? "x".repeat(bytes);
    bodies.set(bytes, body);
    return new Response(body, { headers: { "content-type": "application/json" } });
  },
} satisfies ExportedHandler<BareEnv>;
