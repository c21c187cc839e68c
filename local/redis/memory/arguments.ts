import { RedisError } from "../reply.ts";
import type { Bound } from "./sorted-set.ts";

/** Redis counts in 64 bits; past 53 this engine could not be exact, so it refuses. */
const INTEGER = /^(0|-?[1-9]\d*)$/;

export const syntaxError = () => new RedisError("ERR syntax error");
export const notAnInteger = () => new RedisError("ERR value is not an integer or out of range");
const notAFloat = () => new RedisError("ERR value is not a valid float");

export function toInteger(text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || !INTEGER.test(text) || !Number.isSafeInteger(value)) throw notAnInteger();
  return value;
}

export function toScore(text: string | undefined): number {
  if (text === undefined) throw notAFloat();
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  const value = Number(text);
  if (text.trim() === "" || text !== text.trim() || !Number.isFinite(value)) throw notAFloat();
  return value;
}

/** `(5` leaves 5 out. */
export function toBound(text: string | undefined): Bound {
  const exclusive = text?.startsWith("(") ?? false;
  try {
    return { score: toScore(exclusive ? text?.slice(1) : text), exclusive };
  } catch {
    throw new RedisError("ERR min or max is not a float");
  }
}

export function scoreText(score: number): string {
  if (score === Infinity) return "inf";
  return score === -Infinity ? "-inf" : String(score);
}

/** Start and stop as Redis counts them, negative ones from the end, made to what `slice` takes. */
export function toSlice(start: number, stop: number, length: number): [from: number, to: number] {
  const from = Math.max(start < 0 ? start + length : start, 0);
  const to = Math.min(stop < 0 ? stop + length : stop, length - 1) + 1;
  return [from, Math.max(to, from)];
}

/** Walks the options behind a command's fixed arguments. */
export class Options {
  readonly #args: readonly string[];
  #at = 0;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  get left(): boolean {
    return this.#at < this.#args.length;
  }

  /** The next option in capitals. */
  name(): string {
    return this.value().toUpperCase();
  }

  value(): string {
    const value = this.#args[this.#at];
    if (value === undefined) throw syntaxError();
    this.#at += 1;
    return value;
  }

  integer(): number {
    return toInteger(this.value());
  }

  /** What follows the options. */
  rest(): readonly string[] {
    return this.#args.slice(this.#at);
  }

  back(): void {
    this.#at -= 1;
  }
}

/** Redis's patterns: `*`, `?`, `[a-c]`, `[^x]` and a backslash before what is meant as it is. */
export function toPattern(glob: string): RegExp {
  let source = "";
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at] ?? "";
    const close = character === "[" ? glob.indexOf("]", at + 1) : -1;
    if (character === "*") source += ".*";
    else if (character === "?") source += ".";
    else if (close > 0) {
      source += `[${glob.slice(at + 1, close).replace(/[\\[]/g, "\\$&")}]`;
      at = close;
    } else {
      if (character === "\\") at += 1;
      source += (glob[at] ?? "\\").replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    }
  }
  return new RegExp(`^${source}$`, "s");
}
