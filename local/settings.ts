import { createServer } from "node:net";
import { resolve } from "node:path";

/** What a person may set for a local run, checked before anything starts. */
export type Settings = {
  readonly port: number;
  /** Where everything that persists lies, when it is not to be the clone's `.data`. */
  readonly dataDir?: string;
  readonly vars: Readonly<Record<string, string>>;
};

type Environment = Readonly<Record<string, string | undefined>>;

const PORT_DEFAULT = 8_787;
const LIMITS = ["RATE_LIMIT_ADDRESS", "RATE_LIMIT_USER", "RATE_LIMIT_KEY"];
const LOG_LEVELS = ["debug", "info", "warn", "error"];

/** Throws one line that names the variable and says what it takes. */
export function readSettings(environment: Environment): Settings {
  const port = readNumber(environment, "PORT", { min: 1, max: 65_535 }) ?? PORT_DEFAULT;
  const vars: Record<string, string> = {};
  for (const name of LIMITS) {
    const limit = readNumber(environment, name, { min: 1, max: 1_000_000_000 });
    if (limit !== undefined) vars[name] = String(limit);
  }
  const { LOG_LEVEL: level } = environment;
  if (level !== undefined) {
    if (!LOG_LEVELS.includes(level))
      throw new Error(`LOG_LEVEL=${level}: set one of ${LOG_LEVELS.join(", ")}.`);
    vars.LOG_LEVEL = level;
  }
  const { DATA_DIR: dataDir = "" } = environment;
  return { port, vars, ...(dataDir && { dataDir: resolve(dataDir) }) };
}

function readNumber(
  environment: Environment,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const text = environment[name];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new Error(`${name}=${text}: set a whole number from ${min} to ${max}.`);
  }
  return value;
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
