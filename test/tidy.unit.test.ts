import { expect, test } from "vitest";
import { findViolations, format } from "../scripts/tidy.ts";

const MANIFEST = JSON.stringify({
  imports: {
    "#kernel/*": "./workers/kernel/*.ts",
    "#services/*": "./workers/services/*.ts",
    "#objects/*": "./durable-objects/*.ts",
    "#schema/*": "./drizzle/schema/*.ts",
  },
  scripts: { start: "" },
});
const LOCK = JSON.stringify({ packages: { "": {} } });

const ORDER = "workers/services/transaction/order";
const CART = "workers/services/transaction/cart";
const LAYERS = ["index", "domain", "schemas", "commands", "queries", "routes", "errors"];
const service = (folder: string) => ({
  ...Object.fromEntries(LAYERS.map((layer) => [`${folder}/${layer}.ts`, ""])),
  [`${folder}/README.md`]: "",
});

/** The rule and the line of each violation in a tree of these files beside two whole services. */
function tidy(files: { readonly [file: string]: string }): string[] {
  const whole = { ...service(ORDER), ...service(CART), "package.json": MANIFEST, "package-lock.json": LOCK };
  const texts = new Map<string, string>(Object.entries({ ...whole, ...files }));
  return findViolations(texts).map(format);
}
const importing = (from: string, specifier: string) => tidy({ [from]: `import { x } from "${specifier}";` });

test("two whole services break nothing", () => expect(tidy({})).toEqual([]));

const ALLOWED = [
  ["a kernel file", "workers/kernel/page.ts", "./ids.ts"],
  ["own domain", `${ORDER}/commands.ts`, "./domain.ts"],
  ["another's face", `${ORDER}/commands.ts`, "#services/transaction/cart/index"],
  ["another's facts", `${ORDER}/domain.ts`, "#services/transaction/cart/facts"],
  ["own tables", `${ORDER}/repository.ts`, "#schema/transaction/order"],
  ["stubs", `${ORDER}/queries.ts`, "#objects/stubs"],
  ["a domain under an object", "durable-objects/cart.ts", "#services/transaction/cart/domain"],
  ["routes under the table of services", "workers/api.ts", "#services/transaction/cart/routes"],
] as const;
test.for(ALLOWED)("allowed: %s", ([, from, specifier]) => expect(importing(from, specifier)).toEqual([]));

const REFUSED = [
  ["kernel upwards", "workers/kernel/page.ts", "#services/transaction/order/index", "floor"],
  ["domain upwards", `${ORDER}/domain.ts`, "./repository.ts", "floor"],
  ["domain to a package", `${ORDER}/domain.ts`, "drizzle-orm", "pure"],
  ["commands to routes", `${ORDER}/commands.ts`, "./routes.ts", "floor"],
  ["another's commands", `${ORDER}/commands.ts`, "#services/transaction/cart/commands", "floor"],
  ["another's face from a repository", `${ORDER}/repository.ts`, "#services/transaction/cart/index", "floor"],
  ["another's tables", `${ORDER}/queries.ts`, "#schema/transaction/cart", "floor"],
  ["tables from a route", `${ORDER}/routes.ts`, "#schema/transaction/order", "floor"],
  ["an object past its stub", `${ORDER}/commands.ts`, "#objects/cart", "floor"],
  ["an object from a route", `${ORDER}/routes.ts`, "#objects/stubs", "floor"],
  [
    "a repository under an object",
    "durable-objects/cart.ts",
    "#services/transaction/cart/repository",
    "floor",
  ],
  ["zod with all its locales", `${ORDER}/schemas.ts`, "zod", "start-up"],
  ["what is not deployed", `${ORDER}/commands.ts`, "../../../../local/engines.ts", "floor"],
  ["a router without policy", `${ORDER}/routes.ts`, "hono", "policy"],
] as const;
test.for(REFUSED)("refused: %s", ([, from, specifier, rule]) => {
  const found = importing(from, specifier);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(new RegExp(`^${from}:1 ${rule}: `));
});

test("a type-only import goes down as well, and re-exports and lazy imports are imports", () => {
  expect(tidy({ [`${ORDER}/domain.ts`]: 'import type { x } from "./commands.ts";' })).toHaveLength(1);
  expect(tidy({ [`${ORDER}/domain.ts`]: 'export { x } from "./commands.ts";' })).toHaveLength(1);
  expect(tidy({ [`${ORDER}/domain.ts`]: 'export const f = () => import("./commands.ts");' })).toHaveLength(1);
});

test("zod is imported as a namespace, of which the bundle keeps what is used", () => {
  expect(tidy({ [`${ORDER}/schemas.ts`]: 'import * as z from "zod";' })).toEqual([]);
  expect(tidy({ [`${ORDER}/schemas.ts`]: 'import type { z } from "zod";' })).toEqual([]);
});

test("the types of an object may be named, the object itself is reached by its stub", () => {
  const file = `${ORDER}/commands.ts`;
  expect(tidy({ [file]: 'import type { Claim } from "#objects/sale";' })).toEqual([]);
  expect(tidy({ [file]: 'import { type Claim, x } from "#objects/sale";' })).toHaveLength(1);
});

