import { answer } from "./api.ts";
import { consumeBatch, sweep } from "./jobs.ts";

export { CartDO } from "#objects/cart";
export { MetricDO } from "#objects/metric";
export { TokenBucketDO } from "#objects/token-bucket";

export default {
  fetch: (request, env, execution) => answer(request, env, execution),
  queue: (batch, env, execution) => consumeBatch(batch, env, (work) => execution.waitUntil(work)),
  scheduled: (_, env, execution) => sweep(env, (work) => execution.waitUntil(work)),
} satisfies ExportedHandler<Env>;
