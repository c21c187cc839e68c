import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { freePorts } from "../../local/processes.ts";
import { admitServiceKey, keepServiceKeys } from "../../scripts/seed/people.ts";
import { type Body, type Client, clientOf, until } from "../support/http-client.ts";
import { buy, guestOf, newEmail, openStall, type Stall, startOf } from "../support/market-stall.ts";
import { familyOf, livingOf } from "../support/processes.ts";
import { parseMetrics, seriesSum } from "../support/prometheus.ts";
import { RAISED, type RunningPlatform, startHost } from "../support/running-platform.ts";
import { mailboxOf, sandboxOf } from "../support/sandboxes.ts";
import { scratchDirectory } from "../support/scratch.ts";

const STOCK = 1_000;
const WARES = 40;
/** What `npm start` promises for every start but the first. */
const SECOND_START_MS = 10_000;
const SHOPPERS = 3;

/** What one shopper has been answered, and what was under way when everything ended. */
type Memory = {
  readonly buyer: Client;
  readonly email: string;
  readonly cartId: string;
  readonly lines: string[];
  orderId: string | undefined;
  isCompleting: boolean;
};

/** Fills a cart line by line and buys it, again and again with a new cart, until the platform is gone. */
async function shop(platform: RunningPlatform, stall: Stall, memories: Memory[]): Promise<void> {
  for (;;) {
    const buyer = await guestOf(platform);
    const { cart } = await buyer.do("/v1/carts");
    const memory: Memory = {
      buyer,
      email: newEmail("restart"),
      cartId: cart.id,
      lines: [],
      orderId: undefined,
      isCompleting: false,
    };
    memories.push(memory);
    for (const { offerId } of stall.offers.slice(0, 4)) {
      await buyer.do(`/v1/carts/${cart.id}/lines`, { offerId, quantity: 1 });
      memory.lines.push(offerId);
    }
    const start = startOf({ email: memory.email, method: "cod", market: "id" });
    const checkout = await buyer.do("/v1/checkouts", start);
    memory.isCompleting = true;
    const { orders } = await buyer.do(`/v1/checkouts/${checkout.id}/complete`);
    memory.orderId = orders[0].id;
  }
}

/** Puts one line after another into a cart that nobody buys. */
async function collect(platform: RunningPlatform, stall: Stall, memory: Memory): Promise<void> {
  for (const { offerId } of stall.offers) {
    await memory.buyer.do(`/v1/carts/${memory.cartId}/lines`, { offerId, quantity: 2 });
    memory.lines.push(offerId);
  }
  throw new Error(`${platform.url} was not ended in time`);
}

const linesOf = async ({ buyer, cartId }: Memory): Promise<string[]> => {
  const { groups } = await buyer.read(`/v1/carts/${cartId}`);
  return groups.flatMap((group: Body) => group.lines).map((line: Body) => line.offerId);
};

