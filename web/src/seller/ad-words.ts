import type { Schemas } from "../api/schema.gen.ts";

type Keyword = Schemas["Keywords"]["keywords"][number];
type Match = Keyword["match"];

/** How sellers write them everywhere: "phrase", [exact], and a minus before what never fits. */
const FORMS: readonly {
  readonly match: Match;
  readonly form: RegExp;
  readonly say: (w: string) => string;
}[] = [
  { match: "negative_exact", form: /^-\s*\[(.+)\]$/, say: (words) => `-[${words}]` },
  { match: "negative_phrase", form: /^-\s*"?(.+?)"?$/, say: (words) => `-"${words}"` },
  { match: "exact", form: /^\[(.+)\]$/, say: (words) => `[${words}]` },
  { match: "phrase", form: /^"(.+)"$/, say: (words) => `"${words}"` },
  { match: "broad", form: /^(.+)$/, say: (words) => words },
];

const same = (a: Keyword, b: Keyword): boolean => a.match === b.match && a.words === b.words;

/** One on each line; a bid of its own that a line had before stays with it. */
export function keywordsOf(typed: string, before: readonly Keyword[]): readonly Keyword[] {
  return typed
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line): Keyword => {
      const { match, form } = FORMS.find((one) => one.form.test(line)) ?? { match: "broad", form: /^(.*)$/ };
      const keyword: Keyword = { words: (form.exec(line)?.[1] ?? line).trim(), match };
      const known = before.find((one) => same(one, keyword));
      return { ...keyword, bid: known?.bid ?? null };
    });
}

export const typedOf = (keywords: readonly Keyword[]): string =>
  keywords
    .map(({ words, match }) => FORMS.find((one) => one.match === match)?.say(words) ?? words)
    .join("\n");
