import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { preparePostgres } from "../../local/postgres/installation.ts";
import { removePostgresData } from "../../local/postgres/placement.ts";
import { createCluster } from "../../local/postgres/server.ts";
import { superviseEngine } from "../../local/supervisor.ts";

/** No system gives a user this number by itself. */
const NAMELESS = 48_913;
const isRoot = process.getuid?.() === 0;

/** Makes a cluster as a user without an entry in /etc/passwd; who is not root makes it as himself. */
async function create(): Promise<string> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "nameless-"));
  onTestFinished(() => {
    removePostgresData(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  });
  const prepared = await preparePostgres(dataDir);
  const identity = isRoot ? { uid: NAMELESS, gid: NAMELESS } : {};
  try {
    createCluster({ ...prepared, identity });
    return "made";
  } catch (error) {
    return (error as Error).message;
  }
}

const LINE = `uid ${NAMELESS} has no entry in /etc/passwd: run as a user that has one, or as root.`;

test("a user without a name gets a database where he may be nobody, and else one line", async () => {
  expect(["made", ...(isRoot ? [LINE] : [])]).toContain(await create());
});

test("where there is no namespace for users, one line says what to do", async () => {
  vi.stubEnv("PATH", "/nowhere");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await create()).toBe(isRoot ? LINE : "made");
});

test("an engine that the machine is not fit for is tried once, and its reason is one line", async () => {
  const states: string[] = [];
  const onState = (state: string) => void states.push(state);
  const entry = new URL("../support/unfit-engine.ts", import.meta.url);
  await expect(superviseEngine({ name: "sundial", entry, args: ["{}"], onState })).rejects.toThrow(
    /^sundial stopped: this machine has no sundial: set one up\.$/,
  );
  expect(states).toEqual(["stopped"]);
});
