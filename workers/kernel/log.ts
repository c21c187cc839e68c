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
export function openLog(threshold: string, { actor, requestId, traceId, cell }: About): Log {
  const from = Math.max(0, LEVELS.indexOf(threshold as Level));
  const write =
    (level: Level) =>
    (event: string, fields: Fields = {}) => {
      if (LEVELS.indexOf(level) < from) return;
      console[level](
        JSON.stringify({ level, event, requestId, traceId, cell, actor: actorKey(actor), ...fields }),
      );
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
