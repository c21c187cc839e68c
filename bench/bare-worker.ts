import { DurableObject } from "cloudflare:workers";

type BareEnv = { readonly ROW: DurableObjectNamespace<RowDO> };

/** What a Durable Object can do at the least: one call, one row, on disk before the answer. */
export class RowDO extends DurableObject {
  readonly #sql: SqlStorage;
  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env as never);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(
      "CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)",
    );
  }
  write(text: string): number {
    return this.#sql.exec<{ id: number }>("INSERT INTO row (text) VALUES (?) RETURNING id", text).one().id;
  }
}

const bodies = new Map<number, string>();

/** `/constant?bytes=N`: an answer of that size; `/row?name=X`: one call to object X that writes one row. */
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname === "/row") {
      const name = url.searchParams.get("name") ?? "";
      return Response.json({ id: await env.ROW.getByName(name).write(name) });
    }
    const bytes = Number(url.searchParams.get("bytes"));
    const body = bodies.get(bytes) ?? "x".repeat(bytes);
    bodies.set(bytes, body);
    return new Response(body, { headers: { "content-type": "application/json" } });
  },
} satisfies ExportedHandler<BareEnv>;
