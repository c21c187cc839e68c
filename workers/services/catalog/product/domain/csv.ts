/** RFC 4180: quotes double inside quotes, which may hold commas and line breaks. Undefined: one is open. */
export function parseCsv(text: string): readonly (readonly string[])[] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  const endRow = () => {
    row.push(field);
    if (row.length > 1 || field !== "") rows.push(row);
    row = [];
    field = "";
  };
  const clean = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < clean.length; at += 1) {
    const char = clean.charAt(at);
    if (quoted) {
      if (char !== '"') field += char;
      else if (clean.charAt(at + 1) === '"') {
        field += '"';
        at += 1;
      } else quoted = false;
    } else if (char === '"' && field === "") quoted = true;
    else if (char === ",") {
      row.push(field);
      field = "";
    } else if (char === "\n") endRow();
    else if (char !== "\r") field += char;
  }
  if (quoted) return undefined;
  endRow();
  return rows;
}

/** A leading sign that a spreadsheet takes for a formula is kept apart from it by an apostrophe. */
const FORMULA = /^[=+\-@\t\r]/;

export const formatCsv = (fields: readonly string[]): string => `${fields.map(formatField).join(",")}\r\n`;

function formatField(value: string): string {
  const safe = FORMULA.test(value) && !/^-?\d/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
