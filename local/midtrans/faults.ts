import { FaultSwitches, isCount, isFlag, oneOf } from "../switches.ts";

/**
 * How a call fails. `http500`, `http503`, `malformed`, `timeout` and `reset` happen before anything is done;
 * `lost` does the work and breaks the connection instead of answering.
 */
export const CALL_FAILURES = ["http500", "http503", "malformed", "timeout", "reset", "lost"] as const;
export type CallFailure = (typeof CALL_FAILURES)[number];

/** What may be switched on, each with what its value means. */
export interface Faults {
  /** Each notification waits this long before its first attempt. */
  delayMs?: number;
  /** Each notification is sent this many times. */
  repeat?: number;
  /** This many notifications are held back, then sent newest first. */
  reorder?: number;
  /** Notifications are not sent at all. */
  drop?: boolean;
  /** Notifications go out with a signature made with another key, once and whatever the answer. */
  forge?: boolean;
  /** Notifications carry an amount one unit too high, with a signature that fits it. */
  wrongAmount?: boolean;
  /** How POST /v2/charge and POST /snap/v1/transactions fail. */
  chargeFails?: CallFailure;
  /** As with a charge, or `denied`: the bank refuses the refund, and the money stays where it is. */
  refundFails?: CallFailure | "denied";
  statusFails?: CallFailure;
  /** Every API answer waits this long. */
  answerDelayMs?: number;
}

export interface FaultRequest extends Faults {
  /** Only for this order; without it, for all. */
  orderId?: string;
  /** For so many events; without it, until reset. */
  times?: number;
}

export const newSwitches = () =>
  new FaultSwitches<Faults>("orderId", {
    delayMs: isCount,
    repeat: isCount,
    reorder: isCount,
    drop: isFlag,
    forge: isFlag,
    wrongAmount: isFlag,
    chargeFails: oneOf(...CALL_FAILURES),
    refundFails: oneOf(...CALL_FAILURES, "denied"),
    statusFails: oneOf(...CALL_FAILURES),
    answerDelayMs: isCount,
  });
export type Switches = ReturnType<typeof newSwitches>;
