import { setTimeout as sleep } from "node:timers/promises";

export type Step = {
  readonly name: string;
  readonly ms: number;
  readonly ok: boolean;
  readonly error?: string;
};

/** What happens by queue, sweep and roll-up comes within this on a busy machine. */
const EVENTUALLY_MS = 60_000;
const POLL_MS = 150;

/** Runs the steps of a story one after the other and times each; the first that fails ends it. */
export function createStory(say: (line: string) => void) {
  const steps: Step[] = [];
  return {
    steps,
    async step<T>(name: string, work: () => Promise<T>): Promise<T> {
      const startedAt = performance.now();
      const end = (ok: boolean, error?: string) => {
        const ms = Math.round(performance.now() - startedAt);
        steps.push({ name, ms, ok, ...(error === undefined ? {} : { error }) });
        say(`${ok ? "ok  " : "FAIL"} ${String(ms).padStart(6)} ms  ${name}${error ? `: ${error}` : ""}`);
      };
      try {
        const result = await work();
        end(true);
        return result;
      } catch (error) {
        end(false, error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
  };
}
export type Story = ReturnType<typeof createStory>;

export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Looks again until there is something, and says what is missing when it never comes. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + EVENTUALLY_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${EVENTUALLY_MS / 1_000} s`);
    await sleep(POLL_MS);
  }
}
