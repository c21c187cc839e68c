import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { recordErasure } from "#services/social/user/index";
import { forgetPin } from "../repository/owner.ts";
import { forgetPayoutAccount } from "../repository/payout.ts";

const STEPS = [
  ["wallet.payout_account", "erased", "Where withdrawals went, and the wallet's PIN, are deleted."],
  ["wallet.ledger", "retained", "Tax law asks for the books; they name nobody but the id."],
  ["wallet.payout", "retained", "Tax law asks to which account money was paid."],
] as const;

/** Somebody is gone: what the books need stays, what would pay him out goes. */
export const forgetOwner = (ctx: Ctx, userId: Id<"user">): readonly Statement[] => [
  forgetPayoutAccount(userId),
  forgetPin(userId),
  recordErasure(
    STEPS.map(([store, action, reason]) => ({ userId, store, action, reason, at: ctx.clock.now() })),
  ),
];
