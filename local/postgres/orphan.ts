import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { commandLineOf, endProcess } from "../processes.ts";

const END_WITHIN_MS = 10_000;

/** Ends the server of a run whose processes were all killed before they could stop it. */
export async function endOrphan(data: string): Promise<void> {
  const file = path.join(data, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  const command = Number.isInteger(pid) && pid > 1 ? commandLineOf(pid) : undefined;
  if (command?.includes("postgres") && command.includes(data)) {
    await endProcess(pid, "SIGINT", END_WITHIN_MS);
  } else if (command !== undefined) {
    // The pid now names another program, and Postgres itself would refuse to start because it lives.
    rmSync(file);
  }
}
