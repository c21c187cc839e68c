import { cellConfig } from "#kernel/cell";
import { createGroupCommit } from "#kernel/group-commit";
import { createIds, type Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";
import { newTraceId } from "#kernel/trace";
import { type ChatEvent, type ChatFrame, type Settings, zChatFrame } from "#party/protocol/chat-room";
import {
  gone,
  isBlocked,
  type Message,
  type Party,
  type PartyId,
  type PartyRole,
} from "#services/communication/chat/domain/message";
import { isFor } from "#services/communication/chat/domain/people";
import { nextDueAt, runDue, TELL_AFTER_MS } from "./chat-alarm.ts";
import { dropFiles, dropUploads } from "./chat-files.ts";
import { deedOf, toFrame } from "./chat-frames.ts";
import { changePeople } from "./chat-people.ts";
import { CHAT_STEPS, CHAT_WORDS, ChatStore, filesOf } from "./chat-store.ts";
import { type Deed, type Done, writeDeeds } from "./chat-writer.ts";
import type { Imported, ImportPage } from "./import.ts";
import { migrate } from "./migrate.ts";
import { ObjectOutbox } from "./outbox.ts";
import { openOwnCtx } from "./own-ctx.ts";
import { type Member, RoomDO, type RoomRules } from "./room.ts";
import { refuse } from "./room-gate.ts";
import { cellOf, idOf } from "./stubs.ts";

/** A person types a few frames a second at most; a reconnecting client resends what was not answered. */
const RULES: RoomRules<ChatFrame> = {
  frames: zChatFrame,
  charsMax: 8_192,
  perSecond: 10,
  burst: 40,
  socketsMax: 500,
  socketsPerPersonMax: 5,
};
/** More than a screen or two is asked for by HTTP, page by page. */
const RESUME_MAX = 200;
const SNAPSHOT_MESSAGES = 50;
/** What one person may have in one conversation, far beyond what slow hands write in the kept time. */
const ERASED_MAX = 50_000;

/** What Postgres says of a conversation; told again at each visit, as a crash may lose the first time. */
export type Setup = {
  readonly parties: readonly { readonly partyId: PartyId; readonly role: PartyRole }[];
  readonly autoReply: string | null;
  /** Left out: the sides are all, and nobody of them came later. */
  readonly peopleVersion?: number;
};
export type Summary = Omit<Settings, "t"> & {
  readonly lastSeq: number;
  readonly parties: readonly (Pick<Party, "partyId" | "role" | "readSeq" | "deliveredSeq" | "lastSeenAt"> & {
    readonly unread: number;
    readonly isHere: boolean;
  })[];
};

/**
 * The only writer of one conversation, named `<cell>:chat-room:<conversationId>`; some frames a second, and
 * hundreds after an outage. `seq` is the total order of all changes, what is acknowledged is on disk, and a
 * cid is one deed however often it comes. What others must know leaves through the outbox.
 */
export class ChatRoomDO extends RoomDO<ChatFrame, ChatEvent> {
  readonly #store: ChatStore;
  readonly #outbox: ObjectOutbox;
  readonly #submit = createGroupCommit((deeds: readonly Deed[]) => this.#commit(deeds));
  #armedAt = Number.POSITIVE_INFINITY;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, RULES);
    this.#outbox = new ObjectOutbox(ctx.storage.sql);
    this.#store = new ChatStore(ctx.storage.sql);
    migrate(ctx.storage, CHAT_STEPS);
    this.#store.rebuild();
  }

  /** The index of words is made anew: it is in no export. */
  override importRows(page: ImportPage): Imported {
    const imported = super.importRows(page);
    if (imported.ok && page.isLast) this.ctx.storage.sql.exec(CHAT_WORDS);
    return imported;
  }

  /** Idempotent: of two lists of the sides the later one holds, whichever comes last. */
  setup(setup: Setup): void {
    const now = this.clock.now();
    const removed = this.ctx.storage.transactionSync(() => changePeople(this.#store, setup));
    if (removed === undefined) return;
    for (const partyId of removed) this.remove(partyId as Id<"user">, "chat.not_a_party");
    this.broadcast({ t: "people", parties: this.#sides() });
    this.#arm(now + TELL_AFTER_MS);
  }

  /** Idempotent by the author and the cid; deeds that arrive together share a transaction. */
  act(deed: Deed): Promise<Done> {
    return this.#submit(deed);
  }

  /** What is for this side, as all that follows. */
  history(partyId: PartyId, before: number, limit: number): readonly Message[] {
    const party = this.#store.party(partyId);
    return party ? this.#store.before(party, before, limit) : [];
  }

  search(partyId: PartyId, words: readonly string[], limit: number): readonly Message[] {
    const party = this.#store.party(partyId);
    return party ? this.#store.search(party, words, limit) : [];
  }

  find(partyId: PartyId, id: number): Message | undefined {
    return this.#store.findFor(partyId, id);
  }

  read(): Summary {
    const parties = this.#store.parties.map((party) => ({
      ...party,
      unread: this.#store.unreadOf(party),
      isHere: this.#isHere(party),
    }));
    const { lastSeq } = this.#store.state;
    const { slowModeMs, isBlocked, assigneeId } = this.#settings(true);
    return { lastSeq, parties, slowModeMs, isBlocked, assigneeId };
  }

  see(partyId: PartyId, seen: { readonly read: number }): Result<null, "chat.not_a_party"> {
    return this.#receipt(partyId, seen);
  }

  block(partyId: PartyId, isBlocked: boolean): Result<null, "chat.not_a_party"> {
    const party = this.#store.party(partyId);
    if (!party) return err("chat.not_a_party");
    if ((party.blockedAt !== null) === isBlocked) return ok(null);
    this.#store.saveParty({ ...party, blockedAt: isBlocked ? this.clock.now() : null });
    this.#tellSettings();
    return ok(null);
  }

  /** Undefined leaves a setting as it is. */
  set({
    slowModeMs,
    assigneeId,
  }: {
    slowModeMs?: number | undefined;
    assigneeId?: string | null | undefined;
  }): void {
    const { state } = this.#store;
    const change = {
      slowModeMs: slowModeMs ?? state.slowModeMs,
      assigneeId: assigneeId === undefined ? state.assigneeId : assigneeId,
    };
    if (change.slowModeMs === state.slowModeMs && change.assigneeId === state.assigneeId) return;
    this.ctx.storage.transactionSync(() => this.#store.touch(change));
    this.#tellSettings();
    this.#arm(this.clock.now() + TELL_AFTER_MS);
  }

  /** Takes a person's words, files and reactions out, and the person with them. */
  async erase(userId: Id<"user">): Promise<void> {
    const now = this.clock.now();
    const { changed, files } = this.ctx.storage.transactionSync(() => {
      const mine = this.#store.by(userId, ERASED_MAX);
      const erased = mine.map((message) => this.#store.place({ ...gone(message, now), authorId: null }));
      const reacted = this.#store.reactedBy(userId, ERASED_MAX).map((message) => {
        const reactions = Object.entries(message.reactions)
          .map(([emoji, parties]) => [emoji, parties.filter((one) => one !== userId)] as const)
          .filter(([, parties]) => parties.length > 0);
        return this.#store.place({ ...message, reactions: Object.fromEntries(reactions) });
      });
      this.#store.patch({});
      return { changed: [...erased, ...reacted], files: filesOf(mine) };
    });
    for (const message of changed) this.#show(message);
    this.remove(userId, "chat.not_a_party");
    await dropFiles(this.#files(), files);
    await dropUploads(this.#files(), userId);
    this.#arm(now + TELL_AFTER_MS);
  }

  override async alarm(): Promise<void> {
    this.#armedAt = Number.POSITIVE_INFINITY;
    const around = this.#around();
    // The files first: once the rows are gone nobody knows of them, and an alarm that fails comes again.
    await dropFiles(this.#files(), filesOf(this.#store.upTo(around.now - around.rules.keptMs)));
    this.ctx.storage.transactionSync(() => runDue(around));
    const comeBackAt = await this.#outbox.post(
      await openOwnCtx(this.ctx, this.env, this.clock),
      this.ctx.id.name ?? "",
    );
    this.#arm(Math.min(comeBackAt ?? Number.POSITIVE_INFINITY, nextDueAt(this.#around())));
  }

  protected override async receive(socket: WebSocket, member: Member, frame: ChatFrame): Promise<void> {
    const partyId = this.#partyOf(member);
    if (!partyId) return refuse(socket, "chat.not_a_party", { re: "cid" in frame ? frame.cid : undefined });
    switch (frame.t) {
      case "hello":
        return this.#welcome(socket, member, frame.since);
      case "typing":
        if (isBlocked(this.#store.parties)) return;
        return this.broadcast(
          { t: "typing", partyId, isOn: frame.isOn },
          (other) => this.#partyOf(other) !== partyId,
        );
      case "delivered":
        this.#receipt(partyId, { delivered: frame.upTo });
        return;
      case "read":
        this.#receipt(partyId, { read: frame.upTo });
        return;
      default:
        return this.#do(socket, deedOf(member, partyId, frame));
    }
  }

  protected override joined(socket: WebSocket, member: Member): void {
    const partyId = this.#partyOf(member);
    if (partyId) this.#tellPresence(partyId, true, (_, other) => other !== socket);
  }

  protected override left(member: Member): void {
    const partyId = this.#partyOf(member);
    const party = partyId && this.#store.party(partyId);
    if (!party || this.#isHere(party)) return;
    this.#store.saveParty({ ...party, lastSeenAt: this.clock.now() });
    this.#tellPresence(party.partyId, false);
    this.#arm(nextDueAt(this.#around()));
  }

  async #do(socket: WebSocket, deed: Deed): Promise<void> {
    const done = await this.#submit(deed);
    if (done.ok) this.send(socket, { t: "ack", cid: deed.cid, seq: done.value.seq });
    else refuse(socket, done.code, { re: deed.cid });
  }

  #commit(deeds: readonly Deed[]): readonly Done[] {
    const around = this.#around();
    try {
      const written = this.ctx.storage.transactionSync(() => writeDeeds(deeds, around));
      const { outcomes, changed, dropped } = written;
      for (const message of changed) this.#show(message);
      if (dropped.length > 0) this.ctx.waitUntil(dropFiles(this.#files(), dropped));
      if (changed.length > 0) this.#arm(around.now + TELL_AFTER_MS);
      return outcomes;
    } catch (error) {
      // The tables were rolled back and the fields were not.
      this.#store.rebuild();
      throw error;
    }
  }

  /** Who of a shop wrote is the shop's business, so the shop's side sees it and the other does not. */
  #show(message: Message): void {
    const side = message.partyId;
    const mayRead = new Set(this.#store.parties.filter((party) => isFor(party, message)).map(idOfParty));
    const reads = (partyId: PartyId | undefined) => partyId !== undefined && mayRead.has(partyId);
    this.broadcast(toFrame(message, true), (member) => this.#partyOf(member) === side);
    this.broadcast(toFrame(message, false), (member) => {
      const partyId = this.#partyOf(member);
      return partyId !== side && reads(partyId);
    });
  }

  #welcome(socket: WebSocket, member: Member, since: number): void {
    const me = this.#partyOf(member);
    const party = me && this.#store.party(me);
    if (!party) return;
    const { lastSeq } = this.#store.state;
    const parties = this.#sides();
    const unread = this.#store.unreadOf(party);
    this.send(socket, { t: "welcome", seq: lastSeq, me: party.partyId, parties, unread });
    this.send(socket, this.#settings(member.role === "seller"));
    for (const one of this.#store.parties) {
      const { partyId, deliveredSeq, readSeq, lastSeenAt } = one;
      this.send(socket, { t: "receipt", partyId, delivered: deliveredSeq, read: readSeq });
      this.send(socket, { t: "presence", partyId, isHere: this.#isHere(one), lastSeenAt });
    }
    const view = (message: Message) => toFrame(message, message.partyId === me);
    const missed = this.#store.since(party, since, RESUME_MAX);
    if (missed) for (const message of missed) this.send(socket, view(message));
    else {
      const newest = this.#store.before(party, Number.MAX_SAFE_INTEGER, SNAPSHOT_MESSAGES);
      const messages = newest.toReversed().map(view);
      this.send(socket, { t: "snapshot", seq: lastSeq, messages });
    }
  }

  #receipt(partyId: PartyId, seen: { read?: number; delivered?: number }): Result<null, "chat.not_a_party"> {
    const outcome = this.ctx.storage.transactionSync(() => this.#store.receive(partyId, seen));
    if (!outcome.ok) return outcome;
    const party = outcome.value;
    if (!party) return ok(null);
    const { deliveredSeq, readSeq } = party;
    this.broadcast({ t: "receipt", partyId, delivered: deliveredSeq, read: readSeq });
    this.#arm(this.clock.now() + TELL_AFTER_MS);
    return ok(null);
  }

  #sides() {
    return this.#store.parties.map(({ partyId, role }) => ({ partyId, role }));
  }

  #settings(isForShop: boolean): Settings {
    const { slowModeMs, assigneeId } = this.#store.state;
    return {
      t: "settings",
      slowModeMs,
      isBlocked: isBlocked(this.#store.parties),
      assigneeId: isForShop ? assigneeId : null,
    };
  }

  #tellSettings(): void {
    this.broadcast(this.#settings(true), ({ role }) => role === "seller");
    this.broadcast(this.#settings(false), ({ role }) => role !== "seller");
  }

  #tellPresence(
    partyId: PartyId,
    isHere: boolean,
    to?: (member: Member, socket: WebSocket) => boolean,
  ): void {
    const lastSeenAt = this.#store.party(partyId)?.lastSeenAt ?? null;
    this.broadcast({ t: "presence", partyId, isHere, lastSeenAt }, to);
  }

  /** A seller's ticket is for the shop of this conversation, whichever of its people holds it. */
  #partyOf({ role, personId }: Member): PartyId | undefined {
    if (role === "seller") return this.#store.partyOfRole("seller")?.partyId;
    return this.#store.party(personId as PartyId)?.partyId;
  }

  #isHere({ partyId }: Pick<Party, "partyId">): boolean {
    return this.ctx
      .getWebSockets()
      .some(
        (socket) => socket.readyState === WebSocket.OPEN && this.#partyOf(this.memberOf(socket)) === partyId,
      );
  }

  #around() {
    const { config } = cellConfig(this.env, cellOf(this.ctx));
    const ids = createIds(this.clock);
    const conversationId = idOf(this.ctx) as Id<"conversation">;
    return {
      store: this.#store,
      conversationId,
      rules: config.market.chat,
      ownHosts: [new URL(config.origin).hostname, ...config.hosts],
      now: this.clock.now(),
      isHere: (party: Party) => this.#isHere(party),
      isShopHere: () => {
        const shop = this.#store.partyOfRole("seller");
        return shop !== undefined && this.#isHere(shop);
      },
      maker: { ids, clock: this.clock, cell: cellOf(this.ctx), traceId: newTraceId() },
      tell: (fact: Parameters<ObjectOutbox["add"]>[0]) => this.#outbox.add(fact),
    };
  }

  #files() {
    const conversationId = idOf(this.ctx) as Id<"conversation">;
    return { bucket: this.env.DOCUMENTS, cell: cellOf(this.ctx), conversationId };
  }

  /** An alarm that is set for an earlier time looks then and arms itself anew. */
  #arm(at: number): void {
    if (at >= this.#armedAt) return;
    this.#armedAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}

const idOfParty = ({ partyId }: Pick<Party, "partyId">): PartyId => partyId;
