import { createRequire } from "node:module";
import type { Socket } from "node:net";
import { join } from "node:path";

export type Publisher = { readonly streamName: string; readonly streamApp: string; readonly socket: Socket };
type MediaServer = {
  on(event: "prePublish" | "postPublish", listener: (publisher: Publisher) => void): void;
  run(): Promise<void>;
  stop(): Promise<void>;
};

const require = createRequire(import.meta.url);

export type Listening = {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Whether whoever shows this key may publish now. */
  admits(streamKey: string): boolean;
  published(publisher: Publisher): void;
};

/** The RTMP server: one a process, since node-media-server keeps its state in its modules. */
export async function listenRtmp(listening: Listening): Promise<{ stop(): Promise<void> }> {
  // It brings no types; these members are all that is used of it.
  const Server = require("node-media-server") as new (options: object) => MediaServer;
  const logger = require("node-media-server/src/core/logger.js") as { level: string };
  const server = new Server({
    bind: listening.host,
    rtmp: { port: listening.port },
    store: { path: join(listening.dataDir, "rtmp") },
    webadmin: { enable: false },
    record: { auto: false },
  });
  logger.level = "error";
  const isAdmitted = ({ streamApp, streamName }: Publisher) =>
    streamApp === "live" && listening.admits(streamName);
  server.on("prePublish", (publisher) => {
    if (!isAdmitted(publisher)) publisher.socket.destroy();
  });
  server.on("postPublish", (publisher) => {
    if (!publisher.socket.destroyed) listening.published(publisher);
  });
  await server.run();
  return server;
}
