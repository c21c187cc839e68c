import { type Consumer, defineConsumer } from "#kernel/consume";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import { CallEnded } from "./facts.ts";
import { forgetPerson, insertCalls } from "./repository.ts";

const log = defineConsumer({
  name: "videocall.keep_log",
  on: [CallEnded],
  handle: async (_, facts) => [
    insertCalls(facts.map(({ payload: { callId, ...call } }) => ({ id: callId, ...call }))),
  ],
});

const STORES = [
  ["videocall.consultation", "Talks that were asked for are deleted."],
  ["videocall.call_log", "Calls to and from the person are deleted; what was said was never kept."],
] as const;

const erasures = defineConsumer({
  name: "videocall.erasures",
  on: [UserErased],
  handle: async (_, facts) =>
    facts.flatMap(({ at, payload: { userId } }) => [
      ...forgetPerson(userId),
      recordErasure(
        STORES.map(([store, reason]) => ({ userId, store, action: "erased" as const, reason, at })),
      ),
    ]),
});

export const consumers: readonly Consumer[] = [log, erasures];
