/** Runs the engines and sandboxes of one test run, as a child of the runner, until the runner lets go. */
import path from "node:path";
import {
  analyticsOf,
  biteshipAccountOf,
  databaseOf,
  easypostAccounts,
  irisAccounts,
  LOCAL_CELLS,
  makeSecrets,
  midtransKeysOf,
  STREAM_ACCOUNT,
  stripeKeysOf,
  workerBindings,
} from "../../local/configuration.ts";
import { startEngines } from "../../local/engines.ts";
import { freePorts } from "../../local/processes.ts";
import { superviseEngine } from "../../local/supervisor.ts";
import { migrateClickhouse } from "../../scripts/clickhouse-migrate.ts";
import { createDatabase, migrate } from "../../scripts/db-migrate.ts";
import { OPENID_CLIENT } from "./openid-provider.ts";

const TEMPLATE = "titan_template";
type Engines = Awaited<ReturnType<typeof startEngines>>;

/** Migrated once and copied for each cell: a copy takes a few hundredths of a second. */
async function prepareDatabases(engines: Engines): Promise<void> {
  const server = engines.postgresUrl("postgres");
  await migrate(await createDatabase(server, TEMPLATE));
  for (const cell of LOCAL_CELLS) await createDatabase(server, databaseOf(cell), { template: TEMPLATE });
}

async function prepareAnalytics(engines: Engines): Promise<void> {
  for (const cell of LOCAL_CELLS) await migrateClickhouse(engines.clickhouseUrl, analyticsOf(cell));
}

/** The Worker under test has no port; tests hand it the notifications that they are about. */
const merchantsOf = (nowherePort: number) =>
  LOCAL_CELLS.map((cell) => ({
    ...midtransKeysOf(cell),
    currency: { id: "IDR", sg: "SGD", gb: "GBP" }[cell],
    notificationUrl: `http://127.0.0.1:${nowherePort}/v1/webhooks/midtrans`,
    finishUrl: "http://localhost/docs",
  }));

async function startSandboxes(dataDir: string) {
  const [mailPort = 0, smtpPort = 0, midtransPort = 0, openIdPort = 0, nowherePort = 0, ...others] =
    await freePorts(10);
  const [streamPort = 0, rtmpPort = 0, biteshipPort = 0, stripePort = 0, easypostPort = 0] = others;
  const merchants = merchantsOf(nowherePort);
  const webhookUrl = `http://127.0.0.1:${nowherePort}/v1/webhooks/biteship`;
  const accounts = LOCAL_CELLS.map((cell) => ({ ...biteshipAccountOf(cell), webhookUrl }));
  const sandbox = (name: string, options: object) =>
    superviseEngine({
      name,
      entry: new URL(`../../local/${name}/main.ts`, import.meta.url),
      args: [JSON.stringify({ dataDir: path.join(dataDir, name), ...options })],
    });
  const [receiver, stream, ...running] = await Promise.all([
    superviseEngine({
      name: "webhook-receiver",
      entry: new URL("./webhook-receiver.ts", import.meta.url),
      args: [JSON.stringify({ port: 0 })],
    }),
    // Without ffmpeg nobody publishes; tests say themselves what alerts would say.
    sandbox("stream", { port: streamPort, rtmpPort, ...STREAM_ACCOUNT }),
    sandbox("mail", { port: mailPort, smtpPort }),
    sandbox("midtrans", {
      port: midtransPort,
      merchants,
      iris: { accounts: irisAccounts(`http://127.0.0.1:${nowherePort}/v1/webhooks/iris`) },
    }),
    sandbox("stripe", { port: stripePort, accounts: LOCAL_CELLS.map(stripeKeysOf) }),
    sandbox("biteship", { port: biteshipPort, accounts }),
    sandbox("easypost", {
      port: easypostPort,
      accounts: easypostAccounts(`http://127.0.0.1:${nowherePort}/v1/webhooks/easypost`),
    }),
    superviseEngine({
      name: "openid",
      entry: new URL("./openid-provider.ts", import.meta.url),
      args: [JSON.stringify({ port: openIdPort })],
    }),
  ]);
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    mailUrl: `http://127.0.0.1:${mailPort}`,
    midtransUrl: `http://127.0.0.1:${midtransPort}`,
    stripeUrl: `http://127.0.0.1:${stripePort}`,
    biteshipUrl: `http://127.0.0.1:${biteshipPort}`,
    easypostUrl: `http://127.0.0.1:${easypostPort}`,
    openIdUrl: `http://127.0.0.1:${openIdPort}`,
    stream: {
      url: stream.facts.url ?? "",
      signingKeyId: stream.facts.signingKeyId ?? "",
      signingJwk: stream.facts.signingJwk ?? "",
    },
    receiverUrl: receiver.facts.url ?? "",
    stop: () => Promise.all([receiver, stream, ...running].map((one) => one.stop())),
  };
}

async function start(dataDir: string): Promise<void> {
  const [engines, sandboxes] = await Promise.all([
    startEngines({ dataDir, durable: false, redis: "auto" }),
    startSandboxes(dataDir),
  ]);
  const stop = async () => {
    await Promise.all([engines.stop(), sandboxes.stop()]);
    process.exit(0);
  };
  for (const event of ["disconnect", "SIGTERM"]) process.once(event, () => void stop());
  await Promise.all([prepareDatabases(engines), prepareAnalytics(engines)]);
  const addresses = {
    databaseUrl: (database: string) => `postgresql://postgres:postgres@db.localtest.me/${database}`,
    neonEndpoint: `http://${engines.neonHost}/sql`,
    redisUrl: engines.redisUrl,
    clickhouseUrl: engines.clickhouseUrl,
    smtpUrl: sandboxes.smtpUrl,
    midtransUrl: sandboxes.midtransUrl,
    stripeUrl: sandboxes.stripeUrl,
    biteshipUrl: sandboxes.biteshipUrl,
    easypostUrl: sandboxes.easypostUrl,
    stream: sandboxes.stream,
    origin: "https://titan.test",
    oauth: { local: { ...OPENID_CLIENT, issuer: sandboxes.openIdUrl } },
  };
  process.send?.({
    workerBindings: workerBindings(addresses, makeSecrets()),
    engineUrls: {
      mail: sandboxes.mailUrl,
      midtrans: sandboxes.midtransUrl,
      stripe: sandboxes.stripeUrl,
      biteship: sandboxes.biteshipUrl,
      easypost: sandboxes.easypostUrl,
      receiver: sandboxes.receiverUrl,
      postgres: engines.postgresUrl("postgres"),
    },
  });
}

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error("usage: engine-host.ts <data directory>");
// Ctrl-C reaches the whole group; the runner ends its tests first and lets go afterwards.
process.on("SIGINT", () => undefined);
await start(dataDir);
