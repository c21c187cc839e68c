/** Migrates every cell, deploys the Worker, and asks each market whether it is ready. Needs CELLS. */
import { spawnSync } from "node:child_process";
import { buildAssets } from "../local/assets.ts";
import { parseCells } from "../workers/kernel/cell.ts";
import { migrateClickhouse } from "./clickhouse-migrate.ts";
import { migrate } from "./db-migrate.ts";

/** A new version reaches every place within seconds; longer means that something is wrong. */
const READY_WITHIN_MS = 60_000;
const { CELLS } = process.env;
if (!CELLS) {
  console.error("Set CELLS to the cells' configuration (docs/deploy.md).");
  process.exit(2);
}
const cells = Object.entries(parseCells(CELLS));

for (const [name, { databaseUrl, clickhouse }] of cells) {
  const applied = await migrate(databaseUrl);
  const url = new URL(clickhouse.url);
  url.username = clickhouse.user ?? "default";
  url.password = clickhouse.password ?? "";
  const counted = await migrateClickhouse(url.href, clickhouse.database);
  console.log(`${name}: ${[...applied, ...counted].join(", ") || "nothing to migrate"}`);
}

await buildAssets();
const deployed = spawnSync("wrangler", ["deploy", "--env", "production"], { stdio: "inherit" });
if (deployed.status !== 0) process.exit(deployed.status ?? 1);

for (const [name, { origin }] of cells) {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const answer = await fetch(`${origin}/readyz`).catch(() => undefined);
    if (answer?.ok) break;
    if (Date.now() > giveUpAt) {
      console.error(`${name}: ${origin}/readyz is not ready: ${answer?.status ?? "no answer"}`);
      process.exit(1);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  console.log(`${name}: ready at ${origin}`);
}
