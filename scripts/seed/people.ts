import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ctx } from "#kernel/ctx";
import { openSystemCtx } from "#kernel/open-ctx";
import { SCOPES } from "#kernel/permission";
import { seedApiKey, seedUser } from "#services/social/auth/index";
import { SHOPS } from "../../drizzle/seed/catalogue/index.ts";
import type { Shop } from "../../drizzle/seed/goods.ts";
import { readJson } from "../client.ts";

/** Of everybody in the demo markets, and of nobody else: seeds refuse to run in production. */
export const DEMO_PASSWORD = "senja-di-teras-rumah";

export type Person = { readonly email: string; readonly name: string };
export const OPERATOR: Person = { email: "operator@titan.example", name: "Dewi Anjani" };
export const emailOf = (slug: string): string => `${slug}@titan.example`;
export const ownerOf = ({ slug, owner }: Pick<Shop, "slug" | "owner">): Person => ({
  email: emailOf(slug),
  name: owner,
});
/** Who sells what an import brings. */
export const WHOLESALER = { slug: "northgate-gifts", owner: "Alice Hartley" } as const;

const BUYERS: { readonly [market: string]: readonly Person[] } = {
  id: [
    { email: "sari@titan.example", name: "Sari Utami" },
    { email: "joko@titan.example", name: "Joko Susilo" },
  ],
  sg: [
    { email: "wei@titan.example", name: "Tan Wei Ming" },
    { email: "nur@titan.example", name: "Nur Aisyah" },
  ],
};
const ownersIn = (market: string): readonly Person[] =>
  market === "gb" ? [ownerOf(WHOLESALER)] : SHOPS.map(ownerOf);

/** Lines that tell a person how to sign in. */
export function loginsOf(markets: readonly string[]): readonly string[] {
  const [first] = SHOPS;
  const buyers = markets.flatMap((market) =>
    (BUYERS[market] ?? []).map(({ email }) => `${email} (${market})`),
  );
  return [
    `Demo logins, password "${DEMO_PASSWORD}":`,
    `  operator     ${OPERATOR.email}`,
    `  shop owners  ${first ? ownerOf(first).email : ""} and ${SHOPS.length - 1} more, named as the shops`,
    `  buyers       ${buyers.join(", ")}`,
  ];
}

/** The events are in the outbox with the accounts, and the sweep of the running platform sends them. */
const UNSENT = { send: async () => undefined, sendBatch: async () => undefined };

/** A writer into a market's database of this machine, and when all that it began is done. */
function openSeed(bindings: Readonly<Record<string, string>>, market: string) {
  const strings = { ...bindings, LOG_LEVEL: "error" };
  const env = { ...strings, EVENTS: UNSENT, ANALYTICS: UNSENT } as unknown as Env;
  const waiting: Promise<unknown>[] = [];
  const ctx: Ctx = openSystemCtx(env, market, { defer: (work) => void waiting.push(work) });
  return { ctx, settle: () => Promise.all(waiting) };
}

/** A database that was exchanged for a backup of another machine knows nothing of this one's key. */
export async function admitServiceKey(
  bindings: Readonly<Record<string, string>>,
  market: string,
  key: string,
): Promise<void> {
  const { ctx } = openSeed(bindings, market);
  await seedApiKey(ctx, { key, scopes: SCOPES, name: "Scripts of this machine" });
}

/** What must not be made by anybody who asks: verified accounts, the first operator, the service key. */
export async function makePeople(
  bindings: Readonly<Record<string, string>>,
  market: string,
  key: string,
): Promise<void> {
  const { ctx, settle } = openSeed(bindings, market);
  const make = (person: Person, more = {}) =>
    seedUser(ctx, { ...person, ...more, password: DEMO_PASSWORD, verified: true });
  await admitServiceKey(bindings, market, key);
  await make(OPERATOR, { operatorRole: "admin" });
  await Promise.all([...ownersIn(market), ...(BUYERS[market] ?? [])].map((person) => make(person)));
  await settle();
}

/** One key a market, made once and kept beside the data for import, replay and redrive. */
export function keepServiceKeys(dataDir: string, markets: readonly string[]): ReadonlyMap<string, string> {
  const path = join(dataDir, "service-key.json");
  const known = readJson<{ readonly [market: string]: string }>(path) ?? {};
  const make = () => `tck_${randomBytes(32).toString("base64url")}`;
  const keys = new Map([
    ...Object.entries(known),
    ...markets.map((market) => [market, known[market] ?? make()] as const),
  ]);
  writeFileSync(path, JSON.stringify(Object.fromEntries(keys)), { mode: 0o600 });
  return keys;
}
