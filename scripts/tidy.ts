/**
 * The rules of docs/architecture.md and CONTRIBUTING.md that no linter knows, proved on the whole tree.
 *
 *   npm run check:tidy
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkDocuments, checkLock } from "./tidy/documents.ts";
import { type Aliases, checkImports, checkLayers, checkPurity } from "./tidy/imports.ts";
import { readSource, type Texts, type Violation } from "./tidy/source.ts";
import {
  checkComments,
  checkFileNames,
  checkMarkers,
  checkNames,
  checkSize,
  checkTests,
} from "./tidy/words.ts";

const ROOT = path.dirname(import.meta.dirname);
const SKIPPED_FOLDERS = new Set(["node_modules", ".git", ".data", ".wrangler", "dist", "coverage"]);
const TEXT = /\.(ts|tsx|mjs|js|json|toml|md|sql|sh|html|css|proto|yml|yaml)$|^\.ci\/run$/;
const CODE = /\.(ts|tsx|mjs)$/;
/** Written by machines, so nobody can shorten a line in them. */
const GENERATED =
  /^(env\.d\.ts|docs\/openapi\.json|proto\/gen\/.*|web\/src\/api\/schema\.gen\.ts|package-lock\.json)$/;

function readTree(root: string): Texts {
  const texts = new Map<string, string>();
  const walk = (folder: string) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const file = path.posix.join(folder, entry.name);
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) walk(file);
      if (entry.isFile()) texts.set(file, TEXT.test(file) ? readFileSync(path.join(root, file), "utf8") : "");
    }
  };
  walk("");
  return texts;
}

type Manifest = { readonly imports?: Aliases; readonly scripts?: Readonly<Record<string, string>> };

export function findViolations(texts: Texts): readonly Violation[] {
  const manifest = JSON.parse(texts.get("package.json") ?? "{}") as Manifest;
  const code = [...texts].filter(([file]) => CODE.test(file) && !GENERATED.test(file));
  const sources = code.map(([file, text]) => readSource(file, text));
  const found = [
    ...checkImports(sources, manifest.imports ?? {}),
    ...checkLayers(texts),
    ...checkFileNames(texts),
    ...checkDocuments(texts, new Set(Object.keys(manifest.scripts ?? {}))),
    ...checkLock(texts),
    ...sources.flatMap((source) => [
      ...checkPurity(source),
      ...checkSize(source),
      ...checkNames(source),
      ...checkComments(source),
      ...checkTests(source, texts),
    ]),
    ...[...texts].flatMap(([file, text]) => (GENERATED.test(file) ? [] : checkMarkers(file, text))),
  ];
  return found.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}

export const format = ({ file, line, rule, message }: Violation): string =>
  `${file}:${line} ${rule}: ${message}`;

if (import.meta.main) {
  const texts = readTree(ROOT);
  const violations = findViolations(texts);
  for (const violation of violations) console.log(format(violation));
  console.log(`tidy: ${texts.size} files, ${violations.length} violations`);
  if (violations.length > 0) process.exitCode = 1;
}
