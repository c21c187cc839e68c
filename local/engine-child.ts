import type { EngineReport } from "./supervisor.ts";

export type RunningEngine = { report?: Omit<EngineReport, "ready">; stop: () => Promise<void> };
type Tell = (report: EngineReport) => void;

/**
 * The life of an engine's child process: start, tell the parent, stop on SIGTERM, and stop as well when the
 * parent is gone, which a closed IPC channel shows even after a SIGKILL.
 */
export async function serveEngine<Options>(
  start: (options: Options, tell: Tell) => Promise<RunningEngine>,
): Promise<void> {
  let running: RunningEngine | undefined;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    // What is being started must be up before it can be taken down.
    if (!running) return;
    await running.stop();
    process.exit(0);
  };
  // The pipe to a dead parent is broken, and a complaint about that must not cut the clean stop short.
  process.stderr.on("error", () => {});
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("disconnect", stop);
  const tell: Tell = (report) => {
    if (process.connected) process.send?.(report, undefined, undefined, () => {});
  };
  running = await start(JSON.parse(process.argv[2] ?? "{}") as Options, tell);
  if (stopping) {
    await running.stop();
    process.exit(0);
  }
  tell({ ready: true, ...running.report });
}
