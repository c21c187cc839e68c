import { defineConsumer } from "#kernel/consume";
import { CallEnded } from "./facts.ts";
import { insertCalls } from "./repository.ts";

export const consumers = [
  defineConsumer({
    name: "videocall.keep_log",
    on: [CallEnded],
    handle: async (_, facts) => [
      insertCalls(facts.map(({ payload: { callId, ...call } }) => ({ id: callId, ...call }))),
    ],
  }),
];
