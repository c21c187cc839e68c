import { HttpFailure } from "../endpoints.ts";

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

interface Rule {
  name: keyof Faults;
  value: number | boolean | string;
  only: string | undefined;
  left: number;
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const FITS: { readonly [name in keyof FaultRequest]-?: (value: unknown) => boolean } = {
  delayMs: isCount,
  repeat: isCount,
  reorder: isCount,
  answerDelayMs: isCount,
  priceFactor: isCount,
  times: isCount,
  drop: isFlag,
  forge: isFlag,
  answerFails: (value) => FAILURES.some((failure) => failure === value),
  refundIs: (value) => ["refunded", "rejected", "not_applicable"].some((one) => one === value),
  only: (value) => typeof value === "string",
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
    const { only, times = Number.POSITIVE_INFINITY, ...faults } = input as FaultRequest;
    for (const [name, value] of Object.entries(faults)) {
      if (value === false) continue;
      this.#rules.push({ name: name as keyof Faults, value, only, left: times });
    }
  }

  reset(): void {
    this.#rules = [];
  }

  /** The value that holds for this event, counted as used. */
  take<N extends keyof Faults>(name: N, what: string): Faults[N] | undefined {
    const fitting = this.#rules.filter((rule) => rule.name === name && (rule.only ?? what) === what);
    const rule = fitting.find((one) => one.only !== undefined) ?? fitting[0];
    if (!rule) return undefined;
    rule.left -= 1;
    if (rule.left <= 0) this.#rules = this.#rules.filter((one) => one !== rule);
    return rule.value as Faults[N];
  }
}
