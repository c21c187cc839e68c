import { globSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";

export type Json = { [key: string]: unknown };
/** What a client sends may leave out what has a default; what we answer has it. */
export type Direction = "input" | "output";

const SCHEMA_FILES = [
  "workers/kernel/*.ts",
  "workers/{services/*,platform}/*/schemas.ts",
  "workers/{services/*,platform}/*/schemas/*.ts",
];
/** What deserves a name of its own in the document; the rest is written where it stands. */
const NAMED_KINDS = ["object", "union", "enum", "record"];

const pascal = (text: string) => text.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
const serviceOf = (file: string) => path.basename(file.replace(/\/schemas(\.ts|\/.*)$/, ""));

/**
 * Gives every exported schema its export's name: `zOrder` becomes `Order`, or `CartLine` where two clash.
 * So an export of a schemas file is used here, though nobody else imports it.
 */
export async function nameSchemas(root: string): Promise<void> {
  const taken = new Set<string>();
  for (const file of SCHEMA_FILES.flatMap((pattern) => globSync(pattern, { cwd: root }).sort())) {
    const exports = (await import(pathToFileURL(path.join(root, file)).href)) as Json;
    for (const [name, schema] of Object.entries(exports)) {
      if (!/^z[A-Z]/.test(name) || !(schema instanceof z.ZodType)) continue;
      if (!NAMED_KINDS.includes(schema.def.type) || z.globalRegistry.get(schema)?.id) continue;
      const short = name.slice(1);
      const id = taken.has(short) ? `${pascal(serviceOf(file))}${short}` : short;
      if (taken.has(id)) throw new Error(`${file}: two schemas would be called ${id}`);
      taken.add(id);
      z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
    }
  }
}

/** A pattern that only spells out a format helps nobody, and answers may gain fields. */
function simplify({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Json }): void {
  if ("format" in jsonSchema) delete jsonSchema.pattern;
  const { def } = zodSchema._zod;
  const isStrict = def.type === "object" && def.catchall?._zod.def.type === "never";
  if (jsonSchema.additionalProperties === false && !isStrict) delete jsonSchema.additionalProperties;
  // Integers are bounded by the number type itself.
  for (const bound of ["minimum", "maximum"]) {
    if (Math.abs(Number(jsonSchema[bound])) === Number.MAX_SAFE_INTEGER) delete jsonSchema[bound];
  }
}

/** Collects the named schemas while routes are written, and writes them at the end. */
export class Components {
  readonly #defs = { input: new Map<string, string>(), output: new Map<string, string>() };

  write(schema: z.ZodType, direction: Direction): Json {
    const { $schema, $defs, ...json } = z.toJSONSchema(schema, {
      io: direction,
      target: "draft-2020-12",
      unrepresentable: "any",
      override: simplify,
    }) as Json;
    for (const [name, def] of Object.entries(($defs ?? {}) as Record<string, Json>)) {
      const { id, ...rest } = def;
      this.#defs[direction].set(name, JSON.stringify(rest));
    }
    return JSON.parse(this.#point(JSON.stringify(json), direction)) as Json;
  }

  /** The direction stays in the reference until all schemas are known. */
  #point(text: string, direction: Direction): string {
    return text.replaceAll('"$ref":"#/$defs/', `"$ref":"#/components/schemas/${direction}:`);
  }

  /** A schema that reads alike in both directions is one; else what is sent is called ...Input. */
  #differing(): ReadonlySet<string> {
    const { input, output } = this.#defs;
    const differing = new Set([...input.keys()].filter((name) => output.get(name) !== input.get(name)));
    for (let before = -1; before !== differing.size; ) {
      before = differing.size;
      for (const [name, text] of input) {
        const uses = [...text.matchAll(/#\/\$defs\/(\w+)"/g)].map(([, used = ""]) => used);
        if (uses.some((used) => differing.has(used))) differing.add(name);
      }
    }
    return new Set([...differing].filter((name) => output.has(name)));
  }

  /** The document with its references settled, and the schemas that they lead to. */
  settle(document: Json): { readonly document: Json; readonly schemas: Json } {
    const differing = this.#differing();
    const settle = (text: string) =>
      text.replace(/(#\/components\/schemas\/)(input|output):(\w+)/g, (_, head, direction, name) =>
        direction === "input" && differing.has(name) ? `${head}${name}Input` : `${head}${name}`,
      );
    const schemas: Json = {};
    for (const direction of ["output", "input"] as const) {
      for (const [name, text] of this.#defs[direction]) {
        const isInput = direction === "input" && differing.has(name);
        schemas[isInput ? `${name}Input` : name] = JSON.parse(settle(this.#point(text, direction)));
      }
    }
    const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
    return { document: JSON.parse(settle(JSON.stringify(document))) as Json, schemas: sorted };
  }
}
