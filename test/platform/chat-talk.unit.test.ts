import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatMessage } from "#party/protocol/chat-room";
import { heard, isReadByAll, NO_TALK, type Talk } from "../../web/src/chat/talk.ts";

const ME = "usr_me";
const SHOP = "slr_shop";

const messageOf = (id: number, seq: number, about: Partial<ChatMessage> = {}): ChatMessage => ({
  ...{ t: "message", id, seq, cid: `cid-of-${id}`, authorId: null, text: `${id} at ${seq}`, card: null },
  ...{ replyTo: null, isAuto: false, isMasked: false, reactions: {}, at: 0, editedAt: null, deletedAt: null },
  partyId: SHOP as ChatMessage["partyId"],
  ...about,
});

const all = (frames: readonly ChatMessage[], from: Talk = NO_TALK): Talk =>
  frames.reduce((talk, frame) => heard(talk, frame, 0), from);

test("whatever order messages and their changes come in, and however often, the page ends the same", () => {
  const change = fc.record({ id: fc.integer({ min: 1, max: 12 }), edits: fc.integer({ min: 0, max: 4 }) });
  const histories = fc.uniqueArray(change, { selector: ({ id }) => id, minLength: 1, maxLength: 12 });
  const shuffled = histories.chain((history) => {
    const frames = history.flatMap(({ id, edits }) =>
      Array.from({ length: edits + 1 }, (_, n) => messageOf(id, id + n * 100)),
    );
    const twice = fc.shuffledSubarray([...frames, ...frames], { minLength: frames.length * 2 });
    return fc.tuple(fc.constant(history), twice);
  });
  const run = ([history, frames]: [readonly { id: number; edits: number }[], readonly ChatMessage[]]) => {
    const { messages, lastSeq } = all(frames);
    const wanted = history.toSorted((a, b) => a.id - b.id).map(({ id, edits }) => [id, id + edits * 100]);
    expect(messages.map(({ id, seq }) => [id, seq])).toEqual(wanted);
    expect(lastSeq).toBe(Math.max(...wanted.map(([, seq]) => seq ?? 0)));
    // A snapshot says the same as its messages do.
    const snapshot = heard(NO_TALK, { t: "snapshot", seq: lastSeq, messages: frames }, 0);
    expect(snapshot.messages).toEqual(messages);
  };
  fc.assert(fc.property(shuffled, run), { numRuns: 2_000 });
});

test("what was sent waits until the room has it, and only that goes", () => {
  const waiting = ["cid-of-1", "cid-of-2"].map((cid) => ({ cid, text: cid, replyTo: undefined, at: 0 }));
  const talk: Talk = { ...NO_TALK, pending: waiting };
  const other = all([messageOf(7, 7)], talk);
  expect(other.pending).toBe(talk.pending);
  const sent = all([messageOf(2, 8, { partyId: ME as ChatMessage["partyId"] })], talk);
  expect(sent.pending.map(({ cid }) => cid)).toEqual(["cid-of-1"]);
});

test("a message is read once every other side has come to it, and whoever speaks writes no more", () => {
  const welcome = { t: "welcome", seq: 3, me: ME, parties: [], unread: 0 } as never;
  const mine = messageOf(3, 3, { partyId: ME as ChatMessage["partyId"] });
  const receipt = (partyId: string, read: number) =>
    ({ t: "receipt", partyId, delivered: read, read }) as never;
  let talk = all([mine], heard(NO_TALK, welcome, 0));
  expect(isReadByAll(talk, mine)).toBe(false);
  talk = heard(talk, receipt(ME, 3), 0);
  expect(isReadByAll(talk, mine)).toBe(false);
  talk = heard(talk, receipt(SHOP, 2), 0);
  expect(isReadByAll(talk, mine)).toBe(false);
  talk = heard(talk, receipt(SHOP, 3), 0);
  expect(isReadByAll(talk, mine)).toBe(true);
  talk = heard(talk, { t: "typing", partyId: SHOP, isOn: true } as never, 5);
  expect(talk.typing).toEqual({ [SHOP]: 5 });
  expect(all([messageOf(4, 4)], talk).typing).toEqual({});
});
