import type { Source, Texts, Violation } from "./source.ts";

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 60;
const LINE_CHARS_MAX = 110;
const SERVICE_README_LINES_MAX = 40;

/** In two halves, or this file would name itself. */
const MARKERS = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"];
const MARKER = new RegExp(`\\b(${MARKERS.join("|")})\\b`);
const BANNED = ["util", "utils", "helper", "helpers", "manager", "common", "misc"];
const SUPPRESSION = /(biome-ignore|@ts-expect-error|@ts-ignore|@ts-nocheck|eslint-disable)(.*)/;
/** A reason is a few words and not a placeholder. */
const REASON = /[:\s]\s*(?!<)\w[^<]{12,}/;
/** Where the two allowed skips live: no Chromium to be had, no credentials of a provider. */
const SKIP_HOMES = /^test\/(e2e|contracts|support)\//;
const CASES = new Set(["test", "it", "describe", "suite", "context"]);
const PROJECTS = /\.(unit|worker)\.test\.ts$|^test\/(contracts|sim|e2e)\/.*\.test\.ts$/;

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
const bannedWord = (name: string): string | undefined => wordsOf(name).find((word) => BANNED.includes(word));
const linesOf = (text: string): readonly string[] => text.replace(/\n$/, "").split("\n");

export function checkSize({ path: file, text, functions }: Source): Violation[] {
  const found: Violation[] = [];
  const lines = linesOf(text);
  if (lines.length > FILE_LINES_MAX) {
    const message = `${lines.length} lines, at most ${FILE_LINES_MAX}`;
    found.push({ file, line: 1, rule: "file-lines", message });
  }
  for (const [index, line] of lines.entries()) {
    // An address cannot be broken.
    if (line.length <= LINE_CHARS_MAX || /https?:\/\/\S{60,}/.test(line)) continue;
    const message = `${line.length} characters, at most ${LINE_CHARS_MAX}`;
    found.push({ file, line: index + 1, rule: "line-chars", message });
  }
  for (const { name, line, lines: length } of functions) {
    if (length <= FUNCTION_LINES_MAX) continue;
    const message = `${name || "a function"} has ${length} lines, at most ${FUNCTION_LINES_MAX}`;
    found.push({ file, line, rule: "function-lines", message });
  }
  return found;
}

export function checkNames({ path: file, classes }: Source): Violation[] {
  return classes
    .filter(({ name }) => bannedWord(name) !== undefined)
    .map(({ name, line }) => ({
      file,
      line,
      rule: "name",
      message: `class ${name}: "${bannedWord(name)}" says nothing`,
    }));
}

export function checkFileNames(texts: Texts): Violation[] {
  const found: Violation[] = [];
  for (const file of texts.keys()) {
    const word = bannedWord(file.replace(/\.[a-z]+$/, ""));
    if (word !== undefined) found.push({ file, line: 1, rule: "name", message: `"${word}" says nothing` });
    if (/\.test\.[cm]?[jt]sx?$/.test(file) && !PROJECTS.test(file)) {
      found.push({ file, line: 1, rule: "test", message: "no project of vitest.config.ts runs this file" });
    }
    const lines = linesOf(texts.get(file) ?? "").length;
    if (/^workers\/.*\/README\.md$/.test(file) && lines > SERVICE_README_LINES_MAX) {
      const message = `${lines} lines, at most ${SERVICE_README_LINES_MAX}`;
      found.push({ file, line: 1, rule: "readme-lines", message });
    }
  }
  return found;
}

/** Markers in code stand in comments; in other files anywhere. */
export function checkMarkers(file: string, text: string): Violation[] {
  if (/\.(lock|json|svg)$/.test(file)) return [];
  return linesOf(text).flatMap((content, index) => {
    const marker = MARKER.exec(content)?.[1];
    if (marker === undefined) return [];
    return [{ file, line: index + 1, rule: "marker", message: `${marker}: do it, or say it in docs/` }];
  });
}

export function checkComments({ path: file, comments }: Source): Violation[] {
  return comments.flatMap(({ text, line }) => {
    const [, directive = "", rest = ""] = SUPPRESSION.exec(text) ?? [];
    if (directive === "") return [];
    const isBanned = ["@ts-ignore", "@ts-nocheck", "eslint-disable"].includes(directive);
    if (isBanned) return [{ file, line, rule: "suppression", message: `${directive} is not used here` }];
    if (REASON.test(rest.replace(/^\s+lint\/[\w/]+/, ""))) return [];
    return [{ file, line, rule: "suppression", message: `${directive} needs its reason` }];
  });
}

/** A test runs always and once; the two allowed skips are named in docs/testing.md. */
export function checkTests({ path: file, members, properties }: Source, texts: Texts): Violation[] {
  const isTest = file.startsWith("test/");
  const found: Violation[] = [];
  for (const { object, property, line } of isTest ? members : []) {
    const isConditional = property === "skipIf" || property === "runIf" || property === "skip";
    const isNamed = SKIP_HOMES.test(file) && (texts.get("docs/testing.md") ?? "").includes(file);
    const isCase = CASES.has(object) || property === "skipIf" || property === "runIf";
    if (!isCase || (isConditional && isNamed && property !== "skip")) continue;
    if (isConditional || ["only", "todo", "fails"].includes(property)) {
      found.push({ file, line, rule: "test", message: `${object}.${property}: every test runs, always` });
    }
  }
  for (const { name, value, line } of isTest || file === "vitest.config.ts" ? properties : []) {
    if (name === "retry" && value !== "0" && /^\d|^\{/.test(value)) {
      found.push({ file, line, rule: "test", message: "a test is not retried: find the race" });
    }
  }
  return found;
}
