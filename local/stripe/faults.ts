import { FaultSwitches, isCount, isFlag, oneOf } from "../switches.ts";

/**
 * How a call fails. `http500`, `http503`, `malformed`, `timeout` and `reset` happen before anything is done;
 * `lost` does the work and breaks the connection instead of answering.
 */
export const CALL_FAILURES = ["http500", "http503", "malformed", "timeout", "reset", "lost"] as const;
export type CallFailure = (typeof CALL_FAILURES)[number];

/** What may be switched on, each with what its value means. */
export interface Faults {
  /** Each event waits this long before its first attempt. */
  delayMs?: number;
  /** Each event is sent this many times, under the same id. */
  repeat?: number;
  /** This many events are held back, then sent newest first. */
  reorder?: number;
  /** Events are not sent at all. */
  drop?: boolean;
  /** Events go out signed with another secret, once and whatever the answer. */
  forge?: boolean;
  /** Events carry an amount one unit too high, with a signature that fits it. */
  wrongAmount?: boolean;
  /** How making a payment intent or a session fails. */
  createFails?: CallFailure;
  /** How confirming, capturing and cancelling fail. */
  confirmFails?: CallFailure;
  captureFails?: CallFailure;
  cancelFails?: CallFailure;
  /** As with a charge, or `denied`: the bank refuses the refund, and the money stays where it is. */
  refundFails?: CallFailure | "denied";
  retrieveFails?: CallFailure;
  /** Every API answer waits this long. */
  answerDelayMs?: number;
}

export interface FaultRequest extends Faults {
  /** Only for this payment, by the platform's id in its metadata; without it, for all. */
  payment?: string;
  /** For so many events; without it, until reset. */
  times?: number;
}

export const newSwitches = () =>
  new FaultSwitches<Faults>("payment", {
    delayMs: isCount,
    repeat: isCount,
    reorder: isCount,
    answerDelayMs: isCount,
    drop: isFlag,
    forge: isFlag,
    wrongAmount: isFlag,
    createFails: oneOf(...CALL_FAILURES),
    confirmFails: oneOf(...CALL_FAILURES),
    captureFails: oneOf(...CALL_FAILURES),
    cancelFails: oneOf(...CALL_FAILURES),
    retrieveFails: oneOf(...CALL_FAILURES),
    refundFails: oneOf(...CALL_FAILURES, "denied"),
  });
export type Switches = ReturnType<typeof newSwitches>;
