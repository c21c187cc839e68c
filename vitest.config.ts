import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

// The secrets come from the engines and not from a file, so wrangler's notes about them mean nothing.
process.env.WRANGLER_LOG ??= "error";

/** A whole journey with engines may take this long; a unit test that does is broken. */
const JOURNEY_TIMEOUT_MS = 120_000;
const WORKER_TIMEOUT_MS = 30_000;

/** In one run projects follow each other in this order; of all tests, scripts/test.ts runs two at a time. */
const ORDER = ["unit", "sim", "contracts", "worker", "e2e"] as const;
type Name = (typeof ORDER)[number];

function project(name: Name, test: TestProjectInlineConfiguration["test"]): TestProjectInlineConfiguration {
  return { extends: true, test: { ...test, name, sequence: { groupOrder: ORDER.indexOf(name) + 1 } } };
}

export default defineConfig({
  test: {
    retry: 0,
    projects: [
      // Pure functions leave nothing behind: their files share a process, which then has the code warm.
      project("unit", {
        include: ["test/**/*.unit.test.ts"],
        setupFiles: ["test/support/seed.ts"],
        isolate: false,
      }),
      project("sim", {
        include: ["test/sim/**/*.test.ts"],
        isolate: false,
        setupFiles: ["test/support/seed.ts"],
        testTimeout: JOURNEY_TIMEOUT_MS,
      }),
      project("contracts", { include: ["test/contracts/**/*.test.ts"], testTimeout: WORKER_TIMEOUT_MS }),
      {
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: { bindings: inject("workerBindings") },
          })),
        ],
        ...project("worker", {
          include: ["test/**/*.worker.test.ts"],
          globalSetup: ["test/support/engines.ts"],
          setupFiles: ["test/support/loaded.ts"],
          // One Worker for all files: what a test makes belongs to a seller and a buyer of its own.
          isolate: false,
          maxWorkers: 1,
          testTimeout: WORKER_TIMEOUT_MS,
          hookTimeout: WORKER_TIMEOUT_MS,
        }),
      },
      project("e2e", {
        include: ["test/e2e/**/*.test.ts"],
        // One process for all files, so that those that can share a platform do.
        isolate: false,
        maxWorkers: 1,
        testTimeout: JOURNEY_TIMEOUT_MS,
        hookTimeout: JOURNEY_TIMEOUT_MS,
      }),
    ],
  },
});
