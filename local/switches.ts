import { type Endpoint, HttpFailure, json, parseJson } from "./endpoints.ts";

type Check = (value: unknown) => boolean;
export const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
export const isFlag: Check = (value) => typeof value === "boolean";
const isText: Check = (value) => typeof value === "string";
export const oneOf =
  (...known: readonly unknown[]): Check =>
  (value) =>
    known.includes(value);

/** What a provider's sandbox can be told to do wrong, each with what its value may be. */
type Checks<F> = { readonly [name in keyof F]-?: Check };
type Rule<F> = {
  readonly name: keyof F;
  readonly value: unknown;
  /** What it is for; without it, for all. */
  readonly only: string | undefined;
  /** For so many events more. */
  left: number;
};

/** Faults that tests and people switch on; they are not kept over a restart. */
export class FaultSwitches<F extends object> {
  readonly #scope: string;
  readonly #checks: { readonly [name: string]: Check };
  #rules: Rule<F>[] = [];

  /** `scope` is the field of a request that says what its faults are for. */
  constructor(scope: string, checks: Checks<F>) {
    this.#scope = scope;
    this.#checks = { ...checks, [scope]: isText, times: isCount };
  }

  /** In the words of the request; what holds until it is reset says no number. */
  list() {
    return this.#rules.map(({ name, value, only, left }) => ({
      name,
      value,
      ...(only === undefined ? {} : { [this.#scope]: only }),
      ...(left === Number.POSITIVE_INFINITY ? {} : { remaining: left }),
    }));
  }

  add(input: unknown): void {
    if (typeof input !== "object" || input === null || Array.isArray(input)) {
      throw new HttpFailure(400, "faults are a JSON object");
    }
    for (const [name, value] of Object.entries(input)) {
      if (!Object.hasOwn(this.#checks, name) || !this.#checks[name]?.(value)) {
        throw new HttpFailure(400, `no such fault, or not with that value: ${name}`);
      }
    }
    const { [this.#scope]: only, times, ...faults } = input as { [name: string]: unknown };
    const left = (times as number | undefined) ?? Number.POSITIVE_INFINITY;
    for (const [name, value] of Object.entries(faults)) {
      if (value === false) continue;
      this.#rules.push({ name: name as keyof F, value, only: only as string | undefined, left });
    }
  }

  reset(only?: string): void {
    this.#rules = only === undefined ? [] : this.#rules.filter((rule) => rule.only !== only);
  }

  /** The value that holds for this event, counted as used; one for `what` goes before one for all. */
  take<N extends keyof F>(name: N, what?: string): F[N] | undefined {
    const fitting = this.#rules.filter(
      (rule) => rule.name === name && (rule.only === undefined || rule.only === what),
    );
    const rule = fitting.find((one) => one.only !== undefined) ?? fitting[0];
    if (!rule) return undefined;
    rule.left -= 1;
    if (rule.left <= 0) this.#rules = this.#rules.filter((one) => one !== rule);
    return rule.value as F[N];
  }
}

type Controls = {
  /** The query parameter by which a reset names what it is for. */
  readonly parameter: string;
  /** Lets go of the notifications that are held back. */
  readonly release: () => void;
};

/** The sandbox's own routes for its switches. */
export function faultEndpoints<F extends object>(
  faults: FaultSwitches<F>,
  { parameter, release }: Controls,
): Endpoint[] {
  const path = "/sandbox/faults";
  const all = () => json(200, { faults: faults.list() });
  return [
    { method: "GET", path, handler: all },
    {
      method: "POST",
      path,
      handler: ({ body }) => {
        faults.add(parseJson(body));
        return all();
      },
    },
    {
      method: "DELETE",
      path,
      handler: ({ url }) => {
        faults.reset(url.searchParams.get(parameter) ?? undefined);
        release();
        return all();
      },
    },
  ];
}
