import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { emailKeyOf } from "../queries/quote.ts";
import { claim, handOver } from "../repository/redemptions.ts";

type Inherit = { readonly guestId: Id<"guest">; readonly userId: Id<"user"> };

/** What a visitor put by is his account's from his sign-in on; what both have is there once. */
export const inheritCollected = ({ guestId, userId }: Inherit): readonly Statement[] =>
  handOver(guestId, userId);

type Claim = {
  readonly orderGroupIds: readonly Id<"orderGroup">[];
  readonly userId: Id<"user">;
  /** The address that he has proved, and that the groups were ordered with. */
  readonly email: string;
};

/** What was used as a visitor counts against the limits of the person whose orders they are from now on. */
export const claimRedemptions = (ctx: Ctx, { orderGroupIds, userId, email }: Claim): Statement =>
  claim(orderGroupIds, { buyerId: userId, emailKey: emailKeyOf(ctx, email) });
