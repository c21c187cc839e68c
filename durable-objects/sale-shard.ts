import { createIds, type Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";
import { newTraceId } from "#kernel/trace";
import {
  type ClaimFrame,
  type SaleEvent,
  type SaleFrame,
  type SaleHold,
  saleFrames,
} from "#party/protocol/sale";
import {
  type Claim,
  decideMove,
  decideServe,
  decideWait,
  findHold,
  type HoldMove,
  type HoldRefusal,
  type WaitRefusal,
} from "#services/marketing/flash-sale/domain/decide";
import type { BuyerId, Group, Hold, Ticket } from "#services/marketing/flash-sale/domain/entry";
import { spareOf, type Totals } from "#services/marketing/flash-sale/domain/ledger";
import { admittedAt } from "#services/marketing/flash-sale/domain/lottery";
import { type Band, bandOf, hashOf, shardOf } from "#services/marketing/flash-sale/domain/sale";
import { TurnCame } from "#services/marketing/flash-sale/facts";
import { migrate } from "./migrate.ts";
import { ObjectOutbox, OUTBOX_STEP } from "./outbox.ts";
import { openOwnCtx } from "./own-ctx.ts";
import { type Member, RoomDO } from "./room.ts";
import { FrameGate, logFailure, refuse } from "./room-gate.ts";
import { type ClaimAnswer, type Deal, type HoldView, SaleKeeper } from "./sale-keeper.ts";
import { LOG_STEP } from "./sale-log.ts";
import { cellOf, idOf, onSaleCoordinator } from "./stubs.ts";

/** Expiries are gathered over this, or each of ten thousand holds would wake the shard. */
const ALARM_GRAIN_MS = 250;
/** Beyond this the edge asks the shard each time: a list of holders would be larger than what it saves. */
const HOLDERS_MAX = 20_000;
/** Buyers of a sale are spread over its shards; more sockets than this want more shards. */
const SOCKETS_MAX = 10_000;

const BUYER_RULES = { frames: saleFrames, charsMax: 512, perSecond: 5, burst: 20 };
/** A service's socket carries the claims of many buyers; its key is limited before it gets a ticket. */
const SERVICE_RULES = { ...BUYER_RULES, perSecond: 1_000_000, burst: 1_000_000 };
const SERVICE = "service";

export type ShardState = Totals & { readonly held: number; readonly sold: number; readonly line: number };
export type TicketView = Ticket & { readonly admittedAt: number | null };

/**
 * The only writer of one shard of a sale, named `<cell>:sale-shard:<saleId>.<n>`; up to 1,000 claims a second
 * in production. Its book is its log folded (docs/flash-sale.md): one row a group, and the answers after it.
 */
export class SaleShardDO extends RoomDO<SaleFrame, SaleEvent> {
  readonly #keeper: SaleKeeper;
  readonly #outbox: ObjectOutbox;
  readonly #service = new FrameGate<SaleFrame>(SERVICE_RULES, () => this.clock);
  readonly #ids = createIds({ now: () => this.clock.now() });
  #band: Band | undefined;
  #armedAt = Number.POSITIVE_INFINITY;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, { ...BUYER_RULES, socketsMax: SOCKETS_MAX, socketsPerPersonMax: 3 });
    migrate(ctx.storage, [LOG_STEP, OUTBOX_STEP]);
    this.#outbox = new ObjectOutbox(ctx.storage.sql);
    this.#keeper = new SaleKeeper({
      storage: ctx.storage,
      clock: () => this.clock,
      ask: (totals, want) => this.#coordinator((sale) => sale.refill(this.#shard, totals, want)),
      wrote: () => this.#wrote(),
    });
  }

  /** Idempotent by (buyer, key). */
  claim(claim: Claim): Promise<ClaimAnswer> {
    return new Promise((resolve, reject) => {
      this.#keeper.enqueue({ claim, reply: resolve, fail: reject });
    });
  }

  /** For orders: prolongs, pledges, sells or releases a hold. */
  move(owned: Parameters<typeof findHold>[1], move: HoldMove): Result<HoldView, HoldRefusal> {
    const keeper = this.#keeper;
    const moved = keeper.write((now, record) => {
      const hold = findHold(keeper.book, owned);
      const decision = decideMove(hold, move, now);
      if (!decision.ok) return decision;
      if (decision.value) record(decision.value);
      return ok(keeper.view(hold as Hold));
    });
    if ((move.move === "release" || move.move === "give_back") && moved.ok) this.#freed();
    return moved;
  }

  find(owned: Parameters<typeof findHold>[1]): HoldView | undefined {
    const hold = findHold(this.#keeper.book, owned);
    return hold && this.#keeper.view(hold);
  }

  list(buyerId: BuyerId): readonly HoldView[] {
    return this.#keeper.book.holdsOf(buyerId).map((hold) => this.#keeper.view(hold));
  }

  /** Stands in line for what comes back; the coordinator numbers the line over all shards. */
  async wait(claim: Claim): Promise<Result<{ readonly holdId: Id<"hold"> }, WaitRefusal>> {
    const keeper = this.#keeper;
    await keeper.learnTerms();
    const answer = keeper.write((now, record) => {
      const decision = decideWait(keeper.book, claim, now);
      if (!decision.ok) return decision;
      if ("id" in decision.value) {
        return ok({ holdId: decision.value.id, isServed: "state" in decision.value });
      }
      record(decision.value);
      return ok({ holdId: claim.holdId, isServed: false });
    });
    if (!answer.ok) return answer;
    const { holdId, isServed } = answer.value;
    if (isServed) return ok({ holdId });
    keeper.hasLine = true;
    await this.#coordinator((sale) => sale.enlist(this.#shard, { holdId, quantity: claim.quantity }));
    this.#freed();
    return ok({ holdId });
  }

  /** Takes a place in the waiting room. A draw has no place for who comes after it. */
  async join(buyerId: BuyerId, ticketId: string): Promise<Result<TicketView, "flash_sale.no_queue">> {
    const keeper = this.#keeper;
    await keeper.learnTerms();
    return keeper.write((now, record) => {
      const { terms, seed, tickets } = keeper.book;
      if (terms === undefined || terms.queue === "none") return err("flash_sale.no_queue");
      const isDrawn = terms.queue === "lottery" && (seed !== undefined || now >= terms.startsAt);
      if (!tickets.has(buyerId) && isDrawn) return err("flash_sale.no_queue");
      if (!tickets.has(buyerId)) record(["join", ticketId, buyerId]);
      return ok(this.ticket(buyerId) as TicketView);
    });
  }

  ticket(buyerId: BuyerId): TicketView | undefined {
    const { book } = this.#keeper;
    const ticket = book.tickets.get(buyerId);
    return ticket && { ...ticket, admittedAt: admittedAt(book, buyerId) ?? null };
  }

  /** The seed is public from now on, and each ticket has its place. */
  draw(seed: string): void {
    this.#keeper.write((_, record) => {
      if (this.#keeper.book.seed === undefined) record(["draw", seed]);
    });
  }

  /** What the coordinator says unasked: terms and first units before the start, stock that came back. */
  hear(deal: Deal): ShardState {
    this.#keeper.write((_, record) => {
      this.#keeper.take(deal, record);
      this.#keeper.yieldFree(record);
    });
    this.#tellBand();
    // What came back while this was on its way is not known there.
    if (deal.left === 0) this.#freed();
    return this.totals();
  }

  /** Gives up half of what lies free, the last unit included. */
  spare(): ShardState {
    this.#keeper.write((_, record) => {
      const units = spareOf(this.#keeper.book.free);
      if (units > 0) record(["returned", units]);
    });
    return this.totals();
  }

  /** Units have come for these, who are next in line. */
  serve(deal: Deal, holdIds: readonly Id<"hold">[]): ShardState {
    const { book } = this.#keeper;
    const served = this.#keeper.write((now, record) => {
      this.#keeper.take(deal, record);
      const holds = holdIds.flatMap((holdId) => {
        const entry = decideServe(book, holdId, now);
        if (entry) record(entry);
        const hold = entry?.[0] === "hold" ? book.holds.get(holdId) : undefined;
        if (hold === undefined) return [];
        const { buyerId, quantity, expiresAt } = hold;
        const about = { saleId: idOf(this.ctx).split(".")[0] as Id<"sale">, buyerId, quantity, expiresAt };
        this.#outbox.add(TurnCame.make(this.#maker(), { id: holdId, version: 1 }, about));
        return [hold];
      });
      // What somebody could no longer have is the next one's.
      if (book.free > 0) record(["returned", book.free]);
      return holds;
    });
    for (const hold of served) this.#tellTurn(hold);
    if (served.length > 0) this.#arm(this.clock.now());
    return this.totals();
  }

  /** The sale is over: nothing is held anew, and what is free goes back. Live holds go their way. */
  close(): ShardState {
    const { book } = this.#keeper;
    this.#keeper.write((_, record) => {
      if (!book.isClosed) record(["close"]);
      for (const { id } of [...book.line.values()]) record(["leave", id]);
      if (book.free > 0) record(["returned", book.free]);
    });
    return this.totals();
  }

  totals(): ShardState {
    const { held, sold, line } = this.#keeper.book;
    return { ...this.#keeper.totals(), held, sold, line: line.size };
  }

  /** When nothing is left: hashes of those who hold something, so that the edge can answer all others. */
  async soldOut(): Promise<readonly number[] | undefined> {
    if (!(await this.#keeper.confirmDry())) return undefined;
    const holders = this.#keeper.book.holders();
    return holders.length > HOLDERS_MAX ? undefined : holders.map(hashOf);
  }

  /** The log, for whoever wants to verify it. */
  export(after: number, limit: number): readonly Group[] {
    return this.#keeper.log.read(after, limit);
  }

  override async alarm(): Promise<void> {
    this.#armedAt = Number.POSITIVE_INFINITY;
    this.#keeper.write(() => undefined);
    this.#freed();
    this.#wrote();
    if (this.#outbox.oldestAt() !== undefined) {
      const ctx = await openOwnCtx(this.ctx, this.env, this.clock);
      const comeBackAt = await this.#outbox.post(ctx, this.ctx.id.name ?? "");
      if (comeBackAt !== undefined) this.#arm(comeBackAt);
    }
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const member = this.memberOf(socket);
    if (member.role !== SERVICE) return super.webSocketMessage(socket, message);
    const frame = this.#service.read(socket, message);
    if (frame !== undefined) this.receive(socket, member, frame);
  }

  protected override receive(socket: WebSocket, member: Member, frame: SaleFrame): void {
    switch (frame.t) {
      case "claim":
        this.#claimBySocket(socket, member, frame);
        break;
      case "hello":
        this.#welcome(socket, member);
        break;
      case "release":
        this.#releaseBySocket(socket, member.personId as BuyerId, frame);
        break;
      case "wait": {
        const buyerId = member.personId as BuyerId;
        const claim = { holdId: this.#ids.next("hold"), buyerId, key: frame.cid, quantity: frame.quantity };
        this.ctx.waitUntil(this.#waitBySocket(socket, claim));
      }
    }
  }

  #claimBySocket(socket: WebSocket, member: Member, frame: ClaimFrame): void {
    const { cid, quantity, buyerId = member.personId as BuyerId } = frame;
    if (buyerId !== member.personId && member.role !== SERVICE) {
      refuse(socket, "flash_sale.not_yours", { re: cid });
      return;
    }
    const { terms } = this.#keeper.book;
    if (member.role === SERVICE && terms && shardOf(buyerId, terms.shards) !== this.#shard) {
      // The limit is exact because a buyer meets no other shard than his own.
      refuse(socket, "flash_sale.elsewhere", { re: cid });
      return;
    }
    this.#keeper.enqueue({
      claim: { holdId: this.#ids.next("hold"), buyerId, key: cid, quantity },
      reply: (answer) => {
        if (!answer.ok) refuse(socket, answer.code, { re: cid });
        else this.send(socket, { t: "ack", cid, seq: answer.value.seq, hold: toSocket(answer.value) });
      },
      fail: (error) => this.#failed(socket, cid, error),
    });
  }

  #releaseBySocket(
    socket: WebSocket,
    buyerId: BuyerId,
    { cid, holdId }: Extract<SaleFrame, { t: "release" }>,
  ): void {
    const released = this.move({ holdId, buyerId }, { move: "give_back" });
    if (!released.ok) refuse(socket, released.code, { re: cid });
    else this.send(socket, { t: "ack", cid, seq: released.value.seq, hold: toSocket(released.value) });
  }

  async #waitBySocket(socket: WebSocket, claim: Claim): Promise<void> {
    try {
      const answer = await this.wait(claim);
      if (answer.ok) this.send(socket, { t: "ack", cid: claim.key, seq: this.#keeper.log.seq });
      else refuse(socket, answer.code, { re: claim.key });
    } catch (error) {
      this.#failed(socket, claim.key, error);
    }
  }

  #failed(socket: WebSocket, cid: string, error: unknown): void {
    logFailure(this.ctx.id.name, "sale.failed", error);
    refuse(socket, "room.internal", { re: cid });
  }

  #welcome(socket: WebSocket, member: Member): void {
    const { terms } = this.#keeper.book;
    this.send(socket, {
      t: "welcome",
      seq: this.#keeper.log.seq,
      now: this.clock.now(),
      startsAt: terms?.startsAt ?? null,
      endsAt: terms?.endsAt ?? null,
      band: this.#bandNow() ?? "gone",
      holds: this.list(member.personId as BuyerId).map(toSocket),
    });
  }

  #bandNow(): Band | undefined {
    const { terms } = this.#keeper.book;
    const { left = 0, book, isDry } = this.#keeper;
    return terms && bandOf(terms, isDry ? 0 : Math.max(left, book.free));
  }

  #tellBand(): void {
    const band = this.#bandNow();
    if (band === undefined || band === this.#band) return;
    this.#band = band;
    this.broadcast({ t: "band", band, now: this.clock.now() });
  }

  #tellTurn(hold: Hold): void {
    const view = this.#keeper.view(hold);
    const frame: SaleEvent = { t: "turn", seq: view.seq, hold: toSocket(view) };
    this.broadcast(frame, (member) => member.personId === hold.buyerId);
  }

  get #shard(): number {
    return Number(idOf(this.ctx).split(".")[1]);
  }

  #coordinator<T>(call: Parameters<typeof onSaleCoordinator<T>>[2]) {
    const [saleId] = idOf(this.ctx).split(".");
    return onSaleCoordinator({ cell: cellOf(this.ctx), objects: this.env }, saleId as Id<"sale">, call);
  }

  /** What came back belongs to the line, or to whoever was told that nothing is left. */
  #freed(): void {
    const keeper = this.#keeper;
    const { book, hasLine } = keeper;
    if (book.free === 0) return;
    if (hasLine || book.isClosed) keeper.write((_, record) => record(["returned", book.free]));
    else if (keeper.left !== undefined && keeper.left > 0) return;
    const told = this.#coordinator((sale) => sale.report(this.#shard, this.totals()));
    this.ctx.waitUntil(told.catch((error) => logFailure(this.ctx.id.name, "sale.unreported", error)));
  }

  #wrote(): void {
    const at = this.#keeper.book.nextExpiryAt();
    if (at !== undefined) this.#arm(Math.ceil(at / ALARM_GRAIN_MS) * ALARM_GRAIN_MS);
    this.#tellBand();
  }

  /** Not awaited: a write of storage holds back the answer until it is on disk. */
  #arm(at: number): void {
    if (at >= this.#armedAt) return;
    this.#armedAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  /** What a fact needs; it is made inside a group, where nothing can be waited for. */
  #maker() {
    return {
      ids: this.#ids,
      clock: this.clock,
      cell: cellOf(this.ctx),
      traceId: newTraceId(),
    };
  }
}

const toSocket = ({ id, quantity, state, expiresAt }: HoldView): SaleHold => ({
  id,
  quantity,
  state,
  expiresAt,
});
