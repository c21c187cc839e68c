// Loaded at first use: what an isolate reads before it can answer is the objects' classes and nothing else.
const api = () => import("./api.ts");
const jobs = () => import("./jobs.ts");

export { AdBudgetDO } from "#objects/ad-budget";
export { CallLineDO } from "#objects/call-line";
export { CartDO } from "#objects/cart";
export { ChatRoomDO } from "#objects/chat-room";
export { LivestreamRoomDO } from "#objects/livestream-room";
export { MetricDO } from "#objects/metric";
export { SaleCoordinatorDO } from "#objects/sale-coordinator";
export { SaleShardDO } from "#objects/sale-shard";
export { TokenBucketDO } from "#objects/token-bucket";
export { TrackingSessionDO } from "#objects/tracking-session";
export { AudienceRelay } from "#party/audience-relay";

type Answer = Awaited<ReturnType<typeof api>>["answer"];
/** An import() gives up the isolate even when the module is there, and costs more than a cached answer. */
let answer: Answer | undefined;

export default {
  async fetch(request, env, execution) {
    answer ??= (await api()).answer;
    return answer(request, env, execution);
  },
  async queue(batch, env, execution) {
    const { consumeBatch } = await jobs();
    await consumeBatch(batch, env, (work) => execution.waitUntil(work));
  },
  async scheduled(_, env, execution) {
    const { sweep } = await jobs();
    await sweep(env, (work) => execution.waitUntil(work));
  },
} satisfies ExportedHandler<Env>;
