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

/** Jobs that are due and have a queue go there at once; the sweep runs the others at their time. */
export async function sendJobs(env: Sender, cell: string, jobs: readonly Job[], now: number): Promise<void> {
  const byQueue = Map.groupBy(
    jobs.filter((job) => job.queue !== undefined && job.dueAt <= now),
    (job) => job.queue,
  );
  const sends: Promise<unknown>[] = [];
  for (const [queue, group] of byQueue) {
    if (queue === undefined) continue;
    const messages = group.map(({ id, kind }) => ({ body: { cell, dueId: id, kind } satisfies DueMessage }));
    for (let from = 0; from < messages.length; from += BATCH_MAX) {
      sends.push(env[queue].sendBatch(messages.slice(from, from + BATCH_MAX)));
    }
  }
  await Promise.all(sends);
}
