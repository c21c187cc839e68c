import { expect, test } from "vitest";
import { closeFor, FrameGate, isOver, sendText } from "#objects/room-gate";
import { CLOSE } from "#party/protocol/wire";

const MIB = 1_048_576;

/** A socket as the runtime gives it: `unread` bytes of what was sent wait on our side. */
function aSocket(unread = 0) {
  const sent: string[] = [];
  const closes: (readonly [number, string])[] = [];
  const socket = {
    readyState: WebSocket.OPEN,
    bufferedAmount: unread,
    send: (text: string) => void sent.push(text),
    close: (code: number, reason: string) => void closes.push([code, reason]),
  };
  return { socket: socket as unknown as WebSocket, sent, closes };
}

test("a socket that does not read is closed with 4408 when a mebibyte waits for it, and not before", () => {
  const reading = aSocket(MIB);
  sendText(reading.socket, "frame");
  expect(reading.closes).toEqual([]);
  const slow = aSocket(MIB + 1);
  sendText(slow.socket, "frame");
  expect(slow.closes).toEqual([[4408, "room.too_slow"]]);
  expect(slow.sent).toEqual(["frame"]);
});

const frames = { safeParse: (data: unknown) => ({ success: true, data: data as { t: string } }) as const };
const newGate = () =>
  new FrameGate<{ t: string }>({ frames, charsMax: 20, perSecond: 1, burst: 2 }, () => ({ now: () => 0 }));

test("what a gate closes for has a code of its own", () => {
  const cases = [
    ["{", CLOSE.badMessage],
    [new ArrayBuffer(1), CLOSE.badMessage],
    ["x".repeat(21), CLOSE.tooLarge],
  ] as const;
  for (const [message, code] of cases) {
    const { socket, closes } = aSocket();
    expect(newGate().read(socket, message)).toBeUndefined();
    expect(closes.map(([given]) => given)).toEqual([code]);
  }
  const { socket, closes, sent } = aSocket();
  const gate = newGate();
  for (let n = 0; n < 22; n += 1) gate.read(socket, '{"t":"a"}');
  expect(closes).toEqual([[CLOSE.tooMany, "room.limited"]]);
  expect(sent).toHaveLength(20);
});

test("who may not come in is told whether a new ticket, patience or nothing helps", () => {
  expect(closeFor("room.ticket_used")).toBe(4401);
  expect(closeFor("room.full")).toBe(1013);
  expect(closeFor("chat.blocked")).toBe(4403);
  const { socket, closes } = aSocket();
  expect(isOver(socket, 0, 6 * 3_600_000 - 1)).toBe(false);
  expect(isOver(socket, 0, 6 * 3_600_000)).toBe(true);
  expect(closes).toEqual([[CLOSE.ticket, "room.session_over"]]);
});
