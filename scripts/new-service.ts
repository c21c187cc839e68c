/**
 * Lays down a service of the standard shape, ready to be filled.
 *
 *   npm run new-service -- <cluster>/<service>        for example: npm run new-service -- marketing/coupon
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.dirname(import.meta.dirname);

const pascal = (name: string) => name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
const camel = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
/** Folders are singular and addresses plural. */
const plural = (name: string) =>
  /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : /(s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;

type Files = { readonly [file: string]: string };

/** The lower floors: what it is, how it is kept, how it is refused. */
function lowerFiles(cluster: string, name: string): Files {
  const [Type, noun] = [pascal(name), camel(name)];
  const base = `workers/services/${cluster}/${name}`;
  return {
    [`${base}/domain.ts`]: `export type ${Type} = { readonly id: string; readonly version: number };
`,
    [`${base}/errors.ts`]: `import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "${noun}.not_found": { kind: "missing", en: "No such ${name}.", id: "${Type} tidak ditemukan." },
});
`,
    [`${base}/schemas.ts`]: `import * as z from "zod";

export const z${Type} = z.object({ id: z.string(), version: z.int() });
export const z${Type}Ref = z.object({ ${noun}Id: z.string().min(1).max(40) });
export type ${Type}Ref = z.output<typeof z${Type}Ref>;
`,
    [`${base}/repository.ts`]: `import { eq } from "drizzle-orm";
import type { Db } from "#kernel/db";
import { ${noun} } from "#schema/${cluster}/${name}";
import type { ${Type} } from "./domain.ts";

export async function find({ read }: Db, ${noun}Id: string): Promise<${Type} | undefined> {
  const [row] = await read.select().from(${noun}).where(eq(${noun}.id, ${noun}Id));
  return row;
}
`,
    [`drizzle/schema/${cluster}/${name}.ts`]: `import { integer, pgTable, text } from "drizzle-orm/pg-core";

export const ${noun} = pgTable("${name.replaceAll("-", "_")}", {
  id: text().primaryKey(),
  version: integer().notNull(),
});
`,
  };
}

/** The upper floors; the first verb reads one thing, so that all of it compiles. */
function upperFiles(cluster: string, name: string): Files {
  const [Type, noun] = [pascal(name), camel(name)];
  const base = `workers/services/${cluster}/${name}`;
  return {
    [`${base}/queries.ts`]: `import type { Ctx } from "#kernel/ctx";
import type { ${Type} } from "./domain.ts";
import { fail } from "./errors.ts";
import * as ${noun}s from "./repository.ts";
import type { ${Type}Ref } from "./schemas.ts";

export async function get${Type}(ctx: Ctx, { ${noun}Id }: ${Type}Ref): Promise<${Type}> {
  const found = await ${noun}s.find(ctx.db, ${noun}Id);
  if (!found) throw fail("${noun}.not_found");
  return found;
}
`,
    [`${base}/commands.ts`]: `/** The verbs of this service that write: authorise, load, decide, commit. */
export {};
`,
    [`${base}/index.ts`]: `export type { ${Type} } from "./domain.ts";
export { get${Type} } from "./queries.ts";
`,
    [`${base}/routes.ts`]: `import { defineRoute, newApp } from "#kernel/app";
import { buyer } from "#kernel/policy";
import { get${Type} } from "./queries.ts";
import { z${Type}, z${Type}Ref } from "./schemas.ts";

export const app = newApp("/v1/${plural(name)}").route(
  defineRoute({
    method: "get",
    path: "/{${noun}Id}",
    summary: "One ${name.replaceAll("-", " ")}.",
    policy: buyer,
    request: { params: z${Type}Ref },
    responses: { 200: z${Type} },
    example: { ${noun}Id: "${noun}_1" },
  }),
  async (ctx, input) => get${Type}(ctx, input),
);
`,
    [`${base}/README.md`]: `# ${Type}

Owns: the ${name.replaceAll("-", " ")}.

Must always hold:

Events out: none. Events in: none.

Tables: \`${name.replaceAll("-", "_")}\`.

Limits:
`,
  };
}

function main(): void {
  const [where = ""] = process.argv.slice(2);
  const [, cluster, name] = /^([a-z][a-z-]*)\/([a-z][a-z-]*)$/.exec(where) ?? [];
  if (cluster === undefined || name === undefined) {
    console.error("usage: npm run new-service -- <cluster>/<service>, in kebab-case");
    process.exitCode = 2;
    return;
  }
  const files = Object.entries({ ...lowerFiles(cluster, name), ...upperFiles(cluster, name) });
  const taken = files.map(([file]) => file).filter((file) => existsSync(path.join(ROOT, file)));
  if (taken.length > 0) {
    console.error(`there already: ${taken.join(", ")}`);
    process.exitCode = 1;
    return;
  }
  for (const [file, text] of files) {
    mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
    writeFileSync(path.join(ROOT, file), text);
    console.log(file);
  }
  console.log(
    `\nThen: its prefix into SERVICES of workers/api.ts ("/v1/${plural(name)}"), npm run db:generate,`,
  );
  console.log("npm run openapi, npm run check.");
}

main();
