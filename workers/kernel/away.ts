import { type AppError, fail, isAppError } from "./errors.ts";

/** A restarting engine is back within this; it is what a client is told to wait. */
const RETRY_AFTER_SECONDS = 2;
/** SQLSTATE classes of a server that is away or going: connection, operator intervention, resources. */
const AWAY_STATE = /^(08|57P|53)/;
/** How workerd and the drivers word a connection that was refused, reset or never answered. */
const AWAY_MESSAGES = [
  /connecting to database|network connection lost|fetch failed|connection refused/i,
  /connect(ion)? (was )?(reset|closed)|timeout error|timed out|due to timeout/i,
];

type Failure = {
  readonly name?: string;
  readonly code?: unknown;
  readonly message?: string;
  readonly cause?: unknown;
};

/** As fetch, but a server that takes what it is asked and says nothing for so long is away, too. */
export function fetchWithin(limitMs: number): (input: string, init?: RequestInit) => Promise<Response> {
  return async (input, init) => {
    const silence = new AbortController();
    const giveUp = () => silence.abort(new Error(`timed out: no answer in ${limitMs} ms`));
    const timer = setTimeout(giveUp, limitMs);
    try {
      return await fetch(input, { ...init, signal: silence.signal });
    } finally {
      // An object with a timer to come does not sleep.
      clearTimeout(timer);
    }
  };
}

/** The driver's own error: drizzle wraps what `execute` throws and leaves what `batch` throws. */
export const rootOf = (error: unknown): Failure =>
  ((error as Failure | null)?.cause ?? error ?? {}) as Failure;

/**
 * An engine that is away is no fault of ours to hide behind a 500: the answer is 503 with Retry-After.
 * A database error without a code never reached an answer, so whether it was carried out is not known.
 */
export function asUnavailable(error: unknown): AppError | undefined {
  if (isAppError(error)) return error.code === "unavailable" ? error : undefined;
  const { name, code, message = "" } = rootOf(error);
  const lost = name === "NeonDbError" && (code === undefined || code === null || code === "");
  const going = typeof code === "string" && AWAY_STATE.test(code);
  if (!lost && !going && !AWAY_MESSAGES.some((one) => one.test(message))) return undefined;
  return fail("unavailable", { retryAfter: RETRY_AFTER_SECONDS });
}

/** For logs: what failed, without the statement and its parameters, which may hold personal data. */
export function describeError(error: unknown): string {
  const { name = "Error", code, message = "" } = rootOf(error);
  const frames = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  const stack = frames
    .filter((line) => line.startsWith("    at "))
    .slice(0, 5)
    .join(" ");
  const text = message.startsWith("Failed query") ? "query failed" : message;
  return `${name} ${typeof code === "string" ? code : ""} ${text.slice(0, 300)} ${stack}`;
}
