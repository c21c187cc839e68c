import type { Fact } from "./facts.ts";
import type { Id } from "./ids.ts";
import type { Job, QueueName } from "./job.ts";

/** What travels on a queue: a fact whole, or the name of a due row. Every message carries its cell. */
export type DueMessage = { readonly cell: string; readonly dueId: Id<"due">; readonly kind: string };
/** A fact too large for a queue travels by its name; who gets it reads it from the outbox. */
export type StoredMessage = { readonly cell: string; readonly id: Id<"event">; readonly stored: true };
export type Message = Fact | StoredMessage | DueMessage;

export const isDueMessage = (message: Message): message is DueMessage => "dueId" in message;
export const isStoredMessage = (message: Message): message is StoredMessage => "stored" in message;

/** Cloudflare's limits for one `sendBatch` and its messages, less some room for what it adds itself. */
const BATCH_MAX = 100;
const BATCH_BYTES_MAX = 240_000;
const MESSAGE_BYTES_MAX = 120_000;
type Sender = Pick<Env, "EVENTS" | QueueName>;

/** Domain facts go to the services' consumers and to analytics, which keep apart what they have recorded. */
export async function sendFacts(env: Sender, facts: readonly Fact[]): Promise<void> {
  await Promise.all(
    inBatches(facts).flatMap((batch) => [env.EVENTS.sendBatch(batch), env.ANALYTICS.sendBatch(batch)]),
  );
}

type Batch = { readonly body: Fact | StoredMessage }[];

/** An order of several hundred lines weighs as much as a hundred others: batches are cut by weight too. */
function inBatches(facts: readonly Fact[]): readonly Batch[] {
  const batches: Batch[] = [];
  let batch: Batch = [];
  let weight = 0;
  for (const fact of facts) {
    const whole = Buffer.byteLength(JSON.stringify(fact));
    const isLarge = whole > MESSAGE_BYTES_MAX;
    const bytes = isLarge ? 0 : whole;
    if (batch.length === BATCH_MAX || weight + bytes > BATCH_BYTES_MAX) {
      batches.push(batch);
      batch = [];
      weight = 0;
    }
    batch.push({ body: isLarge ? { cell: fact.cell, id: fact.id, stored: true } : fact });
    weight += bytes;
  }
  return batch.length > 0 ? [...batches, batch] : batches;
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
