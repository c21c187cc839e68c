import { HttpFailure } from "../endpoints.ts";

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

interface Rule<N extends keyof Faults = keyof Faults> {
  name: N;
  value: NonNullable<Faults[N]>;
  orderId?: string;
  remaining?: number;
}

const COUNTS = new Set(["delayMs", "repeat", "reorder", "times", "answerDelayMs"]);
const FLAGS = new Set(["drop", "forge", "wrongAmount"]);
const FAILURES = new Set(["chargeFails", "refundFails", "statusFails"]);

/** Switches that tests and people turn; they are not kept over a restart. */
export class FaultSwitches {
  #rules: Rule[] = [];

  list(): Rule[] {
    return this.#rules.map((rule) => ({ ...rule }));
  }

  add(input: unknown): void {
    const { orderId, times, ...faults } = parseFaults(input);
    for (const [name, value] of Object.entries(faults)) {
      if (value === false || value === 0) continue;
      this.#rules.push({
        name: name as keyof Faults,
        value,
        ...(orderId === undefined ? {} : { orderId }),
        ...(times === undefined ? {} : { remaining: times }),
      });
    }
  }

  reset(orderId?: string): void {
    this.#rules = orderId === undefined ? [] : this.#rules.filter((rule) => rule.orderId !== orderId);
  }

  /**
   * The value that holds for this event, counted as used; a switch for this order goes before one for all.
   */
  take<N extends keyof Faults>(name: N, orderId?: string): Faults[N] | undefined {
    const fitting = this.#rules.filter(
      (rule): rule is Rule<N> =>
        rule.name === name && (rule.orderId === undefined || rule.orderId === orderId),
    );
    const rule = fitting.find((candidate) => candidate.orderId !== undefined) ?? fitting[0];
    if (!rule) return undefined;
    if (rule.remaining !== undefined) {
      rule.remaining -= 1;
      if (rule.remaining <= 0) this.#rules = this.#rules.filter((one) => one !== rule);
    }
    return rule.value;
  }
}

function parseFaults(input: unknown): FaultRequest {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new HttpFailure(400, "faults are a JSON object");
  }
  for (const [name, value] of Object.entries(input)) {
    const fits =
      (COUNTS.has(name) && Number.isInteger(value) && value >= 0) ||
      (FLAGS.has(name) && typeof value === "boolean") ||
      (FAILURES.has(name) && CALL_FAILURES.includes(value)) ||
      (name === "refundFails" && value === "denied") ||
      (name === "orderId" && typeof value === "string");
    if (!fits) throw new HttpFailure(400, `no such fault, or not with that value: ${name}`);
  }
  return input;
}
