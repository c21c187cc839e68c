import { parseSync, Visitor } from "oxc-parser";

export type Violation = {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
};

/** Every text file of the project by its path from the root. */
export type Texts = ReadonlyMap<string, string>;

export type Import = {
  readonly specifier: string;
  readonly line: number;
  /** `import type` and `export type`: gone at run time, so no cycle comes from it. */
  readonly isType: boolean;
  readonly isLazy: boolean;
  /** `import * as x`. */
  readonly isNamespace: boolean;
};

export type Member = { readonly object: string; readonly property: string; readonly line: number };
export type Named = { readonly name: string; readonly line: number };

/** What the rules ask of a code file, read in one pass over its tree. */
export type Source = {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly comments: readonly { readonly text: string; readonly line: number }[];
  readonly functions: readonly { readonly name: string; readonly line: number; readonly lines: number }[];
  readonly classes: readonly Named[];
  readonly awaits: readonly number[];
  /** `object.property`, where the object is a plain name. */
  readonly members: readonly Member[];
  /** Calls and news of a plain name; `new Date()` without arguments is named `new Date()`. */
  readonly calls: readonly Named[];
  readonly properties: readonly (Named & { readonly value: string })[];
};

type Node = { readonly type: string; readonly start: number; readonly end: number };

/** A suite's callback holds its cases as a file does, so it is no function to be kept short. */
const SUITES = new Set(["describe", "suite"]);

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

const nameOf = (node: unknown): string => {
  const { type, name, value, object, callee } = node as { [field: string]: unknown } & { type?: string };
  if (type === "Identifier" || type === "PrivateIdentifier") return String(name);
  if (type === "Literal") return String(value);
  if (type === "MemberExpression") return nameOf(object);
  return type === "CallExpression" ? nameOf(callee) : "";
};

type Parsed = ReturnType<typeof parseSync>;

function readImports(parsed: Parsed, text: string, lineOf: (offset: number) => number): Import[] {
  const imports: Import[] = parsed.module.staticImports.map(({ start, moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    line: lineOf(start),
    isType: entries.length > 0 && entries.every((entry) => entry.isType),
    isLazy: false,
    isNamespace: entries.some((entry) => entry.importName.kind === "NamespaceObject"),
  }));
  for (const { start, entries } of parsed.module.staticExports) {
    const [first] = entries.filter((entry) => entry.moduleRequest !== null);
    if (!first?.moduleRequest) continue;
    const isType = entries.every((entry) => entry.isType) || /^export\s+type\b/.test(text.slice(start));
    const specifier = first.moduleRequest.value;
    imports.push({ specifier, line: lineOf(start), isType, isLazy: false, isNamespace: false });
  }
  for (const { start, moduleRequest } of parsed.module.dynamicImports) {
    const literal = /^["'`]([^"'`$]+)["'`]$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (!literal?.[1]) continue;
    const line = lineOf(start);
    imports.push({ specifier: literal[1], line, isType: false, isLazy: true, isNamespace: true });
  }
  return imports;
}

export function readSource(path: string, text: string): Source {
  const parsed = parseSync(path, text);
  const [error] = parsed.errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  const lineOf = lineFinder(text);
  const functions: { name: string; line: number; lines: number }[] = [];
  const classes: Named[] = [];
  const awaits: number[] = [];
  const members: Member[] = [];
  const calls: Named[] = [];
  const properties: { name: string; value: string; line: number }[] = [];
  const suites = new Set<number>();
  const addFunction = (node: Node & { id?: unknown }) => {
    if (suites.has(node.start)) return;
    const line = lineOf(node.start);
    functions.push({ name: node.id ? nameOf(node.id) : "", line, lines: lineOf(node.end) - line + 1 });
  };
  const addClass = (node: Node & { id?: unknown }) => {
    if (node.id) classes.push({ name: nameOf(node.id), line: lineOf(node.start) });
  };
  new Visitor({
    FunctionDeclaration: addFunction,
    FunctionExpression: addFunction,
    ArrowFunctionExpression: addFunction,
    ClassDeclaration: addClass,
    ClassExpression: addClass,
    AwaitExpression: ({ start }) => void awaits.push(lineOf(start)),
    CallExpression(node) {
      const name = nameOf(node.callee);
      calls.push({ name, line: lineOf(node.start) });
      if (SUITES.has(name)) for (const argument of node.arguments) suites.add(argument.start);
    },
    NewExpression(node) {
      const suffix = node.arguments.length === 0 ? "()" : "";
      calls.push({ name: `new ${nameOf(node.callee)}${suffix}`, line: lineOf(node.start) });
    },
    MemberExpression(node) {
      const property = node.computed ? "" : nameOf(node.property);
      members.push({ object: nameOf(node.object), property, line: lineOf(node.start) });
    },
    Property(node) {
      const value = text.slice(node.value.start, node.value.end);
      properties.push({ name: nameOf(node.key), value, line: lineOf(node.start) });
    },
  }).visit(parsed.program);
  const comments = parsed.comments.map(({ value, start }) => ({ text: value, line: lineOf(start) }));
  const imports = readImports(parsed, text, lineOf);
  return { path, text, imports, comments, functions, classes, awaits, members, calls, properties };
}
