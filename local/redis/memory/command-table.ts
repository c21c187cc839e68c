import type { Reply } from "../reply.ts";
import type { Store } from "./store.ts";

/** The arity counts the command's name; a negative one is a minimum, as in Redis's own table. */
export type CommandDefinition = { arity: number; run: (store: Store, args: readonly string[]) => Reply };
export type CommandTable = Record<string, CommandDefinition>;
