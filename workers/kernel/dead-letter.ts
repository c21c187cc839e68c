import { jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";
import type { Ctx } from "./ctx.ts";
import { insertMany } from "./db.ts";
import type { Message } from "./relay.ts";

/** Messages that a queue gave up, kept until somebody sends them again. */
export const deadLetter = pgTable("dead_letter", {
  id: id("letter").primaryKey(),
  queue: text().notNull(),
  body: jsonb().$type<Message>().notNull(),
  at: instant().notNull(),
});

export async function keepDeadLetters(ctx: Ctx, queue: string, bodies: readonly Message[]): Promise<void> {
  const at = ctx.clock.now();
  const rows = bodies.map((body) => ({ id: ctx.ids.next("letter"), queue, body, at }));
  await ctx.db.commit([insertMany(deadLetter, rows)]);
}
