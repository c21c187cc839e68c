import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** schema.org as its package publishes it: interfaces that extend others, and members of lists as strings. */
const PUBLISHED = readFileSync(
  fileURLToPath(import.meta.resolve("schema-dts")).replace(/\.js$/, ".d.ts"),
  "utf8",
);
const OF_ALL = ["@context", "@type", "@id"];
const known = new Map<string, ReadonlySet<string>>();

/** The properties of an interface and of all that it extends; undefined where there is no such one. */
function propertiesOf(name: string): ReadonlySet<string> | undefined {
  const before = known.get(name);
  if (before) return before;
  const start = new RegExp(`^(?:export )?interface ${name} (?:extends ([^{]+) )?\\{$`, "m").exec(PUBLISHED);
  if (!start) return undefined;
  const from = start.index + start[0].length;
  const body = PUBLISHED.slice(from, PUBLISHED.indexOf("\n}", from));
  const own = [...body.matchAll(/^ {4}"([^"]+)"\??:/gm)].map(([, property = ""]) => property);
  const above = (start[1] ?? "").split(",").flatMap((one) => [...(propertiesOf(one.trim()) ?? [])]);
  const all = new Set([...own, ...above]);
  known.set(name, all);
  return all;
}

const strange = (value: unknown): boolean =>
  typeof value === "string" &&
  /^https:\/\/schema\.org\/[A-Z]/.test(value) &&
  !PUBLISHED.includes(`"${value}"`);

/** Every object is of a published type, and has only properties and members of lists that are published. */
export function strangeTerms(part: unknown, path = "$"): readonly string[] {
  if (Array.isArray(part)) return part.flatMap((one, i) => strangeTerms(one, `${path}[${i}]`));
  if (strange(part)) return [path];
  if (part === null || typeof part !== "object") return [];
  const properties = propertiesOf(`${String((part as { "@type"?: string })["@type"])}Leaf`);
  if (!properties) return [`${path} is of no known type`];
  return Object.entries(part).flatMap(([name, value]) => [
    ...(OF_ALL.includes(name) || properties.has(name) ? [] : [`${path}.${name}`]),
    ...strangeTerms(value, `${path}.${name}`),
  ]);
}
