import { setTimeout as sleep } from "node:timers/promises";
import { serveEngine } from "../engine-child.ts";
import { serveNeon } from "../neon.ts";
import { type PostgresOptions, type PostgresServer, startServer } from "./server.ts";

const PAUSE_MS = 100;

/** Postgres and Neon's protocol in front of it: the adapter stays up and answers while the server is away. */
await serveEngine<PostgresOptions & { neonPort: number }>(async (options, tell) => {
  let stopping = false;
  let server = await startServer(options);
  const neon = await serveNeon({ port: options.neonPort, postgresPort: options.port });

  const keepUp = async () => {
    while (!stopping) {
      const cause = await server.ended;
      if (stopping) return;
      tell({ ready: false, pids: {} });
      process.stderr.write(`${cause}\n`);
      server = await startAgain(options, () => stopping);
      tell({ ready: true, pids: { postgres: server.pid } });
    }
  };
  // Without its server this process has no use; its parent starts both anew.
  keepUp().catch((error: unknown) => {
    process.stderr.write(`${error}\n`);
    process.exit(1);
  });
  return {
    report: { pids: { postgres: server.pid } },
    async stop() {
      stopping = true;
      await neon.stop();
      await server.stop();
    },
  };
});

async function startAgain(options: PostgresOptions, stopping: () => boolean): Promise<PostgresServer> {
  for (;;) {
    try {
      return await startServer(options);
    } catch (error) {
      if (stopping()) throw error;
      process.stderr.write(`${error}\n`);
      await sleep(PAUSE_MS);
    }
  }
}
