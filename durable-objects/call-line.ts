import { describeError } from "#kernel/away";
import { createIds, type Id } from "#kernel/ids";
import { openKeys } from "#kernel/keys";
import { err, type Result } from "#kernel/result";
import { newTraceId } from "#kernel/trace";
import { type CallEvent, type CallFrame, type CallNow, type Signal, zCallFrame } from "#party/protocol/call";
import { readGrant } from "#services/communication/videocall/domain/grant";
import {
  accept,
  type Call,
  comeBack,
  connected,
  dial,
  type Ended,
  expire,
  hangUp,
  hear,
  type Line,
  lose,
  type Media,
  type Message,
  measure,
  QUIET,
  type Step,
} from "#services/communication/videocall/domain/line";
import { CallEnded } from "#services/communication/videocall/facts";
import { migrate } from "./migrate.ts";
import { ObjectOutbox, OUTBOX_STEP } from "./outbox.ts";
import { openOwnCtx } from "./own-ctx.ts";
import { type Member, RoomDO, type RoomRules } from "./room.ts";
import { cellOf, idOf, onCallLine } from "./stubs.ts";

const STEPS = [
  `CREATE TABLE line (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, line TEXT NOT NULL)
     STRICT`,
  OUTBOX_STEP,
];
/** Candidates come in a burst; a phone that moves from one net to another sends two. */
const RULES: RoomRules<CallFrame> = {
  frames: zCallFrame,
  charsMax: 40_000,
  perSecond: 20,
  burst: 150,
  socketsMax: 8,
  socketsPerPersonMax: 8,
};
/** What the other side sent while this one was away for a moment; with more it starts anew. */
const WAITING_MAX = 64;
/** Frames of this side that were taken lately: one that comes again is answered and not passed on. */
const KNOWN_MAX = 256;

/** What passes between two lines without being kept. */
type Passing =
  | { readonly t: "signal"; readonly callId: Id<"call">; readonly signal: Signal }
  | { readonly t: "peer"; readonly callId: Id<"call">; readonly media: Media }
  | { readonly t: "page"; readonly callId: Id<"call">; readonly path: string }
  | { readonly t: "peer_lost" | "peer_back"; readonly callId: Id<"call"> };

type Changing = Exclude<CallFrame, { readonly t: "hello" | "device" | "stats" }>;

/**
 * A person's line, named `<cell>:call-line:<userId>`: the only writer of whether that person is in a call.
 * Two lines agree on a call by messages that bear repeating; what either missed, its deadline finds out.
 */
