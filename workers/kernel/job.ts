import type { z } from "zod";
import type { Id } from "./ids.ts";

export type QueueName = "EMAIL" | "INVOICE" | "NOTIFICATION" | "ANALYTICS" | "WEBHOOK";

/** A kind of work: where it waits and what it needs to know. Without a queue the sweep runs it itself. */
export type JobKind<P = unknown> = {
  readonly kind: string;
  readonly queue: QueueName | undefined;
  readonly payload: z.ZodType<P>;
};
export type Job = {
  readonly id: Id<"due">;
  readonly kind: string;
  readonly queue: QueueName | undefined;
  readonly dueAt: number;
};

export const defineJob = <P>(
  kind: `${string}.${string}`,
  queue: QueueName | undefined,
  payload: z.ZodType<P>,
): JobKind<P> => ({ kind, queue, payload });
