import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { err, ok, type Result } from "#kernel/result";
import {
  type Card,
  type ChangeRefusal,
  decideDelete,
  decideEdit,
  decidePost,
  decideReact,
  type Emoji,
  gone,
  isBlocked,
  type Message,
  type PartyId,
  type PostRefusal,
} from "#services/communication/chat/domain/message";
import { moderate } from "#services/communication/chat/domain/moderation";
import { afterPost, decideAutoReply } from "#services/communication/chat/domain/shop";
import { ShopAnswered } from "#services/communication/chat/facts";
import { type ChatStore, filesOf } from "./chat-store.ts";

type By = { readonly authorId: Id<"user">; readonly partyId: PartyId; readonly cid: string };
/** Something that a person does to the conversation; the same cid again is the same deed. */
export type Deed = By &
  (
    | {
        readonly op: "post";
        readonly text: string | null;
        readonly card: Card | null;
        readonly replyTo: number | null;
      }
    | { readonly op: "edit"; readonly id: number; readonly text: string }
    | { readonly op: "delete"; readonly id: number }
    | { readonly op: "react"; readonly id: number; readonly emoji: Emoji; readonly isOn: boolean }
    /** What happened beside the words, a call: nobody said it, so no clock starts and nothing refuses it. */
    | { readonly op: "log"; readonly card: Card }
    /** By an operator, whose message it need not be. */
    | { readonly op: "remove"; readonly id: number }
  );
export type DeedRefusal = PostRefusal | ChangeRefusal | "chat.text_refused";
export type Done = Result<{ readonly message: Message; readonly seq: number }, DeedRefusal>;

type Surroundings = {
  readonly store: ChatStore;
  readonly conversationId: Id<"conversation">;
  readonly rules: Market["chat"];
  readonly ownHosts: readonly string[];
  readonly isShopHere: () => boolean;
  readonly now: number;
  readonly maker: Parameters<typeof ShopAnswered.make>[0];
  /** Inside the same transaction. */
  readonly tell: (fact: Fact) => void;
};

type Written = {
  readonly outcomes: readonly Done[];
  readonly changed: readonly Message[];
  /** Files that no message shows any more. */
  readonly dropped: readonly string[];
};

/** Decides and writes deeds one after the other, in the transaction of whoever calls. */
export function writeDeeds(deeds: readonly Deed[], around: Surroundings): Written {
  const changed: Message[] = [];
  const dropped: string[] = [];
  const outcomes = deeds.map((deed): Done => {
    const { store, now } = around;
    const known = store.findDone(deed.authorId, deed.cid);
    if (known) return ok(known);
    const decided = decide(deed, around);
    if (!decided.ok) return decided;
    const { value } = decided;
    const before = "id" in value ? store.find(value.id) : undefined;
    const isSame = before !== undefined && JSON.stringify({ ...value }) === JSON.stringify({ ...before });
    const message = isSame ? before : store.place({ ...value, id: "id" in value ? value.id : undefined });
    store.recordDone(deed.authorId, deed.cid, message, now);
    if (!isSame) changed.push(message);
    if (before && message.card === null) dropped.push(...filesOf([before]));
    if (deed.op === "post") changed.push(...afterwards(message, around));
    return ok({ message, seq: message.seq });
  });
  if (changed.length > 0) around.store.patch({});
  return { outcomes, changed, dropped };
}

type New = Omit<Message, "id" | "seq">;

function decide(deed: Deed, around: Surroundings): Result<Message | New, DeedRefusal> {
  const { store, now } = around;
  const { partyId } = deed;
  if (!store.party(partyId) && deed.op !== "remove") return err("chat.not_a_party");
  // What was said may be taken back; new words in an old message would reach who wants to hear none.
  if ((deed.op === "edit" || deed.op === "react") && isBlocked(store.parties)) return err("chat.blocked");
  switch (deed.op) {
    case "post":
      return decideNew(deed, around);
    case "edit": {
      const read = moderate(deed.text, around.rules, around.ownHosts);
      if (!read.ok) return read;
      return decideEdit(store.find(deed.id), { partyId, now, ...read.value });
    }
    case "delete":
      return decideDelete(store.find(deed.id), { partyId, now });
    case "react":
      return decideReact(store.findFor(partyId, deed.id), deed);
    case "log": {
      const { authorId, cid, card } = deed;
      const said = { partyId, authorId, cid, card, text: null, replyTo: null, findings: [] };
      return ok({ ...blank(now), ...said, isAuto: true });
    }
    case "remove": {
      const message = store.find(deed.id);
      return message ? ok(gone(message, now)) : err("chat.message_not_found");
    }
  }
}

function decideNew(
  { partyId, authorId, cid, text, card, replyTo }: Extract<Deed, { op: "post" }>,
  { store, now, rules, ownHosts }: Surroundings,
): Result<New, DeedRefusal> {
  const { slowModeMs } = store.state;
  const allowed = decidePost({ parties: store.parties, slowModeMs }, { partyId, now });
  if (!allowed.ok) return allowed;
  if (replyTo !== null && !store.findFor(partyId, replyTo)) return err("chat.message_not_found");
  const read = text === null ? ok({ text: null, findings: [] }) : moderate(text, rules, ownHosts);
  if (!read.ok) return read;
  store.saveParty({ ...allowed.value, lastPostAt: now });
  return ok({ ...blank(now), cid, authorId, partyId, card, replyTo, ...read.value });
}

const blank = (at: number) => ({
  isAuto: false,
  reactions: {},
  at,
  editedAt: null,
  deletedAt: null,
});

/** What a new message sets going: the clock of the shop's answer, and the shop's own words. */
function afterwards(message: Message, { store, now, rules, ...around }: Surroundings): readonly Message[] {
  const shop = store.partyOfRole("seller");
  const role = store.party(message.partyId)?.role;
  if (!shop || !role) return [];
  const { askedAt } = store.state.waiting;
  const { waiting, waitedMs } = afterPost(store.state.waiting, { role, isAuto: false, at: now });
  store.state = { ...store.state, waiting };
  if (waitedMs !== null && askedAt !== null) {
    const about = {
      conversationId: around.conversationId,
      sellerId: shop.partyId as Id<"seller">,
      askedAt,
      dueAt: askedAt + rules.answerWithinMs,
      waitedMs,
      answeredBy: message.authorId,
    };
    around.tell(ShopAnswered.make(around.maker, { id: about.conversationId, version: message.seq }, about));
  }
  if (store.state.autoReply === null || role !== "buyer") return [];
  const { lastPostAt: shopSaidAt } = shop;
  const silence = { role, isShopHere: around.isShopHere(), shopSaidAt, now, everyMs: rules.autoReplyEveryMs };
  const text = decideAutoReply({ autoReply: store.state.autoReply }, silence);
  const read = text === undefined ? undefined : moderate(text, rules, around.ownHosts);
  if (!read?.ok) return [];
  store.saveParty({ ...shop, lastPostAt: now });
  const said = { partyId: shop.partyId, authorId: null, card: null, replyTo: message.id, ...read.value };
  const cid = `auto-${message.id}`.padEnd(8, "-");
  return [store.place({ ...blank(now), ...said, cid, isAuto: true, id: undefined })];
}
