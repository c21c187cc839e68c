/** A table as a backup sees it. Generated columns are worked out again, so they are left out. */
export type Table = {
  readonly name: string;
  readonly columns: readonly string[];
  /** Of the primary key, or none. */
  readonly key: readonly string[];
};

/** What the migrations themselves write; a restore compares it and does not load it. */
export const MIGRATIONS_TABLE = "schema_migration";

export const TABLES_SQL = `SELECT c.relname AS name,
    (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
    coalesce((SELECT json_agg(a.attname ORDER BY array_position(i.indkey::int[], a.attnum::int))
      FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
      WHERE i.indrelid = c.oid AND i.indisprimary), '[]'::json) AS key
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname COLLATE "C"`;

export const REFERENCES_SQL = `SELECT c.relname AS child, p.relname AS parent
  FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class p ON p.oid = f.confrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE f.contype = 'f' AND n.nspname = 'public'`;

export const SEQUENCES_SQL = `SELECT
    json_build_object('name', sequencename, 'value', last_value::text)::text AS row
  FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY sequencename`;

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const list = (names: readonly string[], prefix = "") => names.map((name) => prefix + quote(name)).join(", ");

const orderOf = ({ key }: Table) => (key.length > 0 ? list(key, "s.") : 's::text COLLATE "C"');

/** Rows as JSON texts in the order of their key, so that the same rows have the same hash. */
export const rowsSql = (table: Table): string =>
  `SELECT row_to_json(t)::text AS row FROM (SELECT ${list(table.columns)} FROM public.${quote(table.name)} s
    ORDER BY ${orderOf(table)}) t`;

/** As `rowsSql`, some of them, after the row that a literal holds as JSON. */
export function pageSql(table: Table, after: string | null, limit: number): string {
  const { name, columns, key } = table;
  const record = `json_populate_record(NULL::public.${quote(name)}, ${after}::json)`;
  const where =
    after === null || key.length === 0
      ? ""
      : `WHERE (${list(key, "s.")}) > (SELECT ${list(key, "r.")} FROM ${record} r)`;
  const most = key.length === 0 ? "" : `LIMIT ${limit}`;
  return `SELECT row_to_json(t)::text AS row FROM (SELECT ${list(columns)} FROM public.${quote(name)} s
    ${where} ORDER BY ${orderOf(table)} ${most}) t`;
}

/** Takes rows as one JSON list. What the database numbers itself keeps its number. */
export const loadSql = ({ name, columns }: Table): string =>
  `INSERT INTO public.${quote(name)} (${list(columns)}) OVERRIDING SYSTEM VALUE
    SELECT ${list(columns)} FROM json_populate_recordset(NULL::public.${quote(name)}, $1::json)`;

type Reference = { readonly child: string; readonly parent: string };

/** Parents before their children; what refers to itself is loaded as it stands. */
export function parentsFirst(names: readonly string[], references: readonly Reference[]): readonly string[] {
  const sorted: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { child, parent } of references) if (child === name) visit(parent);
    sorted.push(name);
  };
  for (const name of names) visit(name);
  return sorted.filter((name) => names.includes(name));
}
