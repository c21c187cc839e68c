import type { Job } from "./due.ts";
import type { Fact } from "./facts.ts";
import type { Id } from "./ids.ts";

/** What travels on a queue: a fact whole, or the name of a due row. Every message carries its cell. */
export type DueMessage = { readonly cell: string; readonly dueId: Id<"due">; readonly kind: string };
export type Message = Fact | DueMessage;

export const isDueMessage = (message: Message): message is DueMessage => "dueId" in message;

/** Cloudflare's limit for one `sendBatch`. */
const BATCH_MAX = 100;
type Sender = Pick<Env, "EVENTS" | "EMAIL" | "INVOICE" | "NOTIFICATION" | "ANALYTICS">;

/** Domain facts go to the services' consumers and to analytics, which keep apart what they have recorded. */
export async function sendFacts(env: Sender, facts: readonly Fact[]): Promise<void> {
  const sends: Promise<unknown>[] = [];
  for (let from = 0; from < facts.length; from += BATCH_MAX) {
    const batch = facts.slice(from, from + BATCH_MAX).map((body) => ({ body }));
    sends.push(env.EVENTS.sendBatch(batch), env.ANALYTICS.sendBatch(batch));
  }
  await Promise.all(sends);
}

/** A job that is due within this time is sent at once and waits in the queue; the sweep brings later ones. */
const DELAY_MS_MAX = 60_000;

/** Jobs with a queue go there now; those without are run by the sweep at their time. */
export async function sendJobs(env: Sender, cell: string, jobs: readonly Job[], now: number): Promise<void> {
  const byQueue = Map.groupBy(
    jobs.filter((job) => job.queue !== undefined && job.dueAt <= now + DELAY_MS_MAX),
    (job) => job.queue,
  );
  const sends: Promise<unknown>[] = [];
  for (const [queue, group] of byQueue) {
    if (queue === undefined) continue;
    const messages = group.map(({ id, kind, dueAt }) => ({
      body: { cell, dueId: id, kind } satisfies DueMessage,
      delaySeconds: Math.max(0, Math.ceil((dueAt - now) / 1_000)),
    }));
    for (let from = 0; from < messages.length; from += BATCH_MAX) {
      sends.push(env[queue].sendBatch(messages.slice(from, from + BATCH_MAX)));
    }
  }
  await Promise.all(sends);
}
