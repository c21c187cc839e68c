import { handleJob, type JobHandler } from "#kernel/consume";
import { deliverWebhook, forgetWebhooks } from "./commands/deliver.ts";
import { DELIVER, FORGET_WEBHOOKS } from "./facts.ts";

export const jobs: readonly JobHandler[] = [
  handleJob(DELIVER, deliverWebhook),
  handleJob(FORGET_WEBHOOKS, async (ctx) => forgetWebhooks(ctx)) as JobHandler,
];
