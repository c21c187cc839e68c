import { HttpFailure } from "../endpoints.ts";

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

interface Rule {
  name: keyof Faults;
  value: number | boolean | Failure;
  waybillId: string | undefined;
  left: number;
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const FITS: { readonly [name in keyof FaultRequest]-?: (value: unknown) => boolean } = {
  delayMs: isCount,
  repeat: isCount,
  reorder: isCount,
  answerDelayMs: isCount,
  priceFactor: isCount,
  waybillLater: (value) => typeof value === "boolean",
  times: isCount,
  drop: (value) => typeof value === "boolean",
  forge: (value) => typeof value === "boolean",
  answerFails: (value) => FAILURES.some((failure) => failure === value),
  waybillId: (value) => typeof value === "string",
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
    const { waybillId, times, ...faults } = input as FaultRequest;
    for (const [name, value] of Object.entries(faults)) {
      if (value === false) continue;
      this.#rules.push({
        name: name as keyof Faults,
        value,
        waybillId,
        left: times ?? Number.POSITIVE_INFINITY,
      });
    }
  }

  reset(waybillId?: string): void {
    this.#rules = waybillId === undefined ? [] : this.#rules.filter((rule) => rule.waybillId !== waybillId);
  }

  /** The value that holds for this event, counted as used. */
  take<N extends keyof Faults>(name: N, waybillId: string): Faults[N] | undefined {
    const fitting = this.#rules.filter(
      (rule) => rule.name === name && (rule.waybillId ?? waybillId) === waybillId,
    );
    const rule = fitting.find((one) => one.waybillId !== undefined) ?? fitting[0];
    if (!rule) return undefined;
    rule.left -= 1;
    if (rule.left <= 0) this.#rules = this.#rules.filter((one) => one !== rule);
    return rule.value as Faults[N];
  }
}
