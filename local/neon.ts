import type { Server } from "node:http";
import { WebSocketServer } from "ws";
import { close, listen } from "./http.ts";
import { answerSql } from "./neon/http.ts";
import { SessionPool } from "./neon/pool.ts";
import { serveSocket } from "./neon/websocket.ts";

export type NeonServer = { stop(): Promise<void> };

/** Neon's two ways in, HTTP at /sql and WebSocket at /v2, in front of a Postgres of this machine. */
export async function serveNeon(options: { port: number; postgresPort: number }): Promise<NeonServer> {
  const pool = new SessionPool(options.postgresPort);
  const server = await listen(options.port, async (request, response) => {
    if (request.method === "POST" && request.url?.startsWith("/sql")) {
      return answerSql(pool, request, response);
    }
    response.writeHead(404).end();
  });
  const sockets = serveSockets(server, pool, options.postgresPort);
  return {
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await close(server);
      pool.close();
    },
  };
}

function serveSockets(server: Server, pool: SessionPool, postgresPort: number): WebSocketServer {
  const sockets = new WebSocketServer({ server, path: "/v2", perMessageDeflate: false });
  sockets.on("connection", (socket) => serveSocket(socket, pool, postgresPort));
  return sockets;
}
