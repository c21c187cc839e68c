import type { Actor } from "./actor.ts";
import { actorKey } from "./actor.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];
/** Values only: ids, codes, counts. Never a body, a header, an address or anything a person typed. */
type Fields = { readonly [field: string]: string | number | boolean | undefined };

export type Log = { readonly [L in Level]: (event: string, fields?: Fields) => void };

type About = {
  readonly requestId: string;
  readonly traceId: string;
  readonly cell: string;
  readonly actor: Actor;
};

/** One JSON object a line, which Workers Logs indexes by field. */
export function openLog(threshold: string, about: About): Log {
  return new Lines(Math.max(0, LEVELS.indexOf(threshold as Level)), about);
}

class Lines implements Log {
  readonly #from: number;
  readonly #about: About;
  constructor(from: number, about: About) {
    this.#from = from;
    this.#about = about;
  }

  debug(event: string, fields?: Fields): void {
    this.#write("debug", event, fields);
  }
  info(event: string, fields?: Fields): void {
    this.#write("info", event, fields);
  }
  warn(event: string, fields?: Fields): void {
    this.#write("warn", event, fields);
  }
  error(event: string, fields?: Fields): void {
    this.#write("error", event, fields);
  }

  #write(level: Level, event: string, fields: Fields = {}): void {
    if (LEVELS.indexOf(level) < this.#from) return;
    const { requestId, traceId, cell, actor } = this.#about;
    console[level](
      JSON.stringify({ level, event, requestId, traceId, cell, actor: actorKey(actor), ...fields }),
    );
  }
}
