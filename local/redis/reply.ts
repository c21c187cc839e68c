/** What a command answers: text comes as bytes from a server and as a string from the built-in engine. */
export type Reply = null | number | string | Buffer | RedisError | Reply[];

/** An error that Redis answers with; it belongs to one command, and those around it go on. */
export class RedisError extends Error {
  override name = "RedisError";
}

export type Command = readonly [string, ...string[]];

/** A Redis that several tokens share without seeing each other's keys. */
export type RedisBackend = {
  readonly kind: "redis-server" | "valkey-server" | "built-in";
  /** Commands in their order; each has its own answer or error. */
  run(namespace: string, commands: readonly Command[]): Promise<Reply[]>;
  /** MULTI: all together, or none of them when one cannot even be queued. */
  transact(namespace: string, commands: readonly Command[]): Promise<Reply[] | RedisError>;
  stop(): Promise<void>;
};

const ARGUMENTS_QUOTED_MAX = 3;

export function unknownCommand([name, ...args]: Command): RedisError {
  const quoted = args.slice(0, ARGUMENTS_QUOTED_MAX).map((arg) => `'${arg.slice(0, 128)}' `);
  return new RedisError(`ERR unknown command '${name}', with args beginning with: ${quoted.join("")}`);
}
