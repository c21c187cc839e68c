import { HttpFailure } from "../endpoints.ts";

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

interface Rule {
  name: keyof Faults;
  value: number | boolean | string;
  payment: string | undefined;
  left: number;
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isFailure = (value: unknown): boolean => CALL_FAILURES.some((one) => one === value);
const FITS: { readonly [name in keyof FaultRequest]-?: (value: unknown) => boolean } = {
  delayMs: isCount,
  repeat: isCount,
  reorder: isCount,
  answerDelayMs: isCount,
  times: isCount,
  drop: isFlag,
  forge: isFlag,
  wrongAmount: isFlag,
  createFails: isFailure,
  confirmFails: isFailure,
  captureFails: isFailure,
  cancelFails: isFailure,
  retrieveFails: isFailure,
  refundFails: (value) => value === "denied" || isFailure(value),
  payment: (value) => typeof value === "string",
};

/** Switches that tests and people turn; they are not kept over a restart. */
export class FaultSwitches {
  #rules: Rule[] = [];

  list(): Rule[] {
    return this.#rules.map((rule) => ({ ...rule }));
  }

  add(input: unknown): void {
    if (typeof input !== "object" || input === null) throw new HttpFailure(400, "faults are a JSON object");
    for (const [name, value] of Object.entries(input)) {
      if (!Object.hasOwn(FITS, name) || !FITS[name as keyof FaultRequest](value)) {
        throw new HttpFailure(400, `no such fault, or not with that value: ${name}`);
      }
    }
    const { payment, times, ...faults } = input as FaultRequest;
    for (const [name, value] of Object.entries(faults)) {
      if (value === false) continue;
      const left = times ?? Number.POSITIVE_INFINITY;
      this.#rules.push({ name: name as keyof Faults, value, payment, left });
    }
  }

  reset(payment?: string): void {
    this.#rules = payment === undefined ? [] : this.#rules.filter((rule) => rule.payment !== payment);
  }

  /** The value that holds for this event, counted as used; one of this payment goes before one for all. */
  take<N extends keyof Faults>(name: N, payment: string): Faults[N] | undefined {
    const fitting = this.#rules.filter((rule) => rule.name === name && (rule.payment ?? payment) === payment);
    const rule = fitting.find((one) => one.payment !== undefined) ?? fitting[0];
    if (!rule) return undefined;
    rule.left -= 1;
    if (rule.left <= 0) this.#rules = this.#rules.filter((one) => one !== rule);
    return rule.value as Faults[N];
  }
}
