import { FaultSwitches, isCount, isFlag, oneOf } from "../switches.ts";

/** How an answer of the API fails; `lost` is carried out and breaks off before it is told. */
const FAILURES = ["http500", "malformed", "timeout", "reset", "lost"] as const;
export type Failure = (typeof FAILURES)[number];

export interface Faults {
  /** Each event waits this long. */
  delayMs?: number;
  /** Each event is sent this many times. */
  repeat?: number;
  /** This many events are held back, then sent newest first. */
  reorder?: number;
  /** Events are not sent at all. */
  drop?: boolean;
  /** Events go out with another secret's signature. */
  forge?: boolean;
  answerFails?: Failure;
  answerDelayMs?: number;
  /** Rates are this many hundredths of what they are. */
  priceFactor?: number;
  /** What a refund comes to at once, instead of `submitted`. */
  refundIs?: "refunded" | "rejected" | "not_applicable";
}
export interface FaultRequest extends Faults {
  /** Only for `shipments` (rates are asked so), `buy`, `labels`, `refund`, `events`; else for all. */
  only?: string;
  /** For so many events; without it, until reset. */
  times?: number;
}

export const newSwitches = () =>
  new FaultSwitches<Faults>("only", {
    delayMs: isCount,
    repeat: isCount,
    reorder: isCount,
    answerDelayMs: isCount,
    priceFactor: isCount,
    drop: isFlag,
    forge: isFlag,
    answerFails: oneOf(...FAILURES),
    refundIs: oneOf("refunded", "rejected", "not_applicable"),
  });
