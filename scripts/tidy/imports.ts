import path from "node:path";
import { type Floor, MANDATORY_LAYERS, type Place, placeOf, refusalOf } from "./floors.ts";
import type { Import, Source, Texts, Violation } from "./source.ts";

/** What is deployed; nothing of it may need what only builds, tests or runs it locally. */
const DEPLOYED = /^(workers|durable-objects|party|drizzle\/schema)\//;
const NOT_DEPLOYED = /^(local|scripts|test|bench|web|drizzle\/seed|drizzle\/migrations)\//;
/** Only the app factory may touch the router: routes without a policy could be added to it. */
const ROUTER_HOME = /^workers\/(kernel\/[^/]+|[^/]+)$/;
const PURE: readonly Floor[] = ["facts", "domain"];
const PURE_PACKAGES = ["zod"];

export type Aliases = { readonly [pattern: string]: string };
type Graph = Map<string, Map<string, { readonly file: string; readonly line: number }>>;

/** The project's file behind a specifier, or undefined for a package. */
function resolveImport(from: string, specifier: string, aliases: Aliases): string | undefined {
  const target = specifier.replace(/\?.*$/, "");
  if (target.startsWith(".")) return path.posix.join(path.posix.dirname(from), target);
  for (const [pattern, replacement] of Object.entries(aliases)) {
    const [head = "", tail = ""] = pattern.split("*");
    if (!target.startsWith(head) || !target.endsWith(tail)) continue;
    const star = target.slice(head.length, target.length - tail.length);
    return path.posix.normalize(replacement.replace("*", star));
  }
  return undefined;
}

function add(graph: Graph, from: string, to: string, at: { file: string; line: number }): void {
  const edges = graph.get(from) ?? new Map();
  if (!edges.has(to)) edges.set(to, at);
  graph.set(from, edges);
}

/** Every cycle once: the edge that closes it and the way round. */
function findCycles(graph: Graph, rule: string): Violation[] {
  const found: Violation[] = [];
  const done = new Set<string>();
  const walk = (node: string, trail: readonly string[]) => {
    if (done.has(node)) return;
    for (const [next, { file, line }] of graph.get(node) ?? []) {
      const at = trail.indexOf(next);
      if (at === -1) walk(next, [...trail, next]);
      else found.push({ file, line, rule, message: [...trail.slice(at), next].join(" -> ") });
    }
    done.add(node);
  };
  for (const node of graph.keys()) walk(node, [node]);
  return found;
}

/** What writes HTML is Hono's too, and has nothing to do with routes. */
const ROUTER = /^hono($|\/(?!jsx$|html$))/;

function checkPackage(source: Source, place: Place | undefined, one: Import): Violation[] {
  const { specifier, line } = one;
  const found: Violation[] = [];
  const refuse = (rule: string, message: string) => found.push({ file: source.path, line, rule, message });
  if (ROUTER.test(specifier) && DEPLOYED.test(source.path) && !ROUTER_HOME.test(source.path)) {
    refuse("policy", "routes are made by newApp() of the kernel, which asks for a policy");
  }
  if (specifier === "zod" && DEPLOYED.test(source.path) && !one.isType && !one.isNamespace) {
    refuse("start-up", 'import * as z from "zod": its named z keeps every locale in the bundle');
  }
  if (place && PURE.includes(place.floor) && !PURE_PACKAGES.includes(specifier)) {
    refuse("pure", `${place.floor} is pure and imports no ${specifier}`);
  }
  return found;
}

export function checkImports(sources: readonly Source[], aliases: Aliases): Violation[] {
  const found: Violation[] = [];
  const files: Graph = new Map();
  const services: Graph = new Map();
  for (const source of sources) {
    const place = placeOf(source.path);
    if (place === "unknown") continue;
    for (const one of source.imports) {
      const at = { file: source.path, line: one.line };
      const target = resolveImport(source.path, one.specifier, aliases);
      if (target === undefined) {
        found.push(...checkPackage(source, place, one));
        continue;
      }
      if (!one.isType && !one.isLazy) add(files, source.path, target, at);
      if (DEPLOYED.test(source.path) && NOT_DEPLOYED.test(target)) {
        found.push({ ...at, rule: "floor", message: `what is deployed does not import ${target}` });
      }
      const below = placeOf(target);
      if (place === undefined || below === undefined || below === "unknown") continue;
      const refusal = refusalOf(place, below, { target, isType: one.isType });
      if (refusal !== undefined)
        found.push({ ...at, rule: "floor", message: `${refusal} (${one.specifier})` });
      const isForeign = place.owner !== undefined && below.owner !== undefined && place.owner !== below.owner;
      if (isForeign && below.layer === "index") add(services, place.owner, below.owner, at);
    }
  }
  return [...found, ...findCycles(services, "service-cycle"), ...findCycles(files, "cycle")];
}

/** A service has the files of every service and no others. */
export function checkLayers(texts: Texts): Violation[] {
  const found: Violation[] = [];
  const files = new Map<string, Set<string>>();
  for (const file of texts.keys()) {
    const owned = /^workers\/(?:services\/[^/]+|platform)\/[^/]+\/(.+)$/.exec(file);
    if (!owned?.[1]) continue;
    const folder = file.slice(0, -owned[1].length - 1);
    const names = files.get(folder) ?? new Set();
    files.set(folder, names.add(owned[1].replace(/(\.tsx?|\/.*)$/, "")));
    if (owned[1] !== "README.md" && placeOf(file) === "unknown") {
      const message = "no layer of a service has this name (docs/architecture.md)";
      found.push({ file, line: 1, rule: "layer", message });
    }
  }
  for (const [folder, names] of files) {
    // What belongs to no service may be small: a health check has no domain.
    const wanted = folder.startsWith("workers/services/") ? [...MANDATORY_LAYERS, "README.md"] : [];
    for (const name of wanted.filter((one) => !names.has(one))) {
      found.push({ file: folder, line: 1, rule: "layer", message: `${name} is missing` });
    }
  }
  return found;
}

/** Decisions are functions of their arguments: the tables, the properties and the simulation rest on it. */
export function checkPurity(source: Source): Violation[] {
  const place = placeOf(source.path);
  if (place === undefined || place === "unknown" || !PURE.includes(place.floor)) return [];
  const found: Violation[] = [];
  const refuse = (line: number, what: string) =>
    found.push({ file: source.path, line, rule: "pure", message: `${place.floor} does not use ${what}` });
  for (const line of source.awaits) refuse(line, "await");
  for (const { name, line } of source.calls) {
    if (name === "new Date()" || name === "fetch" || name === "setTimeout") refuse(line, name);
  }
  for (const { object, property, line } of source.members) {
    const name = `${object}.${property}`;
    const isImpure = ["Date.now", "Math.random", "performance.now"].includes(name);
    if (isImpure || object === "crypto" || object === "process") refuse(line, name);
  }
  return found;
}
