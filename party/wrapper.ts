import { type Connection, type ConnectionContext, Server, type WSMessage } from "partyserver";
import { type Clock, systemClock } from "#kernel/clock";
import { CLAIMS_HEADER, type Ticket } from "#kernel/ticket";
import type { Member, RoomRules } from "#objects/room";
import {
  closeFor,
  dismiss,
  FrameGate,
  isOver,
  logFailure,
  refuse,
  Seats,
  sendText,
} from "#objects/room-gate";
import { UsedTickets } from "#objects/room-tickets";
import { CLOSE, type ErrorFrame, type Frame, PING, PONG } from "./protocol/wire.ts";

/**
 * partyserver for the classes that hold many sockets (an audience relay, presence, call signalling), with
 * the guarantees of durable-objects/room.ts: verified claims only, typed frames, limits, sockets that
 * hibernate. partyserver writes stack traces to clients; every way to that is closed here.
 */
export abstract class PartyRoom<In extends Frame, Out extends Frame> extends Server<Env> {
  static override options = { hibernate: true };
  clock: Clock = systemClock;
  readonly #rules: RoomRules<In>;
  readonly #gate: FrameGate<In>;
  readonly #seats: Seats;
  readonly #tickets: UsedTickets;

  constructor(ctx: DurableObjectState, env: Env, rules: RoomRules<In>) {
    super(ctx, env);
    this.#rules = rules;
    this.#gate = new FrameGate(rules, () => this.clock);
    this.#tickets = new UsedTickets(ctx.storage);
    // Who connects is among them already.
    this.#seats = new Seats(rules.socketsMax, () => ctx.getWebSockets().length - 1);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  /** A frame that passed the gate. */
  protected abstract receive(socket: Connection, member: Member, frame: In): void | Promise<void>;
  /** Why this person may not come in, though the ticket was good when it was given. */
  protected admit(_member: Member): `${string}.${string}` | undefined {
    return undefined;
  }
  protected joined(_socket: Connection, _member: Member): void | Promise<void> {}
  protected left(_member: Member): void | Promise<void> {}

  protected send(socket: Connection, frame: Out | ErrorFrame): void {
    sendText(socket, JSON.stringify(frame));
  }

  /** Written out once, however many read it. */
  protected tell(frame: Out, to: (member: Member, socket: Connection) => boolean = () => true): void {
    const text = JSON.stringify(frame);
    const now = this.clock.now();
    for (const socket of this.getConnections<Member>()) {
      const member = socket.state as Member;
      if (to(member, socket) && !isOver(socket, member.joinedAt, now)) sendText(socket, text);
    }
  }

  /** Only upgrades come here, and only from the edge (workers/rooms.ts). */
  override async fetch(request: Request): Promise<Response> {
    if (!request.headers.has(CLAIMS_HEADER)) return new Response(null, { status: 401 });
    try {
      await this.__unsafe_ensureInitialized();
    } catch (error) {
      logFailure(this.ctx.id.name, "room.failed", error);
      return new Response(null, { status: 503 });
    }
    return super.fetch(request);
  }

  override getConnectionTags(_: Connection, { request }: ConnectionContext): string[] {
    return [ticketIn(request).personId];
  }

  override async onConnect(connection: Connection, { request }: ConnectionContext): Promise<void> {
    const ticket = ticketIn(request);
    const member = toMember(ticket, this.clock);
    await this.#guarded(connection, undefined, () => {
      const isFirst = this.#tickets.use(ticket, this.clock.now());
      const refusal = isFirst ? this.admit(member) : "room.ticket_used";
      if (refusal) return dismiss(connection, refusal, closeFor(refusal));
      if (!this.#seats.take()) return dismiss(connection, "room.full", CLOSE.away);
      this.#dismissOldest(member);
      connection.setState(member);
      return this.joined(connection, member);
    });
  }

  override async onMessage(connection: Connection<Member>, message: WSMessage): Promise<void> {
    const { state } = connection;
    if (state && isOver(connection, state.joinedAt, this.clock.now())) return;
    const frame = state && this.#gate.read(connection, message as string | ArrayBuffer);
    if (!frame) return;
    const re = (frame as { readonly cid?: string }).cid;
    await this.#guarded(connection, re, () => this.receive(connection, state as Member, frame));
  }

  override async onClose(connection: Connection<Member>): Promise<void> {
    const { state } = connection;
    if (state) await this.#guarded(undefined, undefined, () => this.left(state as Member));
  }

  override async onError(connection: Connection<Member>): Promise<void> {
    await this.onClose(connection);
  }

  async #guarded(
    connection: Connection | undefined,
    re: string | undefined,
    work: () => void | Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      logFailure(this.ctx.id.name, "room.failed", error);
      if (connection) refuse(connection, "room.internal", { re });
    }
  }

  #dismissOldest({ personId }: Member): void {
    const open = [...this.getConnections<Member>(personId)].filter(({ state }) => state !== null);
    const excess = open.length - this.#rules.socketsPerPersonMax + 1;
    const age = ({ state }: Connection<Member>) => state?.joinedAt ?? 0;
    const oldest = open.toSorted((a, b) => age(a) - age(b)).slice(0, Math.max(0, excess));
    for (const connection of oldest) dismiss(connection, "room.replaced", CLOSE.replaced);
  }
}

const ticketIn = (request: Request): Ticket =>
  JSON.parse(decodeURIComponent(request.headers.get(CLAIMS_HEADER) ?? "")) as Ticket;

function toMember({ personId, role, name }: Ticket, clock: Clock): Member {
  return { personId, role, ...(name === undefined ? {} : { name }), joinedAt: clock.now() };
}