describe("the platform that is killed in the middle of its work and started again", () => {
  let dataDir: string;
  let port: number;
  let stall: Stall;
  let first: RunningPlatform;
  let second: RunningPlatform;
  const buyers: Memory[] = [];
  let collector: Memory;
  let invoice: { readonly buyer: Client; readonly path: string; readonly bytes: Uint8Array };
  let secondStartMs = Number.POSITIVE_INFINITY;

  beforeAll(async () => {
    const { directory, remove } = scratchDirectory("restart");
    dataDir = directory;
    [port = 0] = await freePorts(1);
    const options = { dataDir, port, durable: true, vars: RAISED };
    first = await startHost(options);
    const wares = Array.from({ length: WARES }, (_, i) => ({
      title: `Kopi nomor ${i + 1}`,
      priceMinor: 2_500_000n,
      stock: STOCK,
    }));
    stall = await openStall(first, wares);
    const family = familyOf(first.pid);
    expect(family.length).toBeGreaterThanOrEqual(7);
    invoice = await payForOne();
    await workUntilKilled();
    const startedAt = performance.now();
    second = await startHost(options);
    await until("readiness", async () => (await clientOf(second).get("/readyz")).status === 200);
    secondStartMs = performance.now() - startedAt;
    expect(livingOf(family)).toEqual([]);
    return async () => {
      await second.stop();
      remove();
    };
  });

  /** An order with a document of its own. */
  async function payForOne() {
    const buyer = await guestOf(first);
    const offerId = stall.offers.at(-1)?.offerId ?? "";
    const basket = { lines: [{ offerId, quantity: 1 }], method: "qris" as const, email: newEmail("paid") };
    const bought = await buy(buyer, basket);
    await sandboxOf(first).act(bought.payment.id, "pay");
    const path = `/v1/orders/${bought.orders[0]?.id}/invoice`;
    const { bytes } = await until("the invoice", async () => {
      const answer = await buyer.get(path);
      return answer.status === 200 && answer;
    });
    return { buyer, path, bytes };
  }

  async function workUntilKilled(): Promise<void> {
    const buyer = await guestOf(first);
    const { cart } = await buyer.do("/v1/carts");
    collector = {
      buyer,
      email: "",
      cartId: cart.id,
      lines: [],
      orderId: undefined,
      isCompleting: false,
    };
    const working = [
      collect(first, stall, collector),
      ...Array.from({ length: SHOPPERS }, () => shop(first, stall, buyers)),
    ].map((work) => work.catch(() => undefined));
    const isBusy = () => buyers.filter(({ orderId }) => orderId).length >= 6 && collector.lines.length >= 5;
    await until("orders and lines", async () => isBusy());
    await first.end("SIGKILL");
    await Promise.all(working);
  }

  it("is ready again in ten seconds", () => {
    expect(secondStartMs).toBeLessThanOrEqual(SECOND_START_MS);
  });

  it("has every answered order once, and at most one that was under way", async () => {
    expect(buyers.filter(({ orderId }) => orderId).length).toBeGreaterThanOrEqual(6);
    let units = 0;
    for (const { buyer, orderId, isCompleting } of buyers) {
      const { items } = await buyer.read("/v1/orders");
      if (orderId) expect(items).toMatchObject([{ id: orderId, state: "placed", units: 4 }]);
      else expect(items.length).toBeLessThanOrEqual(isCompleting ? 1 : 0);
      units += items.length;
    }
    for (const { offerId } of stall.offers.slice(0, 4)) {
      const { available, held, allocated } = await stall.stockOf(offerId);
      expect({ available, held, allocated }).toEqual({ available: STOCK - units, held: 0, allocated: units });
    }
  });

  it("has every answered line in its cart, and at most one that was under way", async () => {
    const offers = stall.offers.map(({ offerId }) => offerId);
    const found = await linesOf(collector);
    expect(found.slice(0, collector.lines.length)).toEqual(collector.lines);
    expect(found).toEqual(offers.slice(0, found.length));
    expect(found.length - collector.lines.length).toBeLessThanOrEqual(1);
    for (const memory of buyers.filter(({ isCompleting }) => !isCompleting)) {
      const kept = await linesOf(memory);
      expect(kept).toEqual(expect.arrayContaining(memory.lines));
      expect(kept.length - memory.lines.length).toBeLessThanOrEqual(1);
    }
  });

  it("has every document", async () => {
    const { status, bytes } = await invoice.buyer.get(invoice.path);
    expect(status).toBe(200);
    expect(Buffer.compare(bytes, invoice.bytes)).toBe(0);
  });

  it("sends the mails and handles the events that the killed one left", async () => {
    const mailbox = mailboxOf(second);
    for (const { email, orderId } of buyers) {
      if (!orderId) continue;
      await mailbox.find(email, "the order", ({ subject }) => subject === "We have your order");
    }
    const gauge = async (name: string) =>
      seriesSum(parseMetrics((await clientOf(second).get("/metrics")).body), name, { cell: "id" });
    await until("every event to be handled", async () => (await gauge("outbox_open_events")) === 0);
    for (const name of ["oversold_units", "reservation_drift_units", "due_dead_jobs", "dead_letters"]) {
      expect([name, await gauge(name)]).toEqual([name, 0]);
    }
    // What was bought leaves the cart, also where the answer to it was lost.
    for (const memory of buyers.filter(({ orderId }) => orderId)) expect(await linesOf(memory)).toEqual([]);
  });

  it("is put back from a backup as another machine made it, and knows this one's scripts", async () => {
    const market = ["--market", "id"];
    const run = async (script: string, ...args: string[]) => {
      const { code, errors, said } = await runScript(`scripts/${script}`, { DATA_DIR: dataDir }, args);
      expect([script, code, errors]).toEqual([script, 0, [""]]);
      return said;
    };
    const { url, bindings, databases } = second;
    const running = { url, bindings, postgresUrl: databases.id?.replace(/[^/]*$/, "postgres") };
    writeFileSync(join(dataDir, "platform.json"), JSON.stringify(running));
    const theirs = keepServiceKeys(dataDir, ["id"]).get("id") ?? "";
    await admitServiceKey(bindings, "id", theirs);
    const folder = join(dataDir, "backups");
    await run("backup.ts", ...market);
    const [file = ""] = readdirSync(folder);
    const [offer] = stall.offers;
    const buyer = await guestOf(second);
    const basket = { lines: [{ offerId: offer?.offerId ?? "", quantity: 1 }], method: "cod" as const };
    const later = await buy(buyer, { ...basket, email: newEmail("later") });
    rmSync(join(dataDir, "service-key.json"));
    const [restored] = JSON.parse(
      await run("restore.ts", join(folder, file), "--force", "--json", ...market),
    );
    const [ledger] = JSON.parse(await run("ledger-verify.ts", "--json", ...market));
    expect(ledger.drift).toEqual([]);
    expect(ledger.transfers).toBe(restored.ledger.transfers);
    expect(ledger.transfers).toBeGreaterThan(0);
    expect((await buyer.get(`/v1/orders/${later.orders[0]?.id}`)).status).toBe(404);
    expect((await invoice.buyer.get(invoice.path)).status).toBe(200);
  });

  it("refuses a second run on its data and goes on", async () => {
    const { code, errors } = await startScript({ DATA_DIR: dataDir, PORT: String(port) });
    expect(errors).toEqual([expect.stringMatching(/^titan: .* already run by process \d+; stop it first$/)]);
    expect(code).toBe(1);
    expect((await clientOf(second).get("/readyz")).status).toBe(200);
  });

  it("leaves no process behind when it is told to end", async () => {
    // For the start after it.
    await pretendOlder(second);
    const family = familyOf(second.pid);
    expect(family.length).toBeGreaterThanOrEqual(7);
    await second.end("SIGTERM");
    expect(livingOf(family)).toEqual([]);
  });

  it("says in one line what to do when its data are of an older version", async () => {
    // Built anew: the build is still under way when the start is given up.
    rmSync(join(import.meta.dirname, "../../dist/worker.kept"), { force: true });
    const { code, errors } = await startScript({ DATA_DIR: dataDir, PORT: String(port) });
    expect(errors).toEqual([
      expect.stringMatching(/^titan: \w+\.sql has changed .* npm start -- --reset\. /),
    ]);
    expect(code).toBe(1);
  });
});

