import { serveEngine } from "../engine-child.ts";
import { close } from "../http.ts";
import { startMemoryBackend } from "./memory/backend.ts";
import { findServer, startServerBackend } from "./server.ts";
import { serveUpstash } from "./upstash.ts";

export type RedisOptions = {
  dataDir: string;
  port: number;
  serverPort: number;
  durable: boolean;
  backend: "auto" | "built-in";
};

/** Upstash's REST form over the Redis of this machine, or over the built-in engine where there is none. */
await serveEngine<RedisOptions>(async (options) => {
  const found = options.backend === "auto" ? findServer() : undefined;
  if (!found) {
    const backend = startMemoryBackend();
    const server = await serveUpstash(options.port, backend);
    return { report: { facts: { backend: backend.kind } }, stop: () => close(server) };
  }
  const { dataDir, serverPort, durable } = options;
  const backend = await startServerBackend(found, { dataDir, port: serverPort, durable });
  const server = await serveUpstash(options.port, backend);
  let stopping = false;
  // A cache that lost its server starts over: the parent starts this process anew, and it the server.
  void backend.ended.then((cause) => {
    if (!stopping) process.stderr.write(`${cause}\n`, () => process.exit(1));
  });
  return {
    report: { facts: { backend: backend.kind }, pids: { [backend.kind]: backend.pid } },
    async stop() {
      stopping = true;
      await close(server);
      await backend.stop();
    },
  };
});
