import type { EngineReport } from "./supervisor.ts";

export type RunningEngine = { report?: Omit<EngineReport, "ready">; stop: () => Promise<void> };
/** The machine or its user is not fit for the engine: another try is no use, and a stack explains nothing. */
export class Unfit extends Error {
  override readonly name = "Unfit";
}

type Tell = (report: EngineReport) => void;

/**
 * The life of an engine's child process: start, tell the parent, stop on SIGTERM, and stop as well when the
 * parent is gone, which a closed IPC channel shows even after a SIGKILL.
 */
export async function serveEngine<Options>(
  start: (options: Options, tell: Tell, stopping: AbortSignal) => Promise<RunningEngine>,
): Promise<void> {
  let running: RunningEngine | undefined;
  const stopping = new AbortController();
  const stop = async () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    // What is being started is taken down as soon as it is up, or gives up by itself.
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
  try {
    running = await start(JSON.parse(process.argv[2] ?? "{}") as Options, tell, stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) process.exit(0);
    if (!(error instanceof Unfit)) throw error;
    process.send?.({ unfit: error.message } satisfies EngineReport, undefined, undefined, () => {
      process.exit(1);
    });
    return;
  }
  if (stopping.signal.aborted) {
    await running.stop();
    process.exit(0);
  }
  tell({ ready: true, ...running.report });
}
