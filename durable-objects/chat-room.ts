import type { BuyerId } from "#kernel/actor";
import { createGroupCommit } from "#kernel/group-commit";
import { type ChatEvent, type ChatFrame, type ChatMessage, zChatFrame } from "#party/protocol/chat-room";
import { migrate } from "./migrate.ts";
import { type Member, RoomDO, type RoomRules } from "./room.ts";

const STEPS = [
  `CREATE TABLE message (
     seq INTEGER PRIMARY KEY, author_id TEXT NOT NULL, cid TEXT NOT NULL, text TEXT NOT NULL,
     at INTEGER NOT NULL, UNIQUE (author_id, cid)) STRICT`,
];

/** A person types a few frames a second at most; a reconnecting client resends what was not answered. */
const RULES: RoomRules<ChatFrame> = {
  frames: zChatFrame,
  charsMax: 8_192,
  perSecond: 10,
  burst: 40,
  socketsMax: 500,
  socketsPerPersonMax: 5,
};

type Posting = { readonly authorId: BuyerId; readonly cid: string; readonly text: string };
type Posted = { readonly message: ChatMessage; readonly isNew: boolean };

/**
 * The only writer of one conversation, named `<cell>:chat-room:<conversationId>`; some frames a second, and
 * hundreds after an outage. `seq` is the total order; what is acknowledged is on disk.
 */
export class ChatRoomDO extends RoomDO<ChatFrame, ChatEvent> {
  readonly #sql: SqlStorage;
  readonly #submit = createGroupCommit((postings: readonly Posting[]) => this.#commit(postings));

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, RULES);
    this.#sql = ctx.storage.sql;
    migrate(ctx.storage, STEPS);
  }

  protected override async receive(socket: WebSocket, member: Member, frame: ChatFrame): Promise<void> {
    if (frame.t === "hello") return this.#welcome(socket, frame.since);
    const { cid, text } = frame;
    const { message, isNew } = await this.#submit({ authorId: member.personId, cid, text });
    if (isNew) this.broadcast(message);
    this.send(socket, { t: "ack", cid, seq: message.seq });
  }

  #welcome(socket: WebSocket, since: number): void {
    this.send(socket, { t: "welcome", seq: this.#lastSeq() });
    for (const message of this.#read("WHERE seq > ?", since)) this.send(socket, message);
  }

  #commit(postings: readonly Posting[]): readonly Posted[] {
    return this.ctx.storage.transactionSync(() => {
      const at = this.clock.now();
      return postings.map(({ authorId, cid, text }) => {
        const [known] = this.#read("WHERE author_id = ? AND cid = ?", authorId, cid);
        if (known) return { message: known, isNew: false };
        const seq = this.#lastSeq() + 1;
        const insert = "INSERT INTO message (seq, author_id, cid, text, at) VALUES (?, ?, ?, ?, ?)";
        this.#sql.exec(insert, seq, authorId, cid, text, at);
        return { message: { t: "message", seq, cid, authorId, text, at } as const, isNew: true };
      });
    });
  }

  #lastSeq(): number {
    return this.#sql.exec<{ seq: number }>("SELECT coalesce(max(seq), 0) AS seq FROM message").one().seq;
  }

  #read(where: string, ...values: readonly (string | number)[]): readonly ChatMessage[] {
    const query = `SELECT 'message' AS t, seq, cid, author_id AS authorId, text, at FROM message ${where}`;
    return this.#sql.exec<ChatMessage>(`${query} ORDER BY seq`, ...values).toArray();
  }
}
