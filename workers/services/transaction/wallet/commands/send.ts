import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import type { Money } from "#kernel/money";
import { orThrow } from "#kernel/result";
import { cashOf } from "../domain/accounts.ts";
import { fail } from "../errors.ts";
import { take } from "./compose.ts";
import { requirePin } from "./pin.ts";

type Sending = {
  readonly to: Id<"user">;
  readonly amountMinor: bigint;
  readonly pin: string;
  readonly note: string;
  readonly idempotencyKey: string;
};
type Refusal = "wallet.insufficient" | "wallet.frozen" | "wallet.limit" | "wallet.full";

/** From one wallet to another at once; within what the sender may send a day and the receiver may hold. */
export async function sendMoney(
  ctx: Ctx,
  { to, amountMinor, pin, note, idempotencyKey }: Sending,
): Promise<{ readonly transferId: string; readonly amount: Money }> {
  const userId = await requirePin(ctx, pin);
  if (to === userId) throw fail("wallet.to_itself");
  if (amountMinor % ctx.market.cashStepMinor !== 0n) throw fail("wallet.off_step");
  const amount = { minor: amountMinor, currency: ctx.market.currency };
  // Named by its request: the same one again is the same transfer, whatever became of the first answer.
  const transferId = `send/${userId}/${idempotencyKey}`;
  const sent = take<Refusal>(ctx, {
    id: transferId,
    userId,
    amount,
    kind: "wallet_send",
    phase: "direct",
    credit: cashOf(to, amount.currency),
    creditOwner: to,
    expiresAt: null,
    memo: note,
    usesBonus: false,
  });
  orThrow(await ctx.db.commit([sent]), fail);
  return { transferId, amount };
}
