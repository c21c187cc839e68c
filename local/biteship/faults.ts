import { FaultSwitches, isCount, isFlag, oneOf } from "../switches.ts";

/** How an answer of the API fails; `lost` is carried out and breaks off before it is told. */
const FAILURES = ["http500", "malformed", "timeout", "reset", "lost"] as const;
export type Failure = (typeof FAILURES)[number];

export interface Faults {
  /** Each notification waits this long. */
  delayMs?: number;
  /** Each notification is sent this many times. */
  repeat?: number;
  /** This many notifications are held back, then sent newest first. */
  reorder?: number;
  /** Notifications are not sent at all. */
  drop?: boolean;
  /** Notifications go out with another secret in their header. */
  forge?: boolean;
  answerFails?: Failure;
  answerDelayMs?: number;
  /** Prices are this many hundredths of what they are. */
  priceFactor?: number;
  /** An order is confirmed without a waybill, which comes by a notification of its own. */
  waybillLater?: boolean;
}
export interface FaultRequest extends Faults {
  /** Only for this parcel, or for `rates`, `orders`, `confirm`; without it, for all. */
  waybillId?: string;
  /** For so many events; without it, until reset. */
  times?: number;
}

export const newSwitches = () =>
  new FaultSwitches<Faults>("waybillId", {
    delayMs: isCount,
    repeat: isCount,
    reorder: isCount,
    answerDelayMs: isCount,
    priceFactor: isCount,
    waybillLater: isFlag,
    drop: isFlag,
    forge: isFlag,
    answerFails: oneOf(...FAILURES),
  });
