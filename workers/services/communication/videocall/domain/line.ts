import { MINUTE_MS, SECOND_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";

/** It rings for so long. */
const RING_MS = 45 * SECOND_MS;
/** The callee's side waits a little longer, so that it is the caller who says that nobody came. */
const RING_SLACK_MS = 5 * SECOND_MS;
/** From the answer to the first picture; a slow phone asks for its relay first. */
const CONNECT_MS = 30 * SECOND_MS;
/** A side whose connection to us is gone may come back for so long. */
const LOST_MS = 30 * SECOND_MS;
/** How often the two lines make sure of each other while people talk. */
const CHECK_MS = MINUTE_MS;
/** Nobody talks longer; a forgotten tablet would. */
const TALK_MS_MAX = 240 * MINUTE_MS;
/** Calls that are over, remembered so that what comes late about them is known to be late. */
const OVER_MAX = 32;

type UserId = Id<"user">;
type CallId = Id<"call">;

/** What a call is about; it is why the two may call each other at all. */
export type Subject = {
  readonly kind: "order" | "consultation";
  readonly id: string;
  readonly sellerId: Id<"seller">;
};
export type Outcome = "completed" | "declined" | "busy" | "missed" | "cancelled" | "failed" | "dropped";

/** What a side sends of itself, and what it shows. */
export type Media = { readonly mic: boolean; readonly camera: boolean; readonly screen: boolean };
/** How the connection was, as this side's browser measured it. */
export type Quality = {
  readonly samples: number;
  readonly rttMsMean: number;
  readonly rttMsMax: number;
  readonly lossPercentMax: number;
  readonly kbpsMean: number;
};

export type Call = {
  readonly callId: CallId;
  readonly side: "out" | "in";
  readonly peerId: UserId;
  readonly subject: Subject;
  readonly phase: "ringing" | "connecting" | "active";
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly connectedAt: number | null;
  /** When something must have happened by. */
  readonly deadline: number;
  /** The one of this person's devices that speaks. */
  readonly device: string | null;
  readonly lostAt: number | null;
  readonly media: Media;
  readonly peerMedia: Media;
  /** The page that both look at. */
  readonly page: string | null;
  readonly quality: Quality | null;
};

/** A person's line: at most one call, and the names of those that are over. */
export type Line = { readonly call: Call | null; readonly over: readonly CallId[] };
export const QUIET: Line = { call: null, over: [] };

/** From line to line: each bears repeating, and any may come late or before what it follows. */
export type Message =
  | {
      readonly kind: "ring";
      readonly callId: CallId;
      readonly subject: Subject;
      readonly startedAt: number;
    }
  | { readonly kind: "rang" | "busy" | "answered" | "check"; readonly callId: CallId }
  | { readonly kind: "ended"; readonly callId: CallId; readonly outcome: Outcome };

export type Ended = Call & { readonly outcome: Outcome; readonly endedAt: number };
/** What comes of an event: the line afterwards, what to send to the other line, and the call that is over. */
export type Step = {
  readonly line: Line;
  readonly send: readonly { readonly to: UserId; readonly message: Message }[];
  readonly ended: Ended | null;
};

const MEDIA: Media = { mic: true, camera: true, screen: false };
const stay = (line: Line): Step => ({ line, send: [], ended: null });
const keep = (line: Line, call: Call, ...messages: readonly Message[]): Step => ({
  line: { ...line, call },
  send: messages.map((message) => ({ to: call.peerId, message })),
  ended: null,
});

/** The call is over here; the other line is told unless it is where we heard it from. */
function end(line: Line, call: Call, outcome: Outcome, now: number, isTold = true): Step {
  const over = [...line.over, call.callId].slice(-OVER_MAX);
  const message = { kind: "ended", callId: call.callId, outcome } as const;
  return {
    line: { call: null, over },
    send: isTold ? [{ to: call.peerId, message }] : [],
    ended: { ...call, outcome, endedAt: now },
  };
}

type Dial = {
  readonly callId: CallId;
  readonly peerId: UserId;
  readonly subject: Subject;
  readonly device: string;
};

/** One call at a time. Whoever calls the person that is ringing him answers that call. */
export function dial(line: Line, wanted: Dial, now: number): Result<Step, "call.busy" | "call.over"> {
  const { call } = line;
  if (line.over.includes(wanted.callId)) return err("call.over");
  if (call?.callId === wanted.callId) return ok(stay(line));
  if (call?.side === "in" && call.phase === "ringing" && call.peerId === wanted.peerId) {
    return accept(line, call.callId, wanted.device, now) as Result<Step, never>;
  }
  if (call) return err("call.busy");
  const { callId, peerId, subject, device } = wanted;
  const made = newCall({ callId, peerId, subject, startedAt: now }, "out", now + RING_MS);
  return ok(keep(line, { ...made, device }, { kind: "ring", callId, subject, startedAt: now }));
}

type About = Pick<Call, "callId" | "peerId" | "subject" | "startedAt">;
const newCall = (about: About, side: Call["side"], deadline: number): Call => ({
  ...about,
  side,
  phase: "ringing",
  answeredAt: null,
  connectedAt: null,
  deadline,
  device: null,
  lostAt: null,
  media: MEDIA,
  peerMedia: MEDIA,
  page: null,
  quality: null,
});

/** The first device that answers has the call; the person's others are told that it was taken. */
export function accept(
  line: Line,
  callId: CallId,
  device: string,
  now: number,
): Result<Step, "call.over" | "call.taken"> {
  const { call } = line;
  if (call?.callId !== callId) return err("call.over");
  if (call.phase !== "ringing") return call.device === device ? ok(stay(line)) : err("call.taken");
  if (call.side === "out") return err("call.taken");
  const answered = connecting({ ...call, device }, now);
  return ok(keep(line, answered, { kind: "answered", callId }));
}

const connecting = (call: Call, now: number): Call => ({
  ...call,
  phase: "connecting",
  answeredAt: now,
  deadline: now + CONNECT_MS,
});

/** Each side says so when media flow. */
export function connected(line: Line, callId: CallId, now: number): Step {
  const { call } = line;
  if (call?.callId !== callId || call.phase !== "connecting") return stay(line);
  return keep(line, { ...call, phase: "active", connectedAt: now, deadline: now + CHECK_MS });
}

export function hangUp(line: Line, callId: CallId, now: number): Step {
  const { call } = line;
  if (call?.callId !== callId) return stay(line);
  if (call.phase === "active") return end(line, call, "completed", now);
  if (call.phase === "connecting") return end(line, call, "failed", now);
  return end(line, call, call.side === "out" ? "cancelled" : "declined", now);
}

/** The device that speaks has lost its connection to us, or has it again. */
export function lose(line: Line, now: number): Step {
  const { call } = line;
  if (!call || call.phase === "ringing" || call.lostAt !== null) return stay(line);
  return keep(line, { ...call, lostAt: now, deadline: Math.min(call.deadline, now + LOST_MS) });
}

export function comeBack(line: Line, now: number): Step {
  const { call } = line;
  if (!call || call.lostAt === null) return stay(line);
  const left = call.phase === "active" ? CHECK_MS : CONNECT_MS;
  return keep(line, { ...call, lostAt: null, deadline: now + left });
}

/** Time is up for something; early or twice, nothing happens. */
export function expire(line: Line, now: number): Step {
  const { call } = line;
  if (!call || now < call.deadline) return stay(line);
  if (call.phase === "ringing") return end(line, call, "missed", now);
  if (call.lostAt !== null) return end(line, call, "dropped", now);
  if (call.phase === "connecting") return end(line, call, "failed", now);
  if (now >= call.startedAt + TALK_MS_MAX) return end(line, call, "completed", now);
  return keep(line, { ...call, deadline: now + CHECK_MS }, { kind: "check", callId: call.callId });
}

type Heard = { readonly me: UserId; readonly from: UserId; readonly message: Message; readonly now: number };

/** What the other line says. A message about a call that is not ours any more is answered with its end. */
export function hear(line: Line, { me, from, message, now }: Heard): Step {
  const { call } = line;
  const { callId } = message;
  const isMine = call?.callId === callId && call.peerId === from;
  if (message.kind === "ring") return hearRing(line, { me, from, message, now });
  if (message.kind === "ended") {
    if (call && isMine) return end(line, call, message.outcome, now, false);
    return line.over.includes(callId)
      ? stay(line)
      : stay({ ...line, over: [...line.over, callId].slice(-OVER_MAX) });
  }
  if (!call || !isMine) {
    const gone = { kind: "ended", callId, outcome: "dropped" } as const;
    const asks = message.kind === "check" || message.kind === "answered";
    return { ...stay(line), send: asks ? [{ to: from, message: gone }] : [] };
  }
  if (message.kind === "busy" && call.phase === "ringing") return end(line, call, "busy", now, false);
  if (message.kind === "answered" && call.side === "out" && call.phase === "ringing") {
    return keep(line, connecting(call, now));
  }
  return stay(line);
}

type HeardRing = Heard & { readonly message: Extract<Message, { readonly kind: "ring" }> };

/**
 * Two who call each other at once meet in one call: the one whose id is smaller has made it. His line waits;
 * the other's gives up its own call, without a trace, and answers his.
 */
function hearRing(line: Line, { me, from, message, now }: HeardRing): Step {
  const { call } = line;
  const { callId, subject, startedAt } = message;
  if (line.over.includes(callId)) return stay(line);
  if (call?.callId === callId) return keep(line, call, { kind: "rang", callId });
  const about = { callId, peerId: from, subject, startedAt };
  const isGlare = call?.side === "out" && call.phase === "ringing" && call.peerId === from;
  if (call && isGlare) {
    if (me < from) return stay(line);
    const over = [...line.over, call.callId].slice(-OVER_MAX);
    const theirs = newCall(about, "in", now);
    const answered = connecting({ ...theirs, device: call.device, media: call.media }, now);
    return keep({ call, over }, answered, { kind: "answered", callId });
  }
  if (call) return { ...stay(line), send: [{ to: from, message: { kind: "busy", callId } }] };
  const ringing = newCall(about, "in", now + RING_MS + RING_SLACK_MS);
  return keep(line, ringing, { kind: "rang", callId });
}

type Sample = { readonly rttMs: number; readonly lossPercent: number; readonly kbps: number };

/** The mean and the worst of what was measured. */
export function measure(before: Quality | null, { rttMs, lossPercent, kbps }: Sample): Quality {
  const { samples = 0, rttMsMean = 0, rttMsMax = 0, lossPercentMax = 0, kbpsMean = 0 } = before ?? {};
  const mean = (old: number, value: number) => (old * samples + value) / (samples + 1);
  return {
    samples: samples + 1,
    rttMsMean: Math.round(mean(rttMsMean, rttMs) * 10) / 10,
    rttMsMax: Math.max(rttMsMax, rttMs),
    lossPercentMax: Math.max(lossPercentMax, lossPercent),
    kbpsMean: Math.round(mean(kbpsMean, kbps)),
  };
}
