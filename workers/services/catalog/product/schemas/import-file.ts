import { parseCsv } from "../domain/csv.ts";
import { IMPORT_ROWS_MAX } from "./import.ts";

/** A product as the file has it, before anything is checked, and where it stands. */
export type RawRow = { readonly row: number; readonly value: unknown };
type Read = { readonly rows: readonly RawRow[] } | { readonly refused: "too_long" | "unreadable" };

/** JSON lines: a product a line. A line that is no JSON is a row that fails, not a file that does. */
export function readJsonLines(text: string): Read {
  const lines = text.split("\n").map((line, i) => ({ row: i + 1, line: line.trim() }));
  const filled = lines.filter(({ line }) => line !== "");
  if (filled.length > IMPORT_ROWS_MAX) return { refused: "too_long" };
  return { rows: filled.map(({ row, line }) => ({ row, value: parseLine(line) })) };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export const CSV_COLUMNS = [
  "ref",
  "category",
  "slug",
  "title_en",
  "title_id",
  "description_en",
  "description_id",
  "brand",
  "mpn",
  "attributes",
  "option1",
  "value1",
  "option2",
  "value2",
  "option3",
  "value3",
  "sku",
  "price",
  "gtin",
  "variant_mpn",
  "weight_grams",
  "length_mm",
  "width_mm",
  "height_mm",
  "min",
  "step",
  "max",
] as const;
type Column = (typeof CSV_COLUMNS)[number];
type Line = { readonly [C in Column]?: string };

/** CSV: a variant a line; neighbouring lines of one `ref` are one product. */
export function readCsv(text: string, currency: string): Read {
  const [header, ...records] = parseCsv(text) ?? [];
  if (!header?.includes("ref")) return { refused: "unreadable" };
  if (records.length > IMPORT_ROWS_MAX) return { refused: "too_long" };
  const groups: { row: number; lines: Line[] }[] = [];
  for (const [i, record] of records.entries()) {
    const line: Line = Object.fromEntries(
      header.map((column, at) => [column, unquoted(record[at] ?? "")]).filter(([, value]) => value !== ""),
    );
    const last = groups.at(-1);
    if (last && line.ref !== undefined && last.lines[0]?.ref === line.ref) last.lines.push(line);
    else groups.push({ row: i + 2, lines: [line] });
  }
  return { rows: groups.map(({ row, lines }) => ({ row, value: fromLines(lines, currency) })) };
}

/** Takes back the apostrophe that the export puts before what a spreadsheet would run. */
const unquoted = (value: string) => value.replace(/^'(?=[=+\-@\t\r])/, "").trim();

const texts = (en: string | undefined, id: string | undefined) =>
  en === undefined ? undefined : { en, ...(id === undefined ? {} : { id }) };

/** `red|Red|Merah` is code and names; a single part is the English name, and the code is made of it. */
function named(field: string): { readonly code: string; readonly names: unknown } {
  const [first = "", en, id] = field.split("|").map((part) => part.trim());
  const code = en === undefined ? first.toLowerCase().replace(/[^a-z0-9]+/g, "_") : first;
  return { code: code.replace(/^_+|_+$/g, ""), names: texts(en ?? first, id) };
}

const AXES = [1, 2, 3] as const;

function fromLines(lines: readonly Line[], currency: string): unknown {
  const [first] = lines;
  const options = AXES.flatMap((n) => {
    const option = first?.[`option${n}`];
    if (option === undefined) return [];
    const values = lines.map((line) => named(line[`value${n}`] ?? ""));
    return [{ ...named(option), values: [...new Map(values.map((value) => [value.code, value])).values()] }];
  });
  return {
    ref: first?.ref,
    category: first?.category,
    slug: first?.slug,
    titles: texts(first?.title_en, first?.title_id),
    descriptions: texts(first?.description_en, first?.description_id),
    brand: first?.brand,
    mpn: first?.mpn,
    attributes: first?.attributes === undefined ? undefined : parseLine(first.attributes),
    options,
    variants: lines.map((line) => variantOf(line, options, currency)),
  };
}

function variantOf(line: Line, options: readonly { readonly code: string }[], currency: string): unknown {
  const values = options.map(({ code }, i) => [code, named(line[`value${AXES[i] ?? 1}`] ?? "").code]);
  return {
    values: Object.fromEntries(values),
    gtin: line.gtin,
    mpn: line.variant_mpn,
    weightGrams: integer(line.weight_grams),
    measures: measuresOf(line),
    offer:
      line.sku === undefined
        ? undefined
        : {
            sku: line.sku,
            price: { minor: toMinor(line.price ?? ""), currency },
            minQuantity: integer(line.min),
            stepQuantity: integer(line.step),
            maxQuantity: integer(line.max),
          },
  };
}

/** All three or none: what is said in part is told as a mistake of its row. */
function measuresOf({ length_mm: length, width_mm: width, height_mm: height }: Line): unknown {
  if (length === undefined && width === undefined && height === undefined) return undefined;
  return { lengthMm: integer(length), widthMm: integer(width), heightMm: integer(height) };
}

/** What is no number stays as it is, so that the check of the row says so. */
const integer = (field: string | undefined): unknown =>
  field === undefined ? undefined : /^\d+$/.test(field) ? Number(field) : field;

/** Whole units with up to two decimals, as people write them; every currency here has two (ISO 4217). */
function toMinor(price: string): string {
  const parts = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(price);
  return parts ? `${BigInt(`${parts[1]}${(parts[2] ?? "").padEnd(2, "0")}`)}` : price;
}

export const fromMinor = (minor: bigint): string => {
  const digits = minor.toString().padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};
