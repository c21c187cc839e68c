/** Owns a set of engines until it is killed: what the tests of sudden death need. */
import { startEngines } from "../../local/engines.ts";

const [dataDir = ""] = process.argv.slice(2);
const engines = await startEngines({ dataDir, durable: true });
const pids = (["neon", "postgres", "redis", "redis-server", "clickhouse"] as const).flatMap((name) => {
  const { pid } = engines.engine(name);
  return pid === undefined ? [] : [[name, pid]];
});
process.send?.(Object.fromEntries(pids));
