import { type Command, RedisError, type Reply, unknownCommand } from "../reply.ts";
import type { CommandDefinition } from "./command-table.ts";
import { HASHES } from "./hashes.ts";
import { KEYS } from "./keys.ts";
import { LISTS } from "./lists.ts";
import { SETS } from "./sets.ts";
import { SORTED_SETS } from "./sorted-sets.ts";
import type { Store } from "./store.ts";
import { STRINGS } from "./strings.ts";

/** What a marketplace needs of Redis; a command that is not here is refused on every back end. */
export const COMMANDS: ReadonlyMap<string, CommandDefinition> = new Map(
  [STRINGS, KEYS, HASHES, LISTS, SETS, SORTED_SETS].flatMap((table) => Object.entries(table)),
);

/** Why a command cannot even be queued, as MULTI asks first. */
export function refusal(command: Command): RedisError | undefined {
  const [name] = command;
  const definition = COMMANDS.get(name.toUpperCase());
  if (!definition) return unknownCommand(command);
  const { arity } = definition;
  const fits = arity < 0 ? command.length >= -arity : command.length === arity;
  return fits
    ? undefined
    : new RedisError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}

export function runCommand(store: Store, command: Command): Reply {
  const refused = refusal(command);
  if (refused) return refused;
  const [name, ...args] = command;
  try {
    return COMMANDS.get(name.toUpperCase())?.run(store, args) ?? null;
  } catch (error) {
    if (error instanceof RedisError) return error;
    throw error;
  }
}
