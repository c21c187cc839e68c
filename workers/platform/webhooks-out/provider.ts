import type { Ctx } from "#kernel/ctx";
import { isPublicAddress, readTarget, type Target } from "./domain/guard.ts";

/** Four of them, one after the other, end within a job's lease. */
const ANSWER_WITHIN_MS = 8_000;
const RESOLVE_WITHIN_MS = 2_000;
const ANSWER_BYTES_MAX = 1_024;

export type Answer = {
  /** Null when nobody answered, or nobody was asked; `error` says why. */
  readonly status: number | null;
  readonly error: string | null;
  readonly answer: string | null;
  readonly durationMs: number;
};
type Posted = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
type Resolving = Pick<Ctx, "env">;

export const allowsLoopback = (env: Env): boolean =>
  env.ENVIRONMENT === "local" && env.WEBHOOK_LOOPBACK === "yes";

/** One try. The address is judged anew each time, since a name may stand for something else by now. */
export async function post({ env }: Resolving, { url, headers, body }: Posted): Promise<Answer> {
  const startedAt = performance.now();
  const ended = (status: number | null, error: string | null, answer: string | null): Answer => {
    return { status, error, answer, durationMs: Math.round(performance.now() - startedAt) };
  };
  const target = readTarget(url, { loopback: allowsLoopback(env) });
  if (!target.ok) return ended(null, target.code, null);
  try {
    const refused = await refusalOf(env, target.value);
    if (refused !== undefined) return ended(null, refused, null);
    const response = await fetch(target.value.href, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "user-agent": "Titan-Webhooks/1" },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return ended(response.status, null, await readStart(response).catch(() => null));
  } catch (error) {
    return ended(null, reasonOf(error), null);
  }
}

/** Reads as far as the log shows; the rest is not waited for. */
async function readStart(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= ANSWER_BYTES_MAX) break;
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX));
  // Postgres keeps no NUL in a text.
  return text.replaceAll("\0", "");
}

function reasonOf(error: unknown): string {
  const { name = "", message = "" } = error as { readonly name?: string; readonly message?: string };
  return name === "TimeoutError" ? `no answer in ${ANSWER_WITHIN_MS} ms` : message.slice(0, 200);
}

/** A name is asked for before it is used; where nothing can be asked, only what the name says counts. */
async function refusalOf(
  { RESOLVER_URL }: Env,
  { hostname, isLoopback }: Target,
): Promise<string | undefined> {
  if (RESOLVER_URL === "" || isLoopback || hostname.startsWith("[") || /^[\d.]+$/.test(hostname)) {
    return undefined;
  }
  const found = await Promise.all(["A", "AAAA"].map((type) => resolve(RESOLVER_URL, hostname, type)));
  const addresses = found.flat();
  if (addresses.length === 0) return "the name stands for no address";
  return addresses.every(isPublicAddress) ? undefined : "the name stands for a private address";
}

/** DNS record types of an address, as numbers: A and AAAA; anything else is a name on the way to one. */
const ADDRESS_TYPES = [1, 28];

async function resolve(resolver: string, name: string, type: string): Promise<readonly string[]> {
  const response = await fetch(`${resolver}?name=${encodeURIComponent(name)}&type=${type}`, {
    headers: { accept: "application/dns-json" },
    signal: AbortSignal.timeout(RESOLVE_WITHIN_MS),
  });
  if (!response.ok) throw new Error(`the resolver answered ${response.status}`);
  const { Answer: records = [] } = (await response.json()) as {
    readonly Answer?: readonly { readonly type: number; readonly data: string }[];
  };
  return records.filter((record) => ADDRESS_TYPES.includes(record.type)).map(({ data }) => data);
}
