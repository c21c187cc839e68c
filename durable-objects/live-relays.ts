/** A relay that has not reported for so long has no viewers any more. */
const RELAY_GONE_MS = 60_000;
/** Frames that wait for a slow relay; beyond this it misses some, finds the gap and asks for the room. */
const WAITING_MAX = 50;

export type Downward = {
  /** The relay must have seen up to here, or it asks for the room anew. */
  readonly from: number;
  readonly seq: number;
  /** One frame, written out once for all sockets. */
  readonly text: string;
  readonly removed: readonly string[];
};

type Relay = { viewers: number; seenAt: number; waiting: Downward[]; isBusy: boolean };
type Send = (relayId: string, frames: readonly Downward[]) => Promise<void>;

/** Who brings a show's frames to its viewers. A relay has one call under way, so none overtakes another. */
export class LiveRelays {
  readonly #sql: SqlStorage;
  readonly #send: Send;
  readonly #relays = new Map<string, Relay>();

  constructor(sql: SqlStorage, send: Send) {
    this.#sql = sql;
    this.#send = send;
  }

  /** A relay is there, with so many viewers; says whether their number is news. */
  hear(relayId: string, viewers: number | undefined, now: number): boolean {
    const known = this.#relays.get(relayId);
    if (known) {
      const isNews = viewers !== undefined && viewers !== known.viewers;
      known.viewers = viewers ?? known.viewers;
      known.seenAt = now;
      // Written down, or a room that has slept would tell everybody that nobody is there.
      if (isNews) this.#sql.exec("UPDATE relay SET viewers = ? WHERE id = ?", known.viewers, relayId);
      return isNews;
    }
    this.#relays.set(relayId, { viewers: viewers ?? 0, seenAt: now, waiting: [], isBusy: false });
    const insert = "INSERT OR REPLACE INTO relay (id, viewers, seen_at) VALUES (?, ?, ?)";
    this.#sql.exec(insert, relayId, viewers ?? 0, now);
    return true;
  }

  viewers(): number {
    let sum = 0;
    for (const { viewers } of this.#relays.values()) sum += viewers;
    return sum;
  }

  deliver(down: Downward, now: number): void {
    for (const [relayId, relay] of this.#relays) {
      if (now - relay.seenAt >= RELAY_GONE_MS) {
        this.#relays.delete(relayId);
        this.#sql.exec("DELETE FROM relay WHERE id = ?", relayId);
        continue;
      }
      relay.waiting.push(down);
      if (relay.waiting.length > WAITING_MAX) relay.waiting.shift();
      if (!relay.isBusy) void this.#pump(relayId, relay);
    }
  }

  /** Read back after a start: they may all still be there. */
  rebuild(now: number): void {
    const rows = this.#sql.exec<{ id: string; viewers: number }>("SELECT id, viewers FROM relay");
    for (const { id, viewers } of rows) {
      if (this.#relays.has(id)) continue;
      this.#relays.set(id, { viewers, seenAt: now, waiting: [], isBusy: false });
    }
  }

  async #pump(relayId: string, relay: Relay): Promise<void> {
    relay.isBusy = true;
    while (relay.waiting.length > 0) {
      // A relay that cannot be reached finds the gap in what comes next.
      await this.#send(relayId, relay.waiting.splice(0)).catch(() => undefined);
    }
    relay.isBusy = false;
  }
}
