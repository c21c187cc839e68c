/** What an engine gives to whoever started it: where it serves, and how to end it. */
export interface Running {
  url: string;
  port: number;
  close(): Promise<void>;
}

/**
 * Runs an engine as a process of its own: options are one JSON argument, readiness is one IPC message, and it
 * ends with its parent, so that a parent killed with SIGKILL leaves nothing behind.
 */
export async function runAsChild<O, R extends Running>(
  name: string,
  start: (options: O) => Promise<R>,
  facts: (running: R) => Record<string, unknown> = () => ({}),
): Promise<void> {
  try {
    const running = await start(parseOptions<O>(process.argv[2]));
    endWith(running);
    process.send?.({ ready: true, url: running.url, port: running.port, ...facts(running) });
    if (!process.send) console.log(`${name} serves on ${running.url}`);
  } catch (error) {
    const message = `${name} cannot start: ${error instanceof Error ? error.message : String(error)}`;
    console.error(message);
    process.send?.({ ready: false, error: message });
    process.exitCode = 1;
    process.disconnect?.();
  }
}

function parseOptions<O>(argument: string | undefined): O {
  if (argument === undefined) throw new Error("its options are missing: pass them as one JSON argument");
  // The caller's compiler checked the shape; an engine reads every option with a default or a clear failure.
  return JSON.parse(argument) as O;
}

/** Closing waits for open connections; past this an engine is ended all the same. */
const CLOSE_TIMEOUT_MS = 3_000;

function endWith(running: Running): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS).unref();
    running.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.once("disconnect", end);
}