export class CallLineDO extends RoomDO<CallFrame, CallEvent> {
  readonly #sql: SqlStorage;
  readonly #outbox: ObjectOutbox;
  #line: Line = QUIET;
  #version = 0;
  #waiting: Passing[] = [];
  #known = new Set<string>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, RULES);
    this.#sql = ctx.storage.sql;
    this.#outbox = new ObjectOutbox(this.#sql);
    migrate(ctx.storage, STEPS);
    const query = "SELECT version, line FROM line";
    const [row] = this.#sql.exec<{ version: number; line: string }>(query).toArray();
    if (row) {
      this.#version = row.version;
      this.#line = JSON.parse(row.line) as Line;
    }
  }

  /** From the other person's line; the same message twice is once. */
  take(from: Id<"user">, message: Message): void {
    this.#go(hear(this.#line, { me: this.#me(), from, message, now: this.clock.now() }));
  }

  /** What the other side's device sends to this side's. */
  pass(from: Id<"user">, passing: Passing): void {
    const { call } = this.#line;
    if (call?.callId !== passing.callId || call.peerId !== from) return;
    if (passing.t === "peer") this.#keep({ ...call, peerMedia: passing.media });
    if (passing.t === "page") this.#keep({ ...call, page: passing.path });
    if (this.#toDevice(passing)) return;
    if (passing.t === "signal" && this.#waiting.length < WAITING_MAX) this.#waiting.push(passing);
  }

  override async alarm(): Promise<void> {
    this.#loseIfGone();
    this.#go(expire(this.#line, this.clock.now()));
    const ctx = await openOwnCtx(this.ctx, this.env, this.clock);
    const comeBackAt = await this.#outbox.post(ctx, this.ctx.id.name ?? "");
    this.#arm(comeBackAt);
  }

  /** A line is its owner's alone. */
  protected override admit({ personId }: Member): "call.not_yours" | undefined {
    return personId === this.#me() ? undefined : "call.not_yours";
  }

  protected override left(): void {
    this.#loseIfGone();
  }

  protected override receive(socket: WebSocket, member: Member, frame: CallFrame): void {
    const { call } = this.#line;
    if (frame.t === "hello") {
      this.send(socket, { t: "welcome", seq: this.#version, call: this.#now(socket) });
    } else if (frame.t === "device") this.#identify(socket, member, frame);
    else if (frame.t !== "stats") this.#answer(socket, member, frame);
    else if (call?.callId === frame.callId) this.#keep({ ...call, quality: measure(call.quality, frame) });
  }

  #answer(socket: WebSocket, member: Member, frame: Changing): void {
    const { cid } = frame;
    const outcome = this.#known.has(cid) ? undefined : this.#change(socket, member, frame);
    if (outcome && !outcome.ok) this.send(socket, { t: "error", code: outcome.code, re: cid });
    else {
      this.#remember(cid);
      this.send(socket, { t: "ack", cid, seq: this.#version });
    }
  }

  #change(socket: WebSocket, member: Member, frame: Changing): Result<Step, `call.${string}`> {
    const now = this.clock.now();
    const callId = frame.callId as Id<"call">;
    if (frame.t === "dial" || frame.t === "accept") this.#mark(socket, member, frame.device);
    if (frame.t === "dial") return this.#settle(this.#dial(frame));
    if (frame.t === "accept") return this.#settle(accept(this.#line, callId, frame.device, now));
    if (frame.t === "hangup") return this.#settle({ ok: true, value: hangUp(this.#line, callId, now) });
    const { call } = this.#line;
    if (call?.callId !== callId) return err("call.over");
    if (call.device !== deviceOf(socket)) return err("call.taken");
    if (frame.t === "connected") {
      return this.#settle({ ok: true, value: connected(this.#line, callId, now) });
    }
    if (frame.t === "signal") this.#passOn(call, { t: "signal", callId, signal: frame.signal });
    if (frame.t === "media") {
      this.#keep({ ...call, media: frame.media });
      this.#passOn(call, { t: "peer", callId, media: frame.media });
    }
    if (frame.t === "page") {
      this.#keep({ ...call, page: frame.path });
      this.#passOn(call, { t: "page", callId, path: frame.path });
    }
    return { ok: true, value: { line: this.#line, send: [], ended: null } };
  }

  #dial({ grant, device, ...frame }: Extract<CallFrame, { readonly t: "dial" }>) {
    const now = this.clock.now();
    const keys = openKeys(this.env, cellOf(this.ctx));
    const granted = readGrant(keys, grant, { callerId: this.#me(), now });
    if (!granted.ok) return granted;
    const { calleeId: peerId, subject } = granted.value;
    return dial(this.#line, { callId: frame.callId as Id<"call">, peerId, subject, device }, now);
  }

  #settle<C extends `call.${string}`>(result: Result<Step, C>): Result<Step, C> {
    if (result.ok) this.#go(result.value);
    return result;
  }

  /** The step is kept with what is to be told of it, then the devices and the other line hear of it. */
  #go({ line, send, ended }: Step): void {
    const before = this.#line;
    if (line !== before) {
      this.ctx.storage.transactionSync(() => {
        this.#write(line);
        if (ended?.side === "out") this.#tell(ended);
      });
      this.#arm(ended ? this.clock.now() : undefined);
    }
    if (ended) this.broadcast({ t: "ended", callId: ended.callId, outcome: ended.outcome });
    if (ended || line.call?.callId !== before.call?.callId) this.#waiting = [];
    if (line.call && hasMoved(before.call, line.call)) this.#show();
    for (const { to, message } of send) {
      this.#call(to, (stub) => stub.take(this.#me(), message));
    }
  }

  #write(line: Line): void {
    this.#version += 1;
    this.#line = line;
    const text = JSON.stringify(line);
    this.#sql.exec("INSERT OR REPLACE INTO line (one, version, line) VALUES (1, ?, ?)", this.#version, text);
  }

  #keep(call: Call): void {
    this.#write({ ...this.#line, call });
  }

  #tell(ended: Ended): void {
    const { callId, peerId: calleeId, subject, outcome, quality } = ended;
    const { startedAt, answeredAt, connectedAt, endedAt } = ended;
    const times = { startedAt, answeredAt, connectedAt, endedAt };
    const ids = createIds(this.clock);
    const maker = { ids, clock: this.clock, cell: cellOf(this.ctx), traceId: newTraceId() };
    const about = { callId, callerId: this.#me(), calleeId, subject, outcome, ...times, quality };
    this.#outbox.add(CallEnded.make(maker, { id: callId, version: 1 }, about));
  }

  /** A message that is lost is made up for by the other line's deadline. */
  #call(to: Id<"user">, message: Parameters<typeof onCallLine<void>>[2]): void {
    const where = { cell: cellOf(this.ctx), objects: this.env };
    const sent = onCallLine(where, to, message).catch((error: unknown) => {
      console.warn(JSON.stringify({ level: "warn", event: "call_line.unsent", error: describeError(error) }));
    });
    this.ctx.waitUntil(sent);
  }

  #passOn({ peerId }: Call, passing: Passing): void {
    this.#call(peerId, (stub) => stub.pass(this.#me(), passing));
  }

  #toDevice(event: CallEvent): boolean {
    const device = this.#line.call?.device;
    const socket = device ? this.#socketOf(device) : undefined;
    if (socket) this.send(socket, event);
    return socket !== undefined;
  }

  /** A tab that comes back takes its call up again, and gets what was sent to it meanwhile. */
  #identify(socket: WebSocket, member: Member, { device, callId }: Back): void {
    this.#mark(socket, member, device);
    const { call } = this.#line;
    if (callId !== undefined && call?.callId !== callId) {
      this.send(socket, { t: "error", code: "call.over", re: callId });
      return;
    }
    if (call?.device !== device) return;
    const wasLost = call.lostAt !== null;
    this.#go(comeBack(this.#line, this.clock.now()));
    for (const passing of this.#waiting.splice(0)) this.send(socket, passing);
    if (wasLost) this.#passOn(call, { t: "peer_back", callId: call.callId });
  }

  /** Nobody sees the end of a socket that a power cut ended, so the alarm looks as well. */
  #loseIfGone(): void {
    const before = this.#line.call;
    if (!before?.device || before.lostAt !== null || this.#socketOf(before.device)) return;
    this.#go(lose(this.#line, this.clock.now()));
    const { call } = this.#line;
    if (call && call.lostAt !== null) this.#passOn(call, { t: "peer_lost", callId: call.callId });
  }

  #mark(socket: WebSocket, member: Member, device: string): void {
    socket.serializeAttachment({ ...member, device });
  }

  #socketOf(device: string): WebSocket | undefined {
    return this.ctx
      .getWebSockets()
      .find((socket) => socket.readyState === WebSocket.OPEN && deviceOf(socket) === device);
  }

  #show(): void {
    for (const socket of this.ctx.getWebSockets()) {
      const call = this.#now(socket);
      if (call) this.send(socket, { t: "call", call });
    }
  }

  #now(socket: WebSocket): CallNow | null {
    const { call } = this.#line;
    if (!call) return null;
    const { callId, side, peerId, phase, startedAt, page, subject, media, peerMedia, device } = call;
    const isMine = device !== null && device === deviceOf(socket);
    return { callId, side, peerId, phase, startedAt, page, subject, media, peerMedia, isMine };
  }

  #remember(cid: string): void {
    this.#known.add(cid);
    const [oldest] = this.#known;
    if (oldest !== undefined && this.#known.size > KNOWN_MAX) this.#known.delete(oldest);
  }

  #me(): Id<"user"> {
    return idOf(this.ctx) as Id<"user">;
  }

  /** At the call's deadline, or sooner where something waits to be posted. */
  #arm(at = Number.POSITIVE_INFINITY): void {
    const next = Math.min(at, this.#line.call?.deadline ?? Number.POSITIVE_INFINITY);
    if (next !== Number.POSITIVE_INFINITY) void this.ctx.storage.setAlarm(next);
  }
}

type Back = { readonly device: string; readonly callId?: string | undefined };

const hasMoved = (before: Call | null, after: Call): boolean =>
  before?.callId !== after.callId || before.phase !== after.phase || before.device !== after.device;

const deviceOf = (socket: WebSocket): string | undefined =>
  (socket.deserializeAttachment() as { readonly device?: string } | null)?.device;
