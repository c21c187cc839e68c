import { DurableObject } from "cloudflare:workers";
import { type Clock, MINUTE_MS, systemClock } from "#kernel/clock";
import { createGroupCommit } from "#kernel/group-commit";
import { createIds, type Id } from "#kernel/ids";
import { randomBytes } from "#kernel/random";
import { err, ok } from "#kernel/result";
import { newTraceId } from "#kernel/trace";
import type { Ack, ErrorFrame } from "#party/protocol/wire";
import { type Act, type Actor, decideAct } from "#services/communication/livestream/domain/act";
import { type Auction, decideOutcome } from "#services/communication/livestream/domain/auction";
import {
  type Direction,
  type DirectRefusal,
  decideDirection,
  dueChanges,
  nextDueAt,
} from "#services/communication/livestream/domain/direct";
import type { Change, LiveEvent, Phase } from "#services/communication/livestream/domain/event";
import { findLot, type Lot } from "#services/communication/livestream/domain/lot";
import {
  type PublicEvent,
  snapshotOf,
  tallies,
  toPublic,
} from "#services/communication/livestream/domain/public";
import {
  applyEvent,
  type Deal,
  emptyState,
  type LiveState,
} from "#services/communication/livestream/domain/state";
import { type ExportPage, exportRows } from "./export.ts";
import { type Imported, type ImportPage, importRows } from "./import.ts";
import { factOf } from "./live-facts.ts";
import { LIVE_STEPS, LiveLog, type Logged } from "./live-log.ts";
import { type Downward, LiveRelays } from "./live-relays.ts";
import { migrate } from "./migrate.ts";
import { ObjectOutbox, OUTBOX_STEP } from "./outbox.ts";
import { openOwnCtx } from "./own-ctx.ts";
import { cellOf, idOf, onAudienceRelay, onSaleCoordinator } from "./stubs.ts";

/** Frames go down five times a second at most: what happens meanwhile is one frame. */
const FLUSH_MS = 200;
/** What happens first after a quiet while waits this long for what happens with it. */
const GATHER_MS = 5;
/** Slow mode never looks back further. */
const SPOKEN_MS = 10 * MINUTE_MS;
/** Events of one answer. */
const READ_MAX = 500;
const SEED_BYTES = 32;
/** Between two looks at what is left of a deal. */
const WATCH_MS = 500;

export type Doing = { readonly actor: Actor; readonly cid: string; readonly act: Act };
export type Upward = {
  readonly relayId: string;
  readonly doings: readonly Doing[];
  readonly hearts: number;
  readonly viewers: number;
};
type Reply = Ack | ErrorFrame;
export type Attached = {
  readonly seq: number;
  /** JSON of the room, its hearts and viewers: relays send it on as it is. */
  readonly body: string;
  readonly removed: readonly string[];
};
type Directed =
  | { readonly ok: true; readonly value: { readonly seq: number } }
  | { readonly ok: false; readonly code: DirectRefusal };

/**
 * The only writer of one show, named `<cell>:livestream-room:<livestreamId>`; it holds no socket. Relays
 * bring what viewers do, many at once, and take down one frame for all of them. Its memory is a fold of its
 * events, which are chained by hash; what is answered is on disk.
 */
