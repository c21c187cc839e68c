import { DurableObject } from "cloudflare:workers";
import type { BuyerId } from "#kernel/actor";
import { type Clock, systemClock } from "#kernel/clock";
import { CLAIMS_HEADER, type Ticket } from "#kernel/ticket";
import { CLOSE, type ErrorFrame, type Frame, PING, PONG } from "#party/protocol/wire";
import { type ExportPage, exportRows } from "./export.ts";
import { type Imported, type ImportPage, importRows } from "./import.ts";
import {
  cidOf,
  closeFor,
  dismiss,
  FrameGate,
  type FrameRules,
  isOver,
  logFailure,
  refuse,
  Seats,
  sendText,
} from "./room-gate.ts";
import { UsedTickets } from "./room-tickets.ts";

/** Who is behind a socket. It is the socket's attachment and survives the object's sleep. */
export type Member = Pick<Ticket, "personId" | "role" | "name"> & { readonly joinedAt: number };

export type RoomRules<In> = FrameRules<In> & {
  /** Sockets of the room; one more is told that the room is full. */
  readonly socketsMax: number;
  /** Devices of one person; with one more the oldest goes. */
  readonly socketsPerPersonMax: number;
};

/**
 * What the rooms that write for themselves share: a person enters by the verified claims of a ticket, each
 * frame is read by the room's rules before `receive` sees it, and no failure shows more than a code. Sockets
 * always hibernate, so a field of a room is a cache of its tables and its sockets' attachments.
 * Large audiences stand before relays (party/) instead.
 */
export abstract class RoomDO<In extends Frame, Out extends Frame> extends DurableObject<Env> {
  clock: Clock = systemClock;
  readonly #rules: RoomRules<In>;
  readonly #gate: FrameGate<In>;
  readonly #seats: Seats;
  readonly #tickets: UsedTickets;
  /** Attachments that were read already: each read copies. */
  readonly #members = new WeakMap<WebSocket, Member>();

  constructor(ctx: DurableObjectState, env: Env, rules: RoomRules<In>) {
    super(ctx, env);
    this.#rules = rules;
    this.#gate = new FrameGate(rules, () => this.clock);
    this.#tickets = new UsedTickets(ctx.storage);
    this.#seats = new Seats(rules.socketsMax, () => ctx.getWebSockets().length);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  /** A frame that passed the gate. A promise is awaited only for its failure; no frame waits for another. */
  protected abstract receive(socket: WebSocket, member: Member, frame: In): void | Promise<void>;
  /** Why this person may not come in, though the ticket was good when it was given. */
  protected admit(_member: Member): `${string}.${string}` | undefined {
    return undefined;
  }
  protected joined(_socket: WebSocket, _member: Member): void {}
  /** The last chance to tell the others; the socket is closed already. */
  protected left(_member: Member): void {}

  protected send(socket: WebSocket, frame: Out | ErrorFrame): void {
    sendText(socket, JSON.stringify(frame));
  }

  /** Written out once, however many read it. */
  protected broadcast(frame: Out, to: (member: Member, socket: WebSocket) => boolean = () => true): void {
    const text = JSON.stringify(frame);
    const now = this.clock.now();
    for (const socket of this.ctx.getWebSockets()) {
      const member = this.memberOf(socket);
      if (to(member, socket) && !isOver(socket, member.joinedAt, now)) sendText(socket, text);
    }
  }

  protected memberOf(socket: WebSocket): Member {
    const known = this.#members.get(socket);
    if (known) return known;
    const member = socket.deserializeAttachment() as Member;
    this.#members.set(socket, member);
    return member;
  }

  protected isPresent(personId: BuyerId): boolean {
    return this.ctx.getWebSockets(personId).some((socket) => socket.readyState === WebSocket.OPEN);
  }

  /** Closes every socket of a person: a ban, a block, an erasure. */
  protected remove(personId: BuyerId, code: `${string}.${string}` = "room.removed"): void {
    for (const socket of this.ctx.getWebSockets(personId)) dismiss(socket, code, CLOSE.removed);
  }

  /** Only upgrades come here, and only from the edge (workers/rooms.ts). */
  override async fetch(request: Request): Promise<Response> {
    const claims = JSON.parse(
      decodeURIComponent(request.headers.get(CLAIMS_HEADER) ?? "null"),
    ) as Ticket | null;
    if (!claims) return new Response(null, { status: 401 });
    const { 0: client, 1: server } = new WebSocketPair();
    const { personId, role, name } = claims;
    const member: Member = {
      personId,
      role,
      ...(name === undefined ? {} : { name }),
      joinedAt: this.clock.now(),
    };
    const refusal = this.#refusal(claims, member);
    if (refusal) {
      // A browser sees nothing of a refused upgrade, so the refusal is a frame.
      server.accept();
      dismiss(server, refusal, closeFor(refusal));
    } else {
      this.#dismissOldest(personId);
      this.ctx.acceptWebSocket(server, [personId]);
      server.serializeAttachment(member);
      this.joined(server, member);
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const member = this.memberOf(socket);
    if (isOver(socket, member.joinedAt, this.clock.now())) return;
    const frame = this.#gate.read(socket, message);
    if (frame === undefined) return;
    try {
      await this.receive(socket, member, frame);
    } catch (error) {
      logFailure(this.ctx.id.name, "room.failed", error);
      refuse(socket, "room.internal", { re: cidOf(frame) });
    }
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    this.#leave(socket);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#leave(socket);
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

  #refusal(ticket: Ticket, member: Member): `${string}.${string}` | undefined {
    if (!this.#tickets.use(ticket, this.clock.now())) return "room.ticket_used";
    return this.admit(member) ?? (this.#seats.take() ? undefined : "room.full");
  }

  #leave(socket: WebSocket): void {
    try {
      this.left(this.memberOf(socket));
    } catch (error) {
      logFailure(this.ctx.id.name, "room.failed", error);
    }
  }

  #dismissOldest(personId: BuyerId): void {
    const open = this.ctx.getWebSockets(personId).filter((socket) => socket.readyState === WebSocket.OPEN);
    const excess = open.length - this.#rules.socketsPerPersonMax + 1;
    if (excess <= 0) return;
    const byAge = open.toSorted((a, b) => this.memberOf(a).joinedAt - this.memberOf(b).joinedAt);
    for (const socket of byAge.slice(0, excess)) dismiss(socket, "room.replaced", CLOSE.replaced);
  }
}
