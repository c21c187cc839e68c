import path from "node:path";
import type { ClickhouseOptions } from "./clickhouse.ts";
import type { PostgresOptions } from "./postgres/server.ts";
import type { RedisOptions } from "./redis/main.ts";
import { type Engine, type EngineState, superviseEngine } from "./supervisor.ts";

export type OnState = (name: string, state: EngineState, reason?: string) => void;

/** The heap of an adapter stays small: it passes on what others keep. */
const ADAPTER_OPTIONS = ["--max-semi-space-size=2"];

export function startPostgres(
  options: PostgresOptions & { neonPort: number },
  onState?: OnState,
): Promise<Engine> {
  return child("postgres", new URL("./postgres/main.ts", import.meta.url), options, onState);
}

export function startRedis(options: RedisOptions, onState?: OnState): Promise<Engine> {
  return child("redis", new URL("./redis/main.ts", import.meta.url), options, onState);
}

export function startClickhouse(options: ClickhouseOptions, onState?: OnState): Promise<Engine> {
  return child("clickhouse", new URL("./clickhouse/main.ts", import.meta.url), options, onState);
}

function child(
  name: string,
  entry: URL,
  options: { dataDir: string },
  onState: OnState = () => {},
): Promise<Engine> {
  return superviseEngine({
    name,
    entry,
    args: [JSON.stringify({ ...options, dataDir: path.resolve(options.dataDir) })],
    nodeOptions: ADAPTER_OPTIONS,
    onState: (state, reason) => onState(name, state, reason),
  });
}
