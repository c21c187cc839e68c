/** The text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export type Family = {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
};
export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const VALUE = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?Inf|NaN)$/i;
const TYPES = ["counter", "gauge", "histogram", "summary", "untyped"];

/** Reads as strictly as a scraper does: whatever is not of the format is an error that quotes the line. */
export function parseMetrics(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, { name: string; type: string; help: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let current = "";
  for (const line of text.split("\n").slice(0, -1)) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment) {
      const [, kind, name = "", rest = ""] = comment;
      if (!NAME.test(name)) throw new Error(`not a name: ${line}`);
      if (kind === "HELP" && families.has(name)) throw new Error(`a family comes twice: ${line}`);
      if (kind === "TYPE" && !TYPES.includes(rest)) throw new Error(`not a type: ${line}`);
      const family = families.get(name) ?? { name, type: "", help: "", samples: [] };
      families.set(name, { ...family, ...(kind === "HELP" ? { help: rest } : { type: rest }) });
      current = name;
      continue;
    }
    const sample = readSample(line);
    const family = families.get(current);
    if (!family || !isOf(family, sample.name)) throw new Error(`a sample outside its family: ${line}`);
    const series = line.slice(0, line.lastIndexOf(" "));
    if (seen.has(series)) throw new Error(`a series comes twice: ${line}`);
    seen.add(series);
    family.samples.push(sample);
  }
  for (const family of families.values()) if (family.type === "histogram") checkHistogram(family);
  return families;
}

function readSample(line: string): Sample {
  const [, name = "", list = "", value = ""] = LINE.exec(line) ?? [];
  if (!VALUE.test(value)) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  for (let rest = list; rest !== ""; ) {
    const [whole = "", label = "", text = ""] = LABEL.exec(rest) ?? [];
    if (whole === "" || label in labels) throw new Error(`not a list of labels: ${line}`);
    labels[label] = text.replace(/\\(["\\n])/g, (_, escaped) => (escaped === "n" ? "\n" : escaped));
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: Number(value.replace(/inf/i, "Infinity")) };
}

const isOf = ({ name, type }: { name: string; type: string }, series: string): boolean =>
  type === "histogram" ? /^_(bucket|sum|count)$/.test(series.slice(name.length)) : series === name;

/** Buckets add up, and the last one holds everything that was counted. */
function checkHistogram({ name, samples }: Family): void {
  const rowOf = ({ labels: { le: _, ...rest } }: Sample) => JSON.stringify(Object.entries(rest).toSorted());
  for (const [row, own] of Map.groupBy(samples, rowOf)) {
    const buckets = own
      .filter((sample) => sample.name === `${name}_bucket`)
      .map(({ labels, value }) => ({ le: Number((labels.le ?? "").replace("+Inf", "Infinity")), value }))
      .toSorted((a, b) => a.le - b.le);
    const count = own.find((sample) => sample.name === `${name}_count`)?.value;
    const falls = buckets.some(({ value }, i) => value < (buckets[i - 1]?.value ?? 0));
    const last = buckets.at(-1);
    if (falls || last?.le !== Number.POSITIVE_INFINITY || last.value !== count) {
      throw new Error(`the buckets of ${name} do not add up for ${row}`);
    }
  }
}

/** What the series with these labels add up to; 0 when nothing was counted yet. */
export function seriesSum(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>>,
): number {
  const samples = families.get(name.replace(/_(bucket|sum|count)$/, ""))?.samples;
  const all = families.get(name)?.samples ?? samples ?? [];
  const fits = (sample: Sample) =>
    sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text);
  return all.filter(fits).reduce((sum, sample) => sum + sample.value, 0);
}
