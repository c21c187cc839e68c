import { type RedisBackend, RedisError } from "../reply.ts";
import { refusal, runCommand } from "./commands.ts";
import { Store } from "./store.ts";

const SWEEP_MS = 10_000;
const NAMESPACES_MAX = 64;

/** Redis in this process's memory: the commands of the table, each of them atomic, nothing on disk. */
export function startMemoryBackend(): RedisBackend {
  const stores = new Map<string, Store>();
  const sweep = setInterval(() => {
    for (const store of stores.values()) store.sweep();
  }, SWEEP_MS);
  sweep.unref();

  const storeOf = (namespace: string): Store => {
    const store = stores.get(namespace) ?? new Store();
    if (!stores.has(namespace) && stores.size >= NAMESPACES_MAX) {
      throw new Error(`more than ${NAMESPACES_MAX} tokens are in use`);
    }
    stores.set(namespace, store);
    return store;
  };

  return {
    kind: "built-in",
    async run(namespace, commands) {
      const store = storeOf(namespace);
      return commands.map((command) => runCommand(store, command));
    },
    async transact(namespace, commands) {
      const refused = commands.map(refusal).find(Boolean);
      if (refused instanceof RedisError) return refused;
      const store = storeOf(namespace);
      return commands.map((command) => runCommand(store, command));
    },
    async stop() {
      clearInterval(sweep);
      stores.clear();
    },
  };
}
