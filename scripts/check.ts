/**
 * Everything that is checked without running the platform. Each part says what it found, and the end says how
 * long each took.
 *
 *   npm run check              all parts
 *   npm run check:types        one part
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";

const ROOT = path.dirname(import.meta.dirname);
/** The machine's two cores: a third part at once would only slow the other two. */
const PARTS_AT_ONCE = 2;

type Command = readonly [program: string, ...args: string[]];
type Outcome = { readonly part: string; readonly ok: boolean; readonly ms: number };

const WRANGLER_TYPES = ["types", "--include-runtime=false", "--strict-vars=false", "--check", "env.d.ts"];

/** A part fails when one of its commands does; the commands of a part run one after the other. */
const PARTS: { readonly [part: string]: readonly Command[] } = {
  format: [["biome", "format", "."]],
  lint: [
    ["biome", "lint", "--error-on-warnings", "."],
    ["knip", "--no-progress"],
  ],
  types: [
    ["wrangler", ...WRANGLER_TYPES],
    ["tsc", "-p", "."],
    ["tsc", "-p", "web"],
  ],
  tidy: [
    ["node", "scripts/tidy.ts"],
    ["node", "scripts/db-generate.ts", "--check"],
  ],
  openapi: [
    ["node", "scripts/openapi.ts", "--check"],
    ["node", "scripts/proto.ts", "--check"],
  ],
  startup: [["node", "scripts/check-startup.ts"]],
  deploy: [["wrangler", "deploy", "--dry-run", "--env", "production", "--outdir", ".wrangler/dry-run"]],
};

/** wrangler only warns here, and would go on with another environment than the one that was asked for. */
const REFUSED = /No environment found in configuration/;

function run([program, ...args]: Command): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", WRANGLER_SEND_METRICS: "false", CI: "true" };
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", (error) => resolve({ code: 1, output: `${program}: ${error.message}\n` }));
    child.on("close", (code) => resolve({ code: REFUSED.test(output) ? 1 : (code ?? 1), output }));
  });
}

async function check(part: string): Promise<Outcome> {
  const start = performance.now();
  let ok = true;
  let said = "";
  for (const command of PARTS[part] ?? []) {
    const { code, output } = await run(command);
    ok &&= code === 0;
    if (code !== 0 || part === "startup") said += output;
  }
  const ms = Math.round(performance.now() - start);
  if (said !== "") console.log(`--- ${part}\n${said.trimEnd()}`);
  return { part, ok, ms };
}

async function main(): Promise<void> {
  const [only] = process.argv.slice(2);
  if (only !== undefined && !(only in PARTS)) {
    console.error(`no part ${only}; there are ${Object.keys(PARTS).join(", ")}`);
    process.exitCode = 2;
    return;
  }
  // The Worker's configuration names this folder, which the build of the web pages fills.
  mkdirSync(path.join(ROOT, "dist/assets"), { recursive: true });
  const waiting = only === undefined ? Object.keys(PARTS) : [only];
  const outcomes: Outcome[] = [];
  const work = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      outcomes.push(await check(part));
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, work));
  for (const { part, ok, ms } of outcomes) {
    console.log(`${ok ? "ok  " : "FAIL"} ${part.padEnd(8)} ${(ms / 1000).toFixed(1)} s`);
  }
  if (outcomes.some(({ ok }) => !ok)) process.exitCode = 1;
}

await main();
