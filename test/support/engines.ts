import { fork } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ProvidedContext } from "vitest";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    workerBindings: { readonly [name: string]: string };
    /** The sandboxes' and the database's own addresses, for tests that steer or look past the Worker. */
    engineUrls: {
      readonly mail: string;
      readonly midtrans: string;
      readonly stripe: string;
      readonly biteship: string;
      readonly easypost: string;
      readonly receiver: string;
      readonly postgres: string;
    };
  }
}

type Hosted = Pick<ProvidedContext, "workerBindings" | "engineUrls">;

/** Postgres's first start and the migrations, on a busy machine. */
const START_TIMEOUT_MS = 90_000;
/** Engines that do not end by then are ended with their process. */
const STOP_TIMEOUT_MS = 15_000;

/** One set of engines a run. It is a process of its own: here packages resolve to their Worker builds. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = path.join(import.meta.dirname, "../..");
  mkdirSync(path.join(root, "dist/assets"), { recursive: true });
  const dataDir = mkdtempSync(path.join(tmpdir(), "titan-test-"));
  // Root runs Postgres as another user, who must be able to get there.
  chmodSync(dataDir, 0o755);
  const host = fork(path.join(import.meta.dirname, "engine-host.ts"), [dataDir], {
    cwd: root,
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const hosted = await new Promise<Hosted>((resolve, reject) => {
    const timer = setTimeout(() => {
      host.kill("SIGKILL");
      reject(new Error(`the engines were not ready in ${START_TIMEOUT_MS} ms`));
    }, START_TIMEOUT_MS);
    host.once("message", (message) => {
      clearTimeout(timer);
      resolve(message as Hosted);
    });
    host.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the engines ended with ${code} before they were ready`));
    });
  });
  project.provide("workerBindings", hosted.workerBindings);
  project.provide("engineUrls", hosted.engineUrls);
  return async () => {
    const ended = new Promise((resolve) => host.once("exit", resolve));
    const timer = setTimeout(() => host.kill("SIGKILL"), STOP_TIMEOUT_MS);
    if (host.connected) host.disconnect();
    await ended;
    clearTimeout(timer);
    rmSync(dataDir, { recursive: true, force: true });
  };
}
