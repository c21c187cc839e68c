/**
 * Writes docs/openapi.json from the routes themselves, and from it the types of the web pages' client.
 *
 *   npm run openapi [-- --check]
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describeClient } from "./openapi/client.ts";
import { describeApi, findBadExamples, type Part } from "./openapi/document.ts";
import { nameSchemas } from "./openapi/schemas.ts";

const ROOT = path.dirname(import.meta.dirname);
const TARGET = path.join(ROOT, "docs/openapi.json");
const CLIENT = path.join(ROOT, "web/src/api/schema.gen.ts");

/** The routes load in Node as they do in the Worker; names are given before any schema is written. */
export async function readParts(): Promise<readonly Part[]> {
  const { PLATFORM, SERVICES } = await import("../workers/api.ts");
  await nameSchemas(ROOT);
  const load = async (table: typeof SERVICES, isPlatform: boolean) => {
    const parts: Part[] = [];
    for (const prefix of Object.keys(table).sort()) {
      const service = await table[prefix]?.();
      if (service) parts.push({ app: service.app, isPlatform });
    }
    return parts;
  };
  return [...(await load(SERVICES, false)), ...(await load(PLATFORM, true))];
}

async function main(): Promise<void> {
  const parts = await readParts();
  const bad = findBadExamples(parts);
  for (const line of bad) console.error(line);
  const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
  const api = describeApi(parts, manifest.version);
  const files = new Map([
    [TARGET, `${JSON.stringify(api, null, 1)}\n`],
    [CLIENT, describeClient(api)],
  ]);
  const routes = parts.reduce((sum, { app }) => sum + app.specs.length, 0);
  const isCheck = process.argv.includes("--check");
  if (bad.length > 0) process.exitCode = 1;
  for (const [file, text] of files) {
    const name = path.relative(ROOT, file);
    if (existsSync(file) && readFileSync(file, "utf8") === text) {
      console.log(`${name} is up to date: ${routes} routes`);
    } else if (isCheck) {
      console.error(`${name} is not what the routes say; run npm run openapi`);
      process.exitCode = 1;
    } else {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
      console.log(`${name}: ${routes} routes`);
    }
  }
}

if (import.meta.main) await main();