export class LivestreamRoomDO extends DurableObject<Env> {
  clock: Clock = systemClock;
  readonly #sql: SqlStorage;
  readonly #log: LiveLog;
  readonly #outbox: ObjectOutbox;
  readonly #submit = createGroupCommit((doings: readonly Doing[]) => this.#commit(doings));
  #state: LiveState = emptyState();
  #hearts = 0;
  readonly #relays: LiveRelays;
  #flushedSeq = 0;
  #flushedAt = 0;
  /** What viewers are to see of each event: as the room stood right after it. */
  #pending: PublicEvent[] = [];
  #removing: string[] = [];
  #pendingHearts = 0;
  #isDirty = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watching: ReturnType<typeof setTimeout> | undefined;
  #armedAt = Number.POSITIVE_INFINITY;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#log = new LiveLog(this.#sql);
    this.#outbox = new ObjectOutbox(this.#sql);
    this.#relays = new LiveRelays(this.#sql, (relayId, frames) => this.#deliver(relayId, frames));
    migrate(ctx.storage, [...LIVE_STEPS, OUTBOX_STEP]);
    this.#rebuild();
  }

  /** For backups. */
  exportRows(after: string): ExportPage {
    return exportRows(this.ctx.storage, after);
  }

  importRows(page: ImportPage): Imported {
    return importRows(this.ctx.storage, page);
  }

  /** What is in memory is of before the import: the next call finds the object made from its rows. */
  restart(): void {
    this.ctx.abort("restored");
  }

  /** A relay has its first viewer, or has missed a frame. */
  attach(relayId: string): Attached {
    this.#relays.hear(relayId, undefined, this.clock.now());
    // What is not flushed yet is in this answer, and comes again with the next frame: the relay drops it.
    const { seq, removed } = this.#state;
    const room = snapshotOf(this.#state, this.#roomId());
    const body = JSON.stringify({ room, hearts: this.#hearts, viewers: this.#relays.viewers() });
    return { seq, body, removed: [...removed] };
  }

  /** What a relay's viewers did since it last came; answered in that order, each after it is on disk. */
  async up({ relayId, doings, hearts, viewers }: Upward): Promise<readonly Reply[]> {
    if (this.#relays.hear(relayId, viewers, this.clock.now())) this.#isDirty = true;
    if (hearts > 0) {
      this.#hearts += hearts;
      this.#pendingHearts += hearts;
    }
    if (this.#isDirty || this.#pendingHearts > 0) this.#flushSoon();
    return Promise.all(doings.map((doing) => this.#submit(doing)));
  }

  /** Idempotent by its key. */
  direct(order: {
    readonly key: string;
    readonly by: string;
    readonly role: string;
    readonly direction: Direction;
  }): Directed {
    const { key: cid, by, role, direction } = order;
    return this.#write((now) => {
      const source = { personId: by, cid };
      const prior = this.#log.findPrior(source);
      if (prior !== undefined) return ok({ seq: prior });
      this.#catchUp(now);
      const seed = Buffer.from(randomBytes(SEED_BYTES)).toString("hex");
      const message = "messageSeq" in direction ? this.#log.find(direction.messageSeq) : undefined;
      const author = message?.t === "message" ? message : undefined;
      const decision = decideDirection(this.#state, { direction, role, by, now, seed, author });
      if (!decision.ok) return err(decision.code);
      return ok({ seq: this.#append(decision.value, now, source).seq });
    });
  }

  /** The show has come to another phase; the same again changes nothing. */
  enter({ phase, videoUid }: { readonly phase: Phase; readonly videoUid: string | null }): number {
    return this.#write((now) => {
      const isNews = phase !== this.#state.phase || (videoUid !== null && videoUid !== this.#state.videoUid);
      // A show that is over stays over, however late a word of its beginning comes.
      if (isNews && this.#state.phase !== "ended") this.#append({ t: "phase", phase, videoUid }, now);
      return this.#state.seq;
    });
  }

  /** What became of an award: the clock alone is not enough to say so. Idempotent. */
  conclude(outcome: { readonly auctionId: number } & Parameters<typeof decideOutcome>[1]): boolean {
    return this.#write((now) => {
      this.#catchUp(now);
      const decision = decideOutcome(this.#state.auctions.get(outcome.auctionId), outcome, now);
      if (decision === "news") this.#append(outcome, now);
      return decision !== "refused";
    });
  }

  /** How the auction of a unit stands, after what the clock has brought about. */
  lot(unit: Parameters<typeof findLot>[1]): Lot | undefined {
    return this.#write((now) => {
      this.#catchUp(now);
      return findLot(this.#state.auctions, unit);
    });
  }

  /** Where this was directed before. */
  directed(order: { readonly key: string; readonly by: string }): number | undefined {
    return this.#log.findPrior({ personId: order.by, cid: order.key });
  }

  auction(auctionId: number): Auction | undefined {
    return this.#state.auctions.get(auctionId);
  }

  /** The sale behind a deal; undefined where nothing of that number was opened. */
  saleOf(dealId: number): string | undefined {
    return this.#state.deals.get(dealId)?.saleId;
  }

  /** The log with its hashes, for whoever wants to prove what was shown. */
  read(since: number, limit = READ_MAX): readonly Logged[] {
    return this.#log.read(since, Math.min(limit, READ_MAX));
  }

  override async alarm(): Promise<void> {
    this.#armedAt = Number.POSITIVE_INFINITY;
    this.#write((now) => this.#catchUp(now));
    const comeBackAt = await this.#outbox.post(
      await openOwnCtx(this.ctx, this.env, this.clock),
      this.ctx.id.name ?? "",
    );
    this.#arm(Math.min(comeBackAt ?? Number.POSITIVE_INFINITY, nextDueAt(this.#state)));
  }

  #commit(doings: readonly Doing[]): readonly Reply[] {
    const roomId = this.#roomId();
    return this.#write((now) => {
      this.#catchUp(now);
      return doings.map(({ actor, cid, act }): Reply => {
        const source = { personId: actor.personId, cid };
        const prior = this.#log.findPrior(source);
        if (prior !== undefined) return { t: "ack", cid, seq: prior };
        const decision = decideAct(this.#state, { roomId, actor, act, now });
        if (!decision.ok) return { t: "error", code: decision.code, re: cid };
        return { t: "ack", cid, seq: this.#append(decision.value, now, source).seq };
      });
    });
  }

  /** One transaction; when it fails, memory is read anew from what is on disk. */
  #write<T>(work: (now: number) => T): T {
    try {
      const value = this.ctx.storage.transactionSync(() => work(this.clock.now()));
      this.#arm(Math.min(this.#outbox.oldestAt() ?? Number.POSITIVE_INFINITY, nextDueAt(this.#state)));
      if (this.#pending.length > 0 || this.#isDirty) this.#flushSoon();
      this.#watchDeal();
      return value;
    } catch (error) {
      this.#rebuild();
      throw error;
    }
  }

  /** While a deal runs the sale's engine is asked what is left; when all is sold the deal is over. */
  #watchDeal(): void {
    const deal = [...this.#state.deals.values()].find(({ state }) => state === "open");
    if (!deal) return;
    this.#watching ??= setTimeout(() => {
      this.#watching = undefined;
      this.ctx.waitUntil(this.#lookAt(deal).finally(() => this.#watchDeal()));
    }, WATCH_MS);
  }

  async #lookAt({ id, saleId, units }: Deal): Promise<void> {
    const where = { cell: cellOf(this.ctx), objects: this.env };
    const asked = onSaleCoordinator(where, saleId as Id<"sale">, (sale) => sale.state());
    const state = await asked.catch(() => undefined);
    if (!state) return;
    const left = Math.max(0, units - state.held - state.sold);
    this.#write((now) => {
      const deal = this.#state.deals.get(id);
      if (deal?.state !== "open") return;
      if (deal.left !== left) this.#append({ t: "deal_stock", dealId: id, left }, now);
      if (state.sold >= units) this.#append({ t: "deal_closed", dealId: id }, now);
    });
  }

  #append(
    change: Change,
    now: number,
    source?: { readonly personId: string; readonly cid: string },
  ): LiveEvent {
    const event = this.#log.append(change, now, source);
    const auction = event.t === "bid" ? this.#state.auctions.get(event.auctionId) : undefined;
    const outbidBefore = auction?.outbid.length ?? 0;
    applyEvent(this.#state, event);
    const shown = toPublic(this.#state, this.#roomId(), event);
    if (shown) this.#pending.push(shown);
    else this.#isDirty = true;
    if (event.t === "removed") this.#removing.push(event.personId);
    this.#tell(event, outbidBefore);
    return event;
  }

  /** What the clock has brought about comes before what is decided now. */
  #catchUp(now: number): void {
    for (const change of dueChanges(this.#state, now)) this.#append(change, now);
  }

  /** Facts that others act on. */
  #tell(event: LiveEvent, outbidBefore: number): void {
    const telling = {
      livestreamId: this.#roomId(),
      maker: () => this.#maker(),
      entrants: (giveawayId: number, drawn: readonly string[]) => this.#entrants(giveawayId, drawn),
    };
    const fact = factOf(this.#state, event, telling, outbidBefore);
    if (fact) this.#outbox.add(fact);
  }

  /** The accounts behind the names that were drawn. */
  #entrants(giveawayId: number, drawn: readonly string[]): Id<"user">[] {
    const query = `SELECT body ->> 'personId' AS id, body ->> 'who' AS who FROM event
      WHERE t = 'entered' AND body ->> 'giveawayId' = ?`;
    const rows = this.#sql.exec<{ id: string; who: string }>(query, giveawayId).toArray();
    const byName = new Map(rows.map(({ id, who }) => [who, id]));
    return drawn.map((who) => byName.get(who) as Id<"user">);
  }

  /** What happens after a quiet while goes down at once; after that a frame every so often has it all. */
  #flushSoon(): void {
    const wait = Math.max(GATHER_MS, this.#flushedAt + FLUSH_MS - Date.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flushedAt = Date.now();
      this.#flush();
    }, wait);
  }

  #flush(): void {
    const [events, removed] = [this.#pending, this.#removing];
    const from = this.#flushedSeq;
    const { seq } = this.#state;
    const frame = {
      ...{ t: "batch", events, ...(seq > from ? { seq } : {}) },
      hearts: this.#hearts,
      viewers: this.#relays.viewers(),
      ...tallies(this.#state),
      now: this.clock.now(),
    };
    const down: Downward = { from, seq, text: JSON.stringify(frame), removed };
    this.#pending = [];
    this.#removing = [];
    this.#isDirty = false;
    this.#flushedSeq = seq;
    if (this.#pendingHearts > 0) this.#keepHearts();
    this.#relays.deliver(down, this.clock.now());
  }

  #deliver(relayId: string, frames: readonly Downward[]): Promise<void> {
    const where = { cell: cellOf(this.ctx), objects: this.env };
    const sent = onAudienceRelay(where, relayId, (relay) => relay.deliver(frames));
    this.ctx.waitUntil(sent.catch(() => undefined));
    return sent;
  }

  #keepHearts(): void {
    this.#pendingHearts = 0;
    this.#sql.exec("INSERT OR REPLACE INTO tally (one, hearts) VALUES (1, ?)", this.#hearts);
  }

  #roomId(): Id<"livestream"> {
    return idOf(this.ctx) as Id<"livestream">;
  }

  #maker() {
    const ids = createIds(this.clock);
    return { ids, clock: this.clock, cell: cellOf(this.ctx), traceId: newTraceId() };
  }

  #arm(at: number): void {
    if (at >= this.#armedAt) return;
    this.#armedAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  #rebuild(): void {
    this.#log.reload();
    this.#state = emptyState();
    for (const event of this.#log.replay(this.clock.now() - SPOKEN_MS)) applyEvent(this.#state, event);
    const tally = this.#sql.exec<{ hearts: number }>("SELECT hearts FROM tally").toArray();
    this.#hearts = tally[0]?.hearts ?? 0;
    this.#relays.rebuild(this.clock.now());
    this.#pending = [];
    this.#removing = [];
    // A relay that heard less than this finds a gap in the next frame.
    this.#flushedSeq = this.#state.seq;
    this.#armedAt = Number.POSITIVE_INFINITY;
  }
}
