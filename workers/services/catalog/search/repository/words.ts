import { sql } from "drizzle-orm";
import type { Statement } from "#kernel/db";
import { searchQuery, searchWord } from "#schema/catalog/search";

/** Words become known once; how often they stand in titles says which of two near ones is meant. */
export function learnWords(words: readonly string[]): Statement {
  return {
    sql: sql`INSERT INTO ${searchWord} (word, weight)
      SELECT word, count(*) FROM jsonb_array_elements_text(${JSON.stringify(words)}::jsonb) AS w (word)
      GROUP BY word ORDER BY word
      ON CONFLICT (word) DO UPDATE SET weight = ${searchWord}.weight + excluded.weight`,
  };
}

export const countQuery = (phrase: string, results: number, at: number): Statement => ({
  sql: sql`INSERT INTO ${searchQuery} (query, count, results, last_at)
    VALUES (${phrase}, 1, ${results}, ${new Date(at).toISOString()})
    ON CONFLICT (query) DO UPDATE
    SET count = ${searchQuery}.count + 1, results = excluded.results, last_at = excluded.last_at`,
});
