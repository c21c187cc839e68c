/**
 * Goods for money, goods for the same goods, money for what never came or came broken, and money for units
 * that were called off before they left.
 */
export const KINDS = ["return", "exchange", "claim", "cancellation"] as const;
export type Kind = (typeof KINDS)[number];

export const STATES = [
  /** The seller is to answer. */
  "requested",
  /** The buyer is to answer: he was asked something, or offered a part of the price. */
  "asked",
  "offered",
  /** The goods are to come back. */
  "approved",
  /** A part of them is back. */
  "received",
  /** Decided for good: money, ledger, goods and papers are on their way. */
  "settling",
  "resolved",
  "rejected",
  /** The platform is to decide. */
  "disputed",
  "cancelled",
] as const;
export type State = (typeof STATES)[number];

export const MOVES = [
  "request",
  "ask",
  "reply",
  "offer",
  "accept",
  "decline",
  "approve",
  "grant",
  "reject",
  "close",
  "escalate",
  "contest",
  "decide_refund",
  "decide_return",
  "decide_reject",
  "send",
  "advance",
  "receive_part",
  "receive",
  "presume",
  "convert",
  "step",
  "resolve",
  "cancel",
  "lapse",
  "choose_tender",
  "unstick",
] as const;
export type Move = (typeof MOVES)[number];
export type Table = { readonly [S in State]: { readonly [M in Move]?: State } };

const ENDED = { resolved: {}, cancelled: {} } as const;
const DISPUTED = {
  decide_refund: "settling",
  decide_return: "approved",
  decide_reject: "rejected",
  cancel: "cancelled",
} as const;
const REJECTED = { escalate: "disputed", close: "rejected" } as const;
const ASKED = { reply: "requested", cancel: "cancelled", lapse: "cancelled" } as const;
const COMING_BACK = {
  receive_part: "received",
  receive: "settling",
  presume: "settling",
  contest: "disputed",
} as const;

/** Who returns goods has his money when they are back, or, trusted, once they are on their way. */
const RETURN: Table = {
  requested: {
    ask: "asked",
    offer: "offered",
    approve: "approved",
    grant: "settling",
    reject: "rejected",
    cancel: "cancelled",
    choose_tender: "requested",
  },
  asked: { ...ASKED, choose_tender: "asked" },
  offered: {
    accept: "settling",
    decline: "requested",
    escalate: "disputed",
    cancel: "cancelled",
    lapse: "cancelled",
    choose_tender: "offered",
  },
  approved: {
    ...COMING_BACK,
    send: "approved",
    advance: "settling",
    cancel: "cancelled",
    lapse: "cancelled",
    choose_tender: "approved",
  },
  received: { ...COMING_BACK, choose_tender: "received" },
  settling: { step: "settling", receive: "settling", unstick: "settling", resolve: "resolved" },
  rejected: REJECTED,
  disputed: { ...DISPUTED, choose_tender: "disputed" },
  ...ENDED,
};

/** No money moves unless no replacement can be had. */
const EXCHANGE: Table = {
  requested: {
    ask: "asked",
    approve: "approved",
    reject: "rejected",
    convert: "requested",
    cancel: "cancelled",
  },
  asked: ASKED,
  offered: {},
  approved: { ...COMING_BACK, send: "approved", cancel: "cancelled", lapse: "cancelled" },
  received: COMING_BACK,
  settling: { step: "settling", convert: "settling", unstick: "settling", resolve: "resolved" },
  rejected: REJECTED,
  disputed: DISPUTED,
  ...ENDED,
};

/** What never came cannot come back; what came broken comes back only if the seller wants it. */
const CLAIM: Table = {
  requested: {
    ask: "asked",
    offer: "offered",
    approve: "approved",
    grant: "settling",
    reject: "rejected",
    cancel: "cancelled",
    choose_tender: "requested",
  },
  asked: { ...ASKED, choose_tender: "asked" },
  offered: {
    accept: "settling",
    decline: "requested",
    escalate: "disputed",
    cancel: "cancelled",
    lapse: "cancelled",
    choose_tender: "offered",
  },
  approved: { ...COMING_BACK, send: "approved", cancel: "cancelled", lapse: "cancelled" },
  received: COMING_BACK,
  settling: { step: "settling", unstick: "settling", resolve: "resolved" },
  rejected: REJECTED,
  disputed: { ...DISPUTED, choose_tender: "disputed" },
  ...ENDED,
};

/** Decided by whoever called them off: nobody is asked, and nothing comes back but money. */
const CANCELLATION: Table = {
  ...{ requested: {}, asked: {}, offered: {}, approved: {}, received: {}, rejected: {}, disputed: {} },
  settling: { step: "settling", unstick: "settling", resolve: "resolved" },
  ...ENDED,
};

/** The whole state machine. A move that is not written here is refused. */
export const NEXT: { readonly [K in Kind]: Table } = {
  return: RETURN,
  exchange: EXCHANGE,
  claim: CLAIM,
  cancellation: CANCELLATION,
};

export const isOver = (state: State): boolean => state === "resolved" || state === "cancelled";

/**
 * What is left to do of a case that is decided on, one after the other; each is one commit, guarded by the
 * version of the case, so that a step which is repeated finds itself done.
 */
export const STEPS = [
  "assess",
  "pay",
  "paying",
  "book",
  "take_back",
  "credit",
  "replace",
  "restock",
] as const;
export type Step = (typeof STEPS)[number];

const REFUNDING: readonly Step[] = ["assess", "pay", "paying", "book", "take_back", "credit", "restock"];
const REPLACING: readonly Step[] = ["replace", "restock"];
export type Resolution = "refund" | "replacement";

export const firstStep = (resolution: Resolution): Step => (resolution === "refund" ? "assess" : "replace");

/** Undefined when everything is done. */
export function stepAfter(step: Step, resolution: Resolution): Step | undefined {
  const all = resolution === "refund" ? REFUNDING : REPLACING;
  return all[all.indexOf(step) + 1];
}
