import type { Connection } from "partyserver";
import { SECOND_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import type { Downward } from "#objects/live-relays";
import type { Attached, Doing } from "#objects/livestream-room";
import type { Member, RoomRules } from "#objects/room";
import { dismiss, sendText } from "#objects/room-gate";
import { cellOf, idOf, onLivestreamRoom } from "#objects/stubs";
import { whoIs } from "#services/communication/livestream/domain/state";
import { type ActFrame, type LiveAnswer, type LiveFrame, zLiveFrame } from "./protocol/livestream.ts";
import { type Ack, CLOSE, type ErrorFrame } from "./protocol/wire.ts";
import { PartyRoom } from "./wrapper.ts";

const RULES: RoomRules<LiveFrame> = {
  frames: zLiveFrame,
  charsMax: 2_048,
  perSecond: 5,
  burst: 20,
  // A frame reaches this many sockets in some hundred milliseconds; the platform itself allows 32,768.
  socketsMax: 10_000,
  socketsPerPersonMax: 3,
};

/** What viewers do within so long goes up as one call. */
const GATHER_MS = 5;
/** Hearts and counts are no news to hurry with. */
const COUNT_MS = 500;
/** The room forgets a relay that it has not heard of for a minute. */
const REPORT_MS = 20 * SECOND_MS;

/** A relay sleeps after some ten seconds in which nothing happens. */
const KEEP_MS = 2 * SECOND_MS;
const TOLD = "told";
const REMOVED = "removed ";

type Waiting = { readonly doing: Doing; readonly socket: WebSocket };

/**
 * Holds a part of a show's viewers, named `<cell>:audience-relay:<livestreamId>~<number>`: what they do goes
 * up to the room in one call, what happened comes down as one frame for all. The room is the only writer; a
 * relay keeps how far it has told its sockets, and asks for the room as it stands where it missed something.
 */
export class AudienceRelay extends PartyRoom<LiveFrame, LiveAnswer> {
  #view: Attached | undefined;
  #attaching: Promise<Attached> | undefined;
  #telling: Promise<void> | undefined;
  /** Up to where the sockets here were told, or less; undefined where nothing is known of it. */
  #toldSeq: number | undefined;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  readonly #removed = new Set<string>();
  #waiting: Waiting[] = [];
  #hearts = 0;
  #timer: { readonly at: number; readonly id: ReturnType<typeof setTimeout> } | undefined;
  #isReporting = false;
  /** Counted along: asking the runtime for all sockets at each hello would grow with their square. */
  #viewers: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, RULES);
    this.#toldSeq = ctx.storage.kv.get<number>(TOLD);
    for (const [name] of ctx.storage.kv.list({ prefix: REMOVED })) {
      this.#removed.add(name.slice(REMOVED.length));
    }
    this.#viewers = ctx.getWebSockets().length;
  }

  /** Frames of the room, in order. One that does not follow the last means that something was missed. */
  async deliver(frames: readonly Downward[]): Promise<void> {
    for (const personId of frames.flatMap(({ removed }) => removed)) this.#dismissPerson(personId);
    const isGap = ({ from }: Downward) => this.#toldSeq === undefined || from > this.#toldSeq;
    for (const down of frames) {
      if (isGap(down)) return this.#tellAnew();
      if (down.seq > down.from) this.#view = undefined;
      this.#toldSeq = Math.max(this.#toldSeq ?? 0, down.seq);
      for (const socket of this.ctx.getWebSockets()) sendText(socket, down.text);
    }
    this.#keepSoon();
  }

  /** Kept when it gets quiet, since a relay sleeps then: it wakes knowing what its sockets have seen. */
  #keepSoon(): void {
    this.#keeping ??= setTimeout(() => {
      this.#keeping = undefined;
      this.ctx.storage.kv.put(TOLD, this.#toldSeq);
    }, KEEP_MS);
  }

  protected override admit({ personId }: Member): `${string}.${string}` | undefined {
    return this.#removed.has(personId) ? "livestream.removed" : undefined;
  }

  protected override joined(): void {
    this.#viewers += 1;
    this.#goUpWithin(COUNT_MS);
    if (this.#isReporting) return;
    this.#isReporting = true;
    void this.ctx.storage.setAlarm(this.clock.now() + REPORT_MS);
  }

  protected override left(): void {
    this.#viewers = Math.max(0, this.#viewers - 1);
    this.#goUpWithin(COUNT_MS);
  }

  protected override receive(socket: Connection, member: Member, frame: LiveFrame): void | Promise<void> {
    if (frame.t === "hello") return this.#welcome(socket, member);
    if (frame.t === "heart") {
      this.#hearts += frame.count;
      this.#goUpWithin(COUNT_MS);
      return;
    }
    this.#waiting.push({ doing: doingOf(member, frame), socket });
    this.#goUpWithin(GATHER_MS);
  }

  override async onAlarm(): Promise<void> {
    await this.#goUp();
    // What a lost close would have left in the count goes with the next look.
    this.#viewers = this.ctx.getWebSockets().length;
    this.#isReporting = this.#viewers > 0;
    if (this.#isReporting) await this.ctx.storage.setAlarm(this.clock.now() + REPORT_MS);
  }

  async #welcome(socket: WebSocket, member: Member): Promise<void> {
    // Nobody else is here, so nobody has missed anything.
    if (this.#viewers === 1) this.#toldSeq = undefined;
    // The others must not miss what happened while this relay slept.
    else if (this.#toldSeq === undefined) await this.#tellAnew();
    const view = await this.#attached();
    if (this.#removed.has(member.personId)) return dismiss(socket, "livestream.removed", CLOSE.removed);
    this.#snapshot(socket, member, view);
  }

  /** What is the same for all is written out once. */
  #snapshot(socket: WebSocket, { personId }: Member, { seq, body }: Attached): void {
    const you = whoIs(this.#livestreamId(), personId);
    const head = JSON.stringify({ t: "snapshot", seq, you, now: this.clock.now() });
    sendText(socket, `${head.slice(0, -1)},${body.slice(1)}`);
  }

  /** Everybody gets the room as it stands: once, however many ask for it meanwhile. */
  #tellAnew(): Promise<void> {
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
    return this.#telling;
  }

  async #tellAll(): Promise<void> {
    this.#view = undefined;
    const view = await this.#attached();
    this.#toldSeq = Math.max(this.#toldSeq ?? 0, view.seq);
    for (const connection of this.getConnections<Member>()) {
      if (connection.state) this.#snapshot(connection, connection.state, view);
    }
  }

  /** Asked once, however many join at the same time, and kept until something happens. */
  async #attached(): Promise<Attached> {
    if (this.#view) return this.#view;
    this.#attaching ??= this.#ask().finally(() => {
      this.#attaching = undefined;
    });
    return this.#attaching;
  }

  async #ask(): Promise<Attached> {
    const view = await onLivestreamRoom(this.#where(), this.#livestreamId(), (room) =>
      room.attach(this.#id()),
    );
    for (const personId of view.removed) this.#keepOut(personId);
    this.#toldSeq ??= view.seq;
    this.#view = view;
    return view;
  }

  /** Written down: a relay that wakes has not asked the room yet when somebody comes in. */
  #keepOut(personId: string): void {
    if (this.#removed.has(personId)) return;
    this.#removed.add(personId);
    this.ctx.storage.kv.put(`${REMOVED}${personId}`, true);
  }

  #dismissPerson(personId: string): void {
    this.#keepOut(personId);
    for (const connection of this.getConnections(personId)) {
      dismiss(connection, "livestream.removed", CLOSE.removed);
    }
  }

  #goUpWithin(ms: number): void {
    const at = this.clock.now() + ms;
    if (this.#timer && this.#timer.at <= at) return;
    clearTimeout(this.#timer?.id);
    const id = setTimeout(() => {
      this.#timer = undefined;
      this.ctx.waitUntil(this.#goUp());
    }, ms);
    this.#timer = { at, id };
  }

  async #goUp(): Promise<void> {
    const waiting = this.#waiting;
    const hearts = this.#hearts;
    this.#waiting = [];
    this.#hearts = 0;
    const doings = waiting.map(({ doing }) => doing);
    const upward = { relayId: this.#id(), doings, hearts, viewers: this.#viewers };
    const replies = await onLivestreamRoom(this.#where(), this.#livestreamId(), (room) =>
      room.up(upward),
    ).catch(() => undefined);
    for (const [i, { socket, doing }] of waiting.entries()) {
      const lost: ErrorFrame = { t: "error", code: "room.internal", re: doing.cid };
      sendText(socket, JSON.stringify((replies?.[i] as Ack | ErrorFrame | undefined) ?? lost));
    }
  }

  #id(): string {
    return idOf(this.ctx);
  }

  #livestreamId(): Id<"livestream"> {
    return this.#id().split("~")[0] as Id<"livestream">;
  }

  #where() {
    return { cell: cellOf(this.ctx), objects: this.env };
  }
}

function doingOf({ personId, role, name }: Member, { cid, ...act }: ActFrame): Doing {
  return { cid, act, actor: { personId, role, name: name ?? "" } };
}
