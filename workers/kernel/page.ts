import * as z from "zod";
import type { Ctx } from "./ctx.ts";
import { fail } from "./errors.ts";

/** A page costs one indexed read; beyond this a client should page on. */
const LIMIT_MAX = 100;
const LIMIT_DEFAULT = 20;
const SIGNATURE_CHARS = 22;

export const zPageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  cursor: z.string().max(1_000).optional(),
});
export type PageQuery = z.output<typeof zPageQuery>;

export const zPage = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };

/** Where a walk stands: sort values and id of its last row. `scope` names the list, its sort and filters. */
type Position = readonly (string | number)[];

export function encodeCursor({ keys }: Pick<Ctx, "keys">, scope: string, position: Position): string {
  const body = Buffer.from(JSON.stringify(position)).toString("base64url");
  return `${body}.${keys.sign("cursor", `${scope}\n${body}`).slice(0, SIGNATURE_CHARS)}`;
}

/** A cursor of another list, sort or filter is refused, and so is one that we did not sign. */
export function decodeCursor(
  { keys }: Pick<Ctx, "keys">,
  scope: string,
  cursor: string | undefined,
): Position | undefined {
  if (cursor === undefined) return undefined;
  const [body = "", signature = ""] = cursor.split(".");
  if (keys.sign("cursor", `${scope}\n${body}`).slice(0, SIGNATURE_CHARS) !== signature) {
    throw fail("request.invalid", {
      errors: [{ path: "query.cursor", code: "cursor", message: "This cursor is not of this list." }],
    });
  }
  return JSON.parse(Buffer.from(body, "base64url").toString()) as Position;
}

/** Takes `limit + 1` rows: the extra one only says that there is a next page. */
export function toPage<Row, T>(
  ctx: Pick<Ctx, "keys">,
  scope: string,
  limit: number,
  rows: readonly Row[],
  position: (row: Row) => Position,
  toItem: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last ? encodeCursor(ctx, scope, position(last)) : null;
  return { items: shown.map(toItem), nextCursor };
}
