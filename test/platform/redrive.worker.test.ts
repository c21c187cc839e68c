import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import * as z from "zod";
import { handleJob, runJobs } from "#kernel/consume";
import { due, schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { defineJob } from "#kernel/job";
import type { Message } from "#kernel/relay";
import { consumeBatch } from "../../workers/jobs.ts";
import { type Harness, harness } from "../support/harness.ts";

const DAY_MS = 86_400_000;
const TRIES_MAX = 50;
const JOB = defineJob("test.redriven", undefined, z.object({}));

/** A batch of a dead-letter queue, as the runtime hands it over; what became of each message. */
async function bury(h: Harness, queue: string, bodies: readonly Message[]): Promise<readonly string[]> {
  const became: string[] = [];
  const messages = bodies.map((body) => ({
    body,
    attempts: 1,
    ack: () => became.push("ack"),
    retry: () => became.push("retry"),
  }));
  await consumeBatch({ queue, messages } as unknown as MessageBatch<unknown>, h.env, () => undefined);
  return became;
}

async function redriveAll(h: Harness): Promise<void> {
  const operator = await h.operator();
  for (;;) {
    const { status, body } = await operator.post("/v1/dead-letters/redrive");
    expect(status).toBe(200);
    if (body.letters + body.jobs === 0) return;
  }
}

test("what a queue gave up is kept, shown to operators, and sent to its own queue again, once", async () => {
  const h = harness({ market: "gb" });
  await redriveAll(h);
  const letter = (): Message => ({ cell: h.cell, id: h.ids.next("event"), stored: true });
  const bodies = { EVENTS: letter(), EMAIL: letter(), INVOICE: letter(), NOTIFICATION: letter() };
  const others = { ANALYTICS: letter(), WEBHOOK: letter() };
  const given = Object.entries({ ...bodies, ...others });
  for (const [queue, body] of given) {
    expect([queue, await bury(h, `${queue.toLowerCase()}-dlq`, [body])]).toEqual([queue, ["ack"]]);
  }
  const shown = (await (await h.operator("support")).get("/v1/dead-letters")).body.letters;
  const named = given.map(([queue]) => `${queue.toLowerCase()}-dlq`).toSorted();
  expect(shown.map(({ queue }: { queue: string }) => queue).toSorted()).toEqual(named);
  const sent: [string, Message][] = [];
  for (const [queue] of given) {
    const listening = { send: async (body: Message) => void sent.push([queue, body]) };
    Object.assign(h.env, { [queue]: listening });
  }
  await redriveAll(h);
  expect(sent.toSorted()).toEqual(given.toSorted());
  expect((await (await h.operator()).get("/v1/dead-letters")).body).toEqual({ letters: [], jobs: [] });
});

test("a job that was given up has its tries back, and is done once its cause is mended", async () => {
  const h = harness({ market: "gb" });
  const ctx = h.ctx();
  const subject = h.ids.next("order");
  expect((await ctx.db.commit([schedule(ctx, JOB, { subject, payload: {} })])).ok).toBe(true);
  const look = async () => {
    const [row] = await ctx.db.read.select().from(due).where(eq(due.subject, subject));
    return row;
  };
  let isMended = false;
  const job = handleJob(JOB, async () => {
    if (!isMended) throw new Error("broken");
    return [];
  });
  const run = async (id: Id<"due">) => runJobs(h.ctx(), [job], { ids: [id] });
  const id = (await look())?.id as Id<"due">;
  for (let tries = 0; (await look())?.deadAt === null && tries < TRIES_MAX; tries += 1) {
    await run(id);
    h.clock.advance(DAY_MS);
  }
  const { jobs } = (await (await h.operator()).get("/v1/dead-letters")).body;
  expect(jobs).toContainEqual(expect.objectContaining({ id, kind: JOB.kind, subject }));
  isMended = true;
  expect(await run(id)).toBe(0);
  await redriveAll(h);
  expect(await look()).toMatchObject({ attempts: 0, deadAt: null });
  expect(await run(id)).toBe(1);
  expect(await look()).toBeUndefined();
});
