import { defineConsumer } from "#kernel/consume";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import { publishEpoch } from "./commands/gate.ts";
import { eraseAccount } from "./repository/accounts.ts";
import { forgetReasons } from "./repository/acting.ts";

/** Above any epoch that was ever signed: the tokens of an account that is gone are worth nothing. */
const NEVER = 2 ** 31 - 1;

const STEPS = [
  ["auth.auth_user", "erased", "Address, password, passkeys, second factor, links and sessions are deleted."],
  [
    "auth.auth_event",
    "retained",
    "Evidence of who got in; it names nobody but the id and goes after 400 days.",
  ],
  ["auth.auth_acting", "anonymised", "That support acted, and when, is evidence; why is forgotten."],
] as const;

const eraseCredentials = defineConsumer({
  name: "auth.erase",
  on: [UserErased],
  handle: async (ctx, facts) => {
    const at = ctx.clock.now();
    for (const { payload } of facts) await publishEpoch(ctx, payload.userId, NEVER);
    return facts.flatMap(({ payload: { userId } }) => [
      eraseAccount(userId),
      forgetReasons(userId),
      recordErasure(STEPS.map(([store, action, reason]) => ({ userId, store, action, reason, at }))),
    ]);
  },
});

export const consumers = [eraseCredentials];