/** Its tables are as another version of the migration made them. */
async function pretendOlder({ databases }: RunningPlatform): Promise<void> {
  for (const url of Object.values(databases)) {
    const client = new pg.Client(url);
    await client.connect();
    await client.query("UPDATE schema_migration SET hash = 'of another version'");
    await client.end();
  }
}

/** What a script says and complains of line by line, and its exit code. */
async function runScript(
  path: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<{ code: number | null; errors: readonly string[]; said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../..", path), ...args], {
    env: { ...process.env, NODE_OPTIONS: "", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [said, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { code, errors: errors.trimEnd().split("\n"), said };
}

/** A start that comes to nothing. */
const startScript = (variables: Readonly<Record<string, string>>) => runScript("local/start.ts", variables);

describe("a start that cannot be", () => {
  it("says in one line that the port is in use", async () => {
    const { directory, remove } = scratchDirectory("start");
    onTestFinished(remove);
    const server = createServer();
    const [port = 0] = await freePorts(1);
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.close();
    });
    const { code, errors } = await startScript({ DATA_DIR: directory, PORT: String(port) });
    expect(errors).toEqual([expect.stringContaining(`titan: port ${port} is in use.`)]);
    expect(code).toBe(1);
  });

  it("says in one line that a variable is malformed", async () => {
    const { code, errors } = await startScript({ PORT: "http" });
    expect(errors).toEqual(["titan: PORT=http: set a whole number from 1 to 65535."]);
    expect(code).toBe(1);
  });
});
