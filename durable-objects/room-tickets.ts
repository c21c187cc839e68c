import { MINUTE_MS } from "#kernel/clock";
import type { Ticket } from "#kernel/ticket";

/** Clocks of the edge and of the object's machine differ by less than this. */
const SKEW_MS = MINUTE_MS;
/** Forgotten with one arrival, so that a crowd's tickets go as fast as they came. */
const FORGET_MAX = 8;
const PREFIX = "ticket:";

/** Ordered by the time at which the ticket runs out: epoch milliseconds have as many digits for ages. */
const keyOf = ({ expiresAt, ticketId }: Pick<Ticket, "expiresAt" | "ticketId">): string =>
  `${PREFIX}${expiresAt}:${ticketId}`;

/**
 * Each ticket opens the room once. The room alone remembers those that were used, on its disk and until they
 * would have run out: who reads one from a log or an address comes too late, and nobody asks a database.
 */
export class UsedTickets {
  readonly #kv: SyncKvStorage;

  constructor({ kv }: DurableObjectStorage) {
    this.#kv = kv;
  }

  /** Whether this was its first use. */
  use(ticket: Pick<Ticket, "expiresAt" | "ticketId">, now: number): boolean {
    const used = keyOf(ticket);
    if (this.#kv.get(used) !== undefined) return false;
    const old = { start: PREFIX, end: `${PREFIX}${now - SKEW_MS}`, limit: FORGET_MAX };
    for (const [name] of [...this.#kv.list(old)]) this.#kv.delete(name);
    this.#kv.put(used, 1);
    return true;
  }
}
