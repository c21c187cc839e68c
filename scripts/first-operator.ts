/**
 * Makes the first administrator of a market, once; afterwards administrators make each other. Takes the
 * deployment's secrets from the environment. They sign in by a mailed link.
 *
 *   CELLS='...' ROOT_SECRET='...' npm run first-operator -- --market id --email ops@example.com
 */
import { parseArgs } from "node:util";
import * as z from "zod";
import { openSystemCtx } from "#kernel/open-ctx";
import { makeFirstOperator } from "#services/social/auth/index";

const zOptions = z.object({
  market: z.string().regex(/^[a-z]{2}$/, "--market is two letters, such as id"),
  email: z.string().trim().toLowerCase().pipe(z.email("--email is an address that can be read")),
  name: z.string().trim().min(1, "--name is not empty").optional(),
});

/** The event is in the outbox with the account, and the sweep of the running platform sends it. */
const UNSENT = { send: async () => undefined, sendBatch: async () => undefined };

function readEnv(): Env {
  const { CELLS, ROOT_SECRET } = process.env;
  if (!CELLS || !ROOT_SECRET)
    throw new Error("CELLS and ROOT_SECRET of the deployment are not in the environment");
  const strings = { CELLS, ROOT_SECRET, LOG_LEVEL: "warn", ENVIRONMENT: "production" };
  // Of the Worker's bindings this command needs the database and, for the outbox's relay, the two queues.
  return { ...strings, EVENTS: UNSENT, ANALYTICS: UNSENT } as unknown as Env;
}

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { market: text, email: text, name: text } });
  const options = zOptions.safeParse({ market: "", email: "", ...values });
  if (!options.success) throw new Error(options.error.issues.map((issue) => issue.message).join("\n"));
  const { market, email } = options.data;
  const name = options.data.name ?? email.replace(/@.*/, "");
  const waiting: Promise<unknown>[] = [];
  const ctx = openSystemCtx(readEnv(), market, { defer: (work) => void waiting.push(work) });
  const made = await makeFirstOperator(ctx, { email, name });
  await Promise.all(waiting);
  if (made.ok) return console.log(`${email} is administrator of ${market}; sign in by a mailed link`);
  const reasons = {
    "auth.admin_exists": `${market} has an administrator already, who can make others`,
    "auth.email_taken": `${email} has an account in ${market}; take an address without one`,
  };
  throw new Error(reasons[made.code]);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
