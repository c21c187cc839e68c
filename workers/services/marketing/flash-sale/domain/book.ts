import { dueQueue } from "./due-queue.ts";
import type { BuyerId, Entry, Hold, HoldState, Terms, Ticket, Waiter } from "./entry.ts";

/** What one buyer has here; few are ever more than one or two. */
type Mine = {
  live: number;
  readonly holds: Hold[];
  /** Units under each key whose hold is forgotten: the key is never good for a second one. */
  gone?: Map<string, number>;
};

/** Ended holds of one buyer that are still shown; of older ones the keys are remembered. */
const ENDED_MAX = 16;
/** A program takes and lets go more than this; each key is remembered for as long as the sale is. */
const GONE_MAX = 256;

type Change = Extract<Entry, readonly ["extend" | "pledge" | "sell" | "release" | "expire", ...unknown[]]>;
const STATE_AFTER = { pledge: "pledged", sell: "sold", release: "released", expire: "expired" } as const;

const isLive = (state: HoldState): boolean => state === "held" || state === "pledged" || state === "sold";

/**
 * The state of a shard: its log, folded. Entries change it and nothing else does, so whoever has the log has
 * the state: a shard that wakes up, the simulator, and whoever verifies an export. It holds no clock.
 */
export class Book {
  terms: Terms | undefined;
  isClosed = false;
  seed: string | undefined;
  /** Units dealt to this shard, and given back, in all; both only grow. */
  dealt = 0;
  returned = 0;
  /** Units in holds that are held or pledged, and units sold. */
  held = 0;
  sold = 0;
  readonly holds = new Map<string, Hold>();
  readonly tickets = new Map<BuyerId, Ticket>();
  readonly line = new Map<string, Waiter>();
  readonly #mine = new Map<BuyerId, Mine>();
  readonly #due = dueQueue<Hold>((hold) => (hold.state === "held" ? hold.expiresAt : undefined));

  /** Units that nobody has. */
  get free(): number {
    return this.dealt - this.returned - this.held - this.sold;
  }

  /** The hold that a buyer's key was answered with. */
  prior(buyerId: BuyerId, key: string): Hold | undefined {
    const mine = this.#mine.get(buyerId);
    if (mine === undefined) return undefined;
    for (const hold of mine.holds) if (hold.key === key) return hold;
    return undefined;
  }

  /** The units of a key whose hold ended so long ago that no more is known of it. */
  goneOf(buyerId: BuyerId, key: string): number | undefined {
    return this.#mine.get(buyerId)?.gone?.get(key);
  }

  /** Whether a buyer has let go so many holds that no more of their keys are remembered. */
  hasLetGoTooMany(buyerId: BuyerId): boolean {
    return (this.#mine.get(buyerId)?.gone?.size ?? 0) >= GONE_MAX;
  }

  /** Units in live holds of a buyer, bought ones included. */
  liveOf(buyerId: BuyerId): number {
    return this.#mine.get(buyerId)?.live ?? 0;
  }

  holdsOf(buyerId: BuyerId): readonly Hold[] {
    return this.#mine.get(buyerId)?.holds ?? [];
  }

  waiterOf(buyerId: BuyerId, key: string): Waiter | undefined {
    for (const waiter of this.line.values()) {
      if (waiter.buyerId === buyerId && waiter.key === key) return waiter;
    }
    return undefined;
  }

  /** Buyers with live holds: who is not among them can be told "sold out" without asking. */
  holders(): BuyerId[] {
    const found: BuyerId[] = [];
    for (const [buyerId, { live }] of this.#mine) if (live > 0) found.push(buyerId);
    return found;
  }

  /** When the next hold runs out. */
  nextExpiryAt(): number | undefined {
    return this.#due.firstAt();
  }

  /** The next hold whose time is over; it is to be ended by an entry before the next one is asked for. */
  firstDue(now: number): Hold | undefined {
    return this.#due.first(now);
  }

  apply(entry: Entry, at: number): void {
    switch (entry[0]) {
      case "hold":
        this.#hold(entry, at);
        break;
      case "dealt":
        this.dealt = Math.max(this.dealt, entry[1]);
        break;
      case "returned":
        this.returned += entry[1];
        break;
      case "open":
        this.terms = entry[1];
        break;
      case "close":
        this.isClosed = true;
        break;
      case "draw":
        this.seed = entry[1];
        break;
      case "join":
        this.tickets.set(entry[2], { id: entry[1], buyerId: entry[2], place: this.tickets.size });
        break;
      case "wait":
        this.line.set(entry[1], { id: entry[1], buyerId: entry[2], key: entry[3], quantity: entry[4] });
        break;
      case "leave":
        this.line.delete(entry[1]);
        break;
      default:
        this.#change(entry);
    }
  }

  #hold([, id, buyerId, key, quantity]: Extract<Entry, readonly ["hold", ...unknown[]]>, at: number): void {
    const expiresAt = at + (this.terms?.holdMs ?? 0);
    const hold: Hold = { id, buyerId, key, quantity, expiresAt, state: "held", orderGroupId: null };
    this.line.delete(id);
    this.held += quantity;
    this.holds.set(id, hold);
    const mine = this.#mine.get(buyerId);
    if (mine === undefined) this.#mine.set(buyerId, { live: quantity, holds: [hold] });
    else {
      mine.live += quantity;
      mine.holds.push(hold);
    }
    this.#due.add(hold);
  }

  #change(entry: Change): void {
    const hold = this.holds.get(entry[1]);
    if (hold === undefined) throw new Error(`no hold ${entry[1]}`);
    if (entry[0] === "extend") {
      hold.expiresAt = Math.max(hold.expiresAt, entry[2]);
      return;
    }
    if (entry[0] === "pledge") hold.orderGroupId = entry[2];
    this.#move(hold, STATE_AFTER[entry[0]]);
  }

  #move(hold: Hold, state: HoldState): void {
    const by = (one: HoldState) => (one === "held" || one === "pledged" ? hold.quantity : 0);
    const sold = (one: HoldState) => (one === "sold" ? hold.quantity : 0);
    this.held += by(state) - by(hold.state);
    this.sold += sold(state) - sold(hold.state);
    const mine = this.#mine.get(hold.buyerId);
    if (mine && isLive(hold.state) && !isLive(state)) {
      mine.live -= hold.quantity;
      this.#forget(mine);
    }
    if (mine && !isLive(hold.state) && isLive(state)) mine.live += hold.quantity;
    hold.state = state;
  }

  #forget(mine: Mine): void {
    const { holds } = mine;
    if (holds.length <= ENDED_MAX) return;
    const i = holds.findIndex((hold) => !isLive(hold.state));
    const [gone] = i < 0 ? [] : holds.splice(i, 1);
    if (gone === undefined) return;
    this.holds.delete(gone.id);
    mine.gone ??= new Map();
    mine.gone.set(gone.key, gone.quantity);
  }
}
