import { setTimeout as sleep } from "node:timers/promises";
import { serveEngine } from "../engine-child.ts";
import { serveNeon } from "../neon.ts";
import { type PostgresOptions, type PostgresServer, startServer } from "./server.ts";

const PAUSE_MS = 100;

/** Postgres and Neon's protocol in front of it: the adapter stays up and answers while the server is away. */
await serveEngine<PostgresOptions & { neonPort: number }>(async (options, tell, stopping) => {
  const first = await startServer(options, stopping);
  const neon = await serveNeon({ port: options.neonPort, postgresPort: options.port });
  let server: PostgresServer | undefined = first;

  const keepUp = async () => {
    for (let running = first; ; ) {
      const cause = await running.ended;
      server = undefined;
      if (stopping.aborted) return;
      tell({ ready: false, pids: {} });
      process.stderr.write(`${cause}\n`);
      running = await startAgain(options, stopping);
      server = running;
      tell({ ready: true, pids: { postgres: running.pid } });
    }
  };
  const kept = keepUp().catch((error: unknown) => {
    // Only a stop ends the tries to start it; anything else is for the parent, which starts both anew.
    if (!stopping.aborted) process.stderr.write(`${error}\n`, () => process.exit(1));
  });
  return {
    report: { pids: { postgres: first.pid } },
    async stop() {
      await neon.stop();
      await server?.stop();
      await kept;
    },
  };
});

async function startAgain(options: PostgresOptions, stopping: AbortSignal): Promise<PostgresServer> {
  for (;;) {
    try {
      return await startServer(options, stopping);
    } catch (error) {
      if (stopping.aborted) throw error;
      process.stderr.write(`${error}\n`);
      await sleep(PAUSE_MS);
    }
  }
}
