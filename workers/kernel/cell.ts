import * as z from "zod";
import { type Market, zMarket } from "./market.ts";
import { MARKETS } from "./markets.ts";

export type Cell = string & z.core.$brand<"cell">;

/** One market's infrastructure and keys, out of `CELLS`, a JSON secret keyed by market (decision 12). */
const zCell = z.object({
  /** Postgres, in Neon's form: postgresql://user:password@host/database */
  databaseUrl: z.url(),
  /** Where Neon's HTTP protocol is spoken when that is not the database host's own; local only. */
  neonEndpoint: z.url().optional(),
  redis: z.object({ url: z.url(), token: z.string() }),
  clickhouse: z.object({
    url: z.url(),
    database: z.string(),
    user: z.string().optional(),
    password: z.string().optional(),
  }),
  midtrans: z.object({
    serverKey: z.string().min(1),
    clientKey: z.string().min(1),
    apiUrl: z.url(),
    snapUrl: z.url(),
  }),
  /** Who collects what `market.payment.routing` gives it; without it such payments go to Midtrans. */
  stripe: z
    .object({
      secretKey: z.string().min(1),
      /** For the provider's script in the browser. */
      publishableKey: z.string().min(1),
      /** Of the endpoint https://<host>/v1/webhooks/stripe. */
      webhookSecret: z.string().min(1),
      apiUrl: z.url().default("https://api.stripe.com"),
    })
    .optional(),
  /** Midtrans' payouts: one key makes them, another approves them, the third signs notifications. */
  iris: z
    .object({
      creatorKey: z.string().min(1),
      approverKey: z.string().min(1),
      merchantKey: z.string().min(16),
      apiUrl: z.url(),
    })
    .optional(),
  /** Cloudflare Stream; without it live video is off and everything else runs. */
  stream: z
    .object({
      accountId: z.string().min(1),
      apiToken: z.string().min(1),
      apiUrl: z.url().default("https://api.cloudflare.com/client/v4"),
      /** Where viewers reach manifests: https://customer-<code>.cloudflarestream.com */
      playbackUrl: z.url(),
      /** Signs the webhooks of videos. */
      webhookSecret: z.string().min(1),
      /** Shown by the alerts about live inputs: the secret of their destination. */
      alertSecret: z.string().min(1),
      /** A signing key of the account: its id, and its JWK in base64 as the API gave it. */
      signingKeyId: z.string().min(1),
      signingJwk: z.string().min(1),
    })
    .optional(),
  /** Who relays calls of those who cannot reach each other; without it they call directly or not at all. */
  turn: z
    .discriminatedUnion("kind", [
      z.object({
        kind: z.literal("cloudflare"),
        apiUrl: z.url().default("https://rtc.live.cloudflare.com"),
        keyId: z.string().min(1),
        apiToken: z.string().min(1),
      }),
      z.object({
        kind: z.literal("coturn"),
        urls: z.array(z.string().regex(/^turns?:/)).min(1),
        /** coturn's `static-auth-secret`. */
        secret: z.string().min(16),
      }),
    ])
    .optional(),
  /** Who follows parcels; the header's name and value are what its dashboard was given for notifications. */
  biteship: z
    .object({
      apiKey: z.string().min(1),
      apiUrl: z.url(),
      webhookHeader: z.string().min(1),
      webhookSecret: z.string().min(16),
    })
    .optional(),
  /** Sells labels of carriers; the secret is what its webhooks are signed with. */
  easypost: z
    .object({ apiKey: z.string().min(1), apiUrl: z.url(), webhookSecret: z.string().min(16) })
    .optional(),
  /** Where the storefront of this market is served: links in mail and WebAuthn's rpID come from it. */
  origin: z.url(),
  hosts: z.array(z.string()).default([]),
  mailFrom: z.email(),
  /** Who is told of what needs a hand, such as a refund that a provider refuses; else `mailFrom`. */
  operationsMail: z.email().optional(),
  /** OpenID providers that people may sign in with, by name. */
  oauth: z
    .record(z.string(), z.object({ issuer: z.url(), clientId: z.string(), clientSecret: z.string() }))
    .default({}),
  /** Overrides single sections of the market's configuration. */
  market: z.record(z.string(), z.unknown()).default({}),
});
export type CellConfig = Omit<z.output<typeof zCell>, "market"> & { readonly market: Market };

const zCells = z.record(z.string().regex(/^[a-z]{2}$/), zCell).transform((cells, context) => {
  const configured: { [name: string]: CellConfig } = {};
  for (const [name, { market, ...cell }] of Object.entries(cells)) {
    const parsed = zMarket().safeParse({ ...MARKETS[name], ...market });
    if (parsed.success) configured[name] = { ...cell, market: parsed.data };
    else context.addIssue({ code: "custom", path: [name, "market"], message: z.prettifyError(parsed.error) });
  }
  return configured;
});
type Cells = { readonly [name: string]: CellConfig };

/** Throws with the name of the field that is missing or malformed; start-up and /readyz both call it. */
export function parseCells(json: string): Cells {
  const result = zCells.safeParse(JSON.parse(json));
  if (!result.success) throw new Error(`CELLS: ${z.prettifyError(result.error)}`);
  return result.data;
}

const parsed = new WeakMap<object, Cells>();

/** Parsed once an isolate and not once a request: `env` is the same object for an isolate's life. */
export function cellsOf(env: Env): Cells {
  const cells = parsed.get(env) ?? parseCells(env.CELLS);
  parsed.set(env, cells);
  return cells;
}

export function cellConfig(env: Env, cell: string): { cell: Cell; config: CellConfig } {
  const config = cellsOf(env)[cell];
  if (!config) throw new Error(`no cell ${cell}`);
  return { cell: cell as Cell, config };
}

/** Host, then X-Market, then country, then the default; a market nobody configured has no cell. */
export function findCell(
  env: Env,
  hostname: string,
  headers: Headers,
): { cell: Cell; config: CellConfig } | undefined {
  const cells = cellsOf(env);
  for (const [name, config] of Object.entries(cells)) {
    if (config.hosts.includes(hostname)) return { cell: name as Cell, config };
  }
  const market = headers.get("x-market");
  if (market !== null) {
    const config = cells[market];
    return config && { cell: market as Cell, config };
  }
  const country = headers.get("cf-ipcountry") ?? "";
  for (const [name, config] of Object.entries(cells)) {
    if (config.market.countries.includes(country)) return { cell: name as Cell, config };
  }
  const config = cells[env.DEFAULT_MARKET];
  return config && { cell: env.DEFAULT_MARKET as Cell, config };
}
