import path from "node:path";
import { completeLock } from "../lock.ts";
import type { Texts, Violation } from "./source.ts";

/** Decisions are of their day and may name what is gone. */
const DOCUMENT = /^(?!docs\/decisions\/|CHANGELOG\.md$).*\.md$/;
const EXTENSION = /\.(ts|tsx|mjs|js|json|toml|md|sql|sh|html|css|csv|gz|proto|yml|yaml)$/;

type Citation = { readonly cited: string; readonly line: number; readonly isLink: boolean };

/** Paths in backticks and the targets of links; blocks of code are read line by line too. */
function citationsOf(text: string): Citation[] {
  const found: Citation[] = [];
  for (const [index, content] of text.split("\n").entries()) {
    const line = index + 1;
    for (const [, cited = ""] of content.matchAll(/`([^`\s]+)`/g)) found.push({ cited, line, isLink: false });
    for (const [, cited = ""] of content.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
      found.push({ cited, line, isLink: true });
    }
  }
  return found;
}

/** A path of this project starts in one of its top folders or names a file of its root. */
function isPath(cited: string, tops: ReadonlySet<string>): boolean {
  if (/[<>{}$*:…]|^[./]*$|^\//.test(cited) || /^\.\.\/shared\//.test(cited)) return false;
  const [top = ""] = cited.replace(/^\.\//, "").split("/");
  return cited.includes("/") ? tops.has(top) : EXTENSION.test(cited) && tops.has(cited);
}

export function checkDocuments(texts: Texts, scripts: ReadonlySet<string>): Violation[] {
  const folders = new Set<string>();
  for (const file of texts.keys()) {
    for (let at = path.posix.dirname(file); at !== "."; at = path.posix.dirname(at)) folders.add(at);
  }
  const tops = new Set([...texts.keys(), ...folders].map((file) => file.split("/")[0] ?? ""));
  const exists = (file: string) => texts.has(file) || folders.has(file.replace(/\/$/, ""));
  const found: Violation[] = [];
  for (const [file, text] of texts) {
    if (!DOCUMENT.test(file)) continue;
    const beside = path.posix.dirname(file);
    for (const { cited, line, isLink } of citationsOf(text)) {
      if (isLink && /^(\w+:|\/)/.test(cited)) continue;
      if (!isLink && !isPath(cited, tops)) continue;
      const plain = path.posix.normalize(cited.replace(/:\d+$/, ""));
      if (exists(plain) || exists(path.posix.join(beside, plain))) continue;
      found.push({ file, line, rule: "path", message: `${cited} does not exist` });
    }
    for (const [index, content] of text.split("\n").entries()) {
      for (const [, script = ""] of content.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)) {
        if (scripts.has(script)) continue;
        found.push({ file, line: index + 1, rule: "script", message: `npm run ${script} does not exist` });
      }
    }
  }
  return found;
}

export function checkLock(texts: Texts): Violation[] {
  const file = "package-lock.json";
  const text = texts.get(file);
  if (text === undefined) return [{ file, line: 1, rule: "lock", message: "is missing" }];
  const { lock, changes } = completeLock(JSON.parse(text));
  const messages = changes.map((change) => `${change}; npm run lock`);
  // What is tested must be what runs: whatever brings a workerd is updated together (docs/dependencies.md).
  const runtimes = Object.keys(lock.packages).filter((place) => /(^|\/)node_modules\/workerd$/.test(place));
  if (runtimes.length > 1) messages.push(`more than one workerd: ${runtimes.join(", ")}`);
  return messages.map((message) => ({ file, line: 1, rule: "lock", message }));
}
