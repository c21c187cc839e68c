/** `limit` is what the machine can do without us, or a budget; null where neither means anything. */
export type Row = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number | null;
  readonly ratio: number | null;
};

export const row = (name: string, value: number, unit: string, limit: number | null = null): Row => ({
  name,
  value: rounded(value),
  unit,
  limit: limit === null ? null : rounded(limit),
  ratio: limit === null || limit === 0 ? null : Math.round((value / limit) * 1_000) / 1_000,
});

/** Three figures say all that a machine shared with others can. */
const rounded = (value: number) =>
  Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));

export function printRows(rows: readonly Row[]): void {
  const cells = rows.map(({ name, value, unit, limit, ratio }) => [
    name,
    `${value}`,
    unit,
    limit === null ? "" : `${limit}`,
    ratio === null ? "" : `${ratio}`,
  ]);
  const all = [["", "value", "unit", "limit", "ratio"], ...cells];
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...all.map((one) => one[i]?.length ?? 0)));
  for (const one of all) {
    const padded = one.map((text, i) =>
      i === 0 || i === 2 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0),
    );
    console.log(padded.join("  ").trimEnd());
  }
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};
