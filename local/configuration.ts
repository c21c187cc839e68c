import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { MARKETS } from "../workers/kernel/markets.ts";

/** The markets that run locally: two are seeded, the third waits for an import. */
export const LOCAL_CELLS = ["id", "sg", "gb"] as const;
export type LocalCell = (typeof LOCAL_CELLS)[number];
export const databaseOf = (cell: LocalCell): string => `titan_${cell}`;
export const analyticsOf = (cell: LocalCell): string => `titan_${cell}`;
/** The Upstash adapter keeps the keys of each token apart. */
export const redisTokenOf = (cell: LocalCell): string => `local-${cell}`;
export const midtransKeysOf = (cell: LocalCell) => ({
  serverKey: `SB-Mid-server-local-${cell}`,
  clientKey: `SB-Mid-client-local-${cell}`,
});

/** Midtrans' payouts go to Indonesian banks only. */
const irisAccountOf = (cell: LocalCell) =>
  cell === "id"
    ? {
        creatorKey: `IRIS-local-creator-${cell}`,
        approverKey: `IRIS-local-approver-${cell}`,
        merchantKey: `IRIS-local-merchant-${cell}`,
      }
    : undefined;

/** The accounts of the payouts' sandbox, and where it tells of them. */
export const irisAccounts = (notificationUrl: string) =>
  LOCAL_CELLS.flatMap((cell) => {
    const account = irisAccountOf(cell);
    return account ? [{ ...account, notificationUrl }] : [];
  });

export const stripeKeysOf = (cell: LocalCell) => ({
  secretKey: `sk_test_local_${cell}`,
  publishableKey: `pk_test_local_${cell}`,
  webhookSecret: `whsec_local_${cell}`,
});

/** One Stream account serves every local market, as one does in production. */
export const STREAM_ACCOUNT = {
  accountId: "10ca10ca10ca10ca10ca10ca10ca10ca",
  apiToken: "local-stream-token",
  webhookSecret: "local-stream-webhook-secret",
  alertSecret: "local-stream-alert-secret",
} as const;

/** What the platform and the couriers' sandbox know each other by. */
export const biteshipAccountOf = (cell: LocalCell) => ({
  apiKey: `biteship_test.local-${cell}`,
  webhookHeader: "x-biteship-signature",
  webhookSecret: `local-biteship-secret-${cell}`,
});

/** Biteship serves Indonesia; elsewhere EasyPost's carriers are asked. */
const easypostAccountOf = (cell: LocalCell) =>
  cell === "id"
    ? undefined
    : { apiKey: `EZTK-local-${cell}`, webhookSecret: `local-easypost-secret-${cell}` };

/** The accounts of the EasyPost sandbox, each in its market's currency. */
export const easypostAccounts = (webhookUrl: string) =>
  LOCAL_CELLS.flatMap((cell) => {
    const account = easypostAccountOf(cell);
    return account ? [{ ...account, currency: { id: "IDR", sg: "SGD", gb: "GBP" }[cell], webhookUrl }] : [];
  });

/** Addresses of the engines, as startEngines and the sandboxes report them. */
export type Addresses = {
  readonly databaseUrl: (database: string) => string;
  readonly neonEndpoint: string;
  readonly redisUrl: string;
  readonly clickhouseUrl: string;
  readonly smtpUrl: string;
  readonly midtransUrl: string;
  readonly stripeUrl: string;
  readonly biteshipUrl: string;
  readonly easypostUrl: string;
  /** The Stream sandbox; without it live video is off. */
  readonly stream?: { readonly url: string; readonly signingKeyId: string; readonly signingJwk: string };
  /** Where people reach the platform. */
  readonly origin: string;
  /** OpenID providers by name; without one people sign in without a provider. */
  readonly oauth?: {
    readonly [name: string]: {
      readonly issuer: string;
      readonly clientId: string;
      readonly clientSecret: string;
    };
  };
};

export type Secrets = {
  readonly ROOT_SECRET: string;
  readonly SIGNING_KEYS: string;
  readonly METRICS_TOKEN: string;
  readonly BACKUP_KEY: string;
};

export function makeSecrets(): Secrets {
  const { privateKey } = generateKeyPairSync("ed25519");
  const kid = randomBytes(6).toString("base64url");
  return {
    ROOT_SECRET: randomBytes(32).toString("base64url"),
    SIGNING_KEYS: JSON.stringify([{ ...privateKey.export({ format: "jwk" }), kid }]),
    METRICS_TOKEN: randomBytes(16).toString("base64url"),
    BACKUP_KEY: randomBytes(32).toString("base64"),
  };
}

/** Made once and kept beside the data, so that sessions outlive a restart. */
export function keepSecrets(path: string): Secrets {
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Partial<Secrets>) : {};
  // A secret that came later joins those that were made before.
  const secrets = { ...makeSecrets(), ...kept };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

/** Overrides of single sections of a market's configuration, by cell. */
export type MarketOverrides = { readonly [cell in LocalCell]?: { readonly [section: string]: unknown } };

/** Escrow is released days after delivery; locally after seconds, so that the demo can tell of it. */
export const LOCAL_MARKETS: MarketOverrides = {
  id: { wallet: { ...(MARKETS.id?.wallet ?? {}), releaseAfterMs: 5_000 } },
};

const streamOf = ({ url, signingKeyId, signingJwk }: NonNullable<Addresses["stream"]>) => {
  return { ...STREAM_ACCOUNT, apiUrl: `${url}/client/v4`, playbackUrl: url, signingKeyId, signingJwk };
};

/** The string bindings of the Worker: what `wrangler secret put` and [vars] hold in production. */
export function workerBindings(
  at: Addresses,
  secrets: Secrets,
  { markets = {}, vars = {} }: { markets?: MarketOverrides; vars?: Readonly<Record<string, string>> } = {},
): Record<string, string> {
  const cells = LOCAL_CELLS.map((cell) => [
    cell,
    {
      databaseUrl: at.databaseUrl(databaseOf(cell)),
      neonEndpoint: at.neonEndpoint,
      redis: { url: at.redisUrl, token: redisTokenOf(cell) },
      clickhouse: { url: at.clickhouseUrl, database: analyticsOf(cell) },
      midtrans: { ...midtransKeysOf(cell), apiUrl: at.midtransUrl, snapUrl: at.midtransUrl },
      ...(irisAccountOf(cell) && { iris: { ...irisAccountOf(cell), apiUrl: `${at.midtransUrl}/iris` } }),
      stripe: { ...stripeKeysOf(cell), apiUrl: at.stripeUrl },
      ...(at.stream && { stream: streamOf(at.stream) }),
      biteship: { ...biteshipAccountOf(cell), apiUrl: at.biteshipUrl },
      ...(easypostAccountOf(cell) && { easypost: { ...easypostAccountOf(cell), apiUrl: at.easypostUrl } }),
      origin: at.origin,
      hosts: [`${cell}.localhost`],
      mailFrom: `orders@${cell}.titan.example`,
      oauth: at.oauth ?? {},
      market: markets[cell] ?? {},
    },
  ]);
  return { ...secrets, CELLS: JSON.stringify(Object.fromEntries(cells)), SMTP_URL: at.smtpUrl, ...vars };
}
