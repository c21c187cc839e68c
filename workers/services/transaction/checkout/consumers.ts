import { type Consumer, defineConsumer } from "#kernel/consume";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import { scrub } from "./repository.ts";

const REASON =
  "Address and e-mail are gone; what was quoted stays without a person. Orders say what they keep.";

export const consumers: readonly Consumer[] = [
  defineConsumer({
    name: "checkout.erasures",
    on: [UserErased],
    handle: async (ctx, facts) =>
      facts.flatMap(({ payload: { userId } }) => [
        scrub(userId),
        recordErasure([
          { userId, store: "checkout", action: "anonymised", reason: REASON, at: ctx.clock.now() },
        ]),
      ]),
  }),
];