test("services and files form no cycle, but types may look back", () => {
  const cycle = {
    [`${ORDER}/commands.ts`]: 'import { x } from "#services/transaction/cart/index";',
    [`${CART}/commands.ts`]: 'import type { x } from "#services/transaction/order/index";',
  };
  expect(tidy(cycle)).toEqual([
    `${CART}/commands.ts:1 service-cycle: transaction/order -> transaction/cart -> transaction/order`,
  ]);
  const files = (form: string) => ({
    "workers/kernel/a.ts": 'import { b } from "./b.ts";',
    "workers/kernel/b.ts": `import ${form}{ a } from "./a.ts";`,
  });
  expect(tidy(files(""))[0]).toMatch(/ cycle: workers\/kernel\/a.ts -> workers\/kernel\/b.ts/);
  expect(tidy(files("type "))).toEqual([]);
});

test("a service has its layers and no others", () => {
  const [missing] = tidy({ "workers/services/social/user/index.ts": "" });
  expect(missing).toBe("workers/services/social/user:1 layer: domain is missing");
  expect(tidy({ [`${ORDER}/extra.ts`]: "" })[0]).toMatch(/extra.ts:1 layer: /);
  expect(tidy({ [`${ORDER}/domain/state.ts`]: "" })).toEqual([]);
});

const LINES = [
  ["a long file", "workers/kernel/a.ts", "x;\n".repeat(401), "file-lines"],
  ["a long function", "workers/kernel/a.ts", `function f() {\n${"x;\n".repeat(60)}}`, "function-lines"],
  ["a long line", "workers/kernel/a.ts", `x("${"a".repeat(110)}");`, "line-chars"],
  ["await in a domain", `${ORDER}/domain.ts`, "async () => await x;", "pure"],
  ["a clock in a domain", `${ORDER}/domain.ts`, "Date.now();", "pure"],
  ["now in a domain", `${ORDER}/domain.ts`, "new Date();", "pure"],
  ["chance in a domain", `${ORDER}/domain.ts`, "Math.random();", "pure"],
  ["a marker", "workers/kernel/a.ts", `// ${"TO"}${"DO"} later`, "marker"],
  ["a marker in SQL", "drizzle/clickhouse/0001_a.sql", `-- ${"FIX"}${"ME"}`, "marker"],
  ["a file name", "workers/kernel/date-utils.ts", "", "name"],
  ["a class name", "workers/kernel/a.ts", "class OrderManager {}", "name"],
  ["a lint-disable", "workers/kernel/a.ts", "// biome-ignore lint/a/b: <why>\nx;", "suppression"],
  [
    "a type ignored",
    "workers/kernel/a.ts",
    `// @ts-${"ignore"} because the types are wrong\nx;`,
    "suppression",
  ],
  ["a skipped test", "test/a.unit.test.ts", `test.${"skip"}("x", () => {});`, "test"],
  ["a lone test", "test/a.unit.test.ts", `test.${"only"}("x", () => {});`, "test"],
  ["a retried test", "test/a.unit.test.ts", 'test("x", { retry: 2 }, () => {});', "test"],
  ["an unnamed skip", "test/e2e/a.test.ts", 'test.skipIf(x)("x", () => {});', "test"],
  ["a test nobody runs", "test/a.test.ts", "", "test"],
  ["a path in a document", "README.md", "See `workers/gone.ts`.", "path"],
  ["a link in a document", "docs/a.md", "[b](./b.md)", "path"],
  ["a command in a document", "README.md", "npm run gone", "script"],
  ["a long README", `${ORDER}/README.md`, "x\n".repeat(41), "readme-lines"],
] as const;
test.for(LINES)("found: %s", ([, file, text, rule]) => {
  const found = tidy({ [file]: text });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(new RegExp(`^${file}:\\d+ ${rule}: `));
});

const FINE = [
  ["a long suite of short cases", "test/a.unit.test.ts", `describe("x", () => {\n${"x;\n".repeat(99)}});`],
  ["a reason", "workers/kernel/a.ts", "// biome-ignore lint/a/b: the driver's types say otherwise\nx;"],
  ["an example in a document", "README.md", "`workers/services/<cluster>/<service>/` and `{ a/b }`"],
  ["a command in a document", "README.md", "`npm start`, `workers/kernel`, [order](workers/services)"],
] as const;
const KERNEL = { "workers/kernel/ids.ts": "" };
test.for(FINE)("fine: %s", ([, file, text]) => expect(tidy({ ...KERNEL, [file]: text })).toEqual([]));

test("a skip that docs/testing.md names is allowed", () => {
  const files = {
    "test/e2e/a.test.ts": 'test.skipIf(x)("x", () => {});',
    "docs/testing.md": "test/e2e/a.test.ts",
  };
  expect(tidy(files)).toEqual([]);
});

test("the lock names no host and has every platform's package", () => {
  const lock = {
    packages: {
      "": {},
      "node_modules/a": { version: "1.0.0", optionalDependencies: { "a-linux-x64": "1.0.0" } },
      "node_modules/b": { version: "1.0.0", resolved: "https://host.example/b.tgz" },
    },
  };
  const found = tidy({ "package-lock.json": JSON.stringify(lock) });
  expect(found).toHaveLength(2);
});

test("the lock has one workerd", () => {
  const workerd = { version: "1.0.0" };
  const lock = (...places: readonly string[]) =>
    JSON.stringify({ packages: Object.fromEntries(places.map((place) => [place, workerd])) });
  expect(tidy({ "package-lock.json": lock("node_modules/workerd") })).toEqual([]);
  const two = lock("node_modules/workerd", "node_modules/wrangler/node_modules/workerd");
  expect(tidy({ "package-lock.json": two })).toEqual([
    "package-lock.json:1 lock: more than one workerd: node_modules/workerd, " +
      "node_modules/wrangler/node_modules/workerd",
  ]);
});
