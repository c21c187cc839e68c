import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** SQL of an object on Node's own SQLite, as far as objects use it: the same engine, without the runtime. */
export function openObjectSql(file = ":memory:") {
  const db = new DatabaseSync(file);
  const prepared = new Map<string, StatementSync>();
  const exec = (query: string, ...bindings: SQLInputValue[]) => {
    if (bindings.length === 0 && query.includes(";")) {
      db.exec(query);
      return cursorOf([]);
    }
    const statement = prepared.get(query) ?? db.prepare(query);
    prepared.set(query, statement);
    return cursorOf(statement.all(...bindings));
  };
  return {
    sql: { exec } as unknown as SqlStorage,
    /** What did not come to its end never was. */
    transaction<T>(work: () => T): T {
      db.exec("BEGIN");
      try {
        const done = work();
        db.exec("COMMIT");
        return done;
      } catch (error) {
        db.exec("ROLLBACK");
        throw error;
      }
    },
    /** Begins what nobody will end. */
    begin: () => db.exec("BEGIN"),
    close: () => db.close(),
  };
}

function cursorOf(rows: readonly unknown[]) {
  return {
    toArray: () => [...rows],
    one() {
      if (rows.length !== 1) throw new Error(`one row was expected, and there are ${rows.length}`);
      return rows[0];
    },
    [Symbol.iterator]: () => rows[Symbol.iterator](),
  };
}
