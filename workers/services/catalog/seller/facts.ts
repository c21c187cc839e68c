import * as z from "zod";
import { LOCALES } from "#kernel/errors";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";
import { SHOP_ROLES } from "#kernel/permission";

export const SELLER_STATES = [
  "applied",
  /** Taken on, and filling in what the market asks for. */
  "onboarding",
  /** Handed in, and looked at by an operator. */
  "review",
  "rejected",
  "active",
  "vacation",
  "suspended",
  "terminated",
] as const;
export type SellerState = (typeof SELLER_STATES)[number];

const zShop = z.object({
  sellerId: zId("seller"),
  name: z.string(),
  slug: z.string(),
  state: z.enum(SELLER_STATES),
  city: z.string(),
  /** Where the platform writes to the shop. */
  email: z.string(),
});
const zExplained = z.object({ ...zShop.shape, reason: z.string() });

export const SellerApplied = defineEvent("seller.applied", 1, zShop);
/** The shop fills in what the market asks for, for the first time or again for the reason given. */
export const SellerTakenOn = defineEvent("seller.taken_on", 1, zShop);
export const SellerReturned = defineEvent("seller.returned", 1, zExplained);
/** Handed in for review. */
export const SellerSubmitted = defineEvent("seller.submitted", 1, zShop);
/** Open for business: approved, back from a holiday, or reinstated. */
export const SellerActivated = defineEvent("seller.activated", 1, zShop);
export const SellerRejected = defineEvent("seller.rejected", 1, zExplained);
export const SellerPaused = defineEvent("seller.paused", 1, zShop);
export const SellerSuspended = defineEvent("seller.suspended", 1, zExplained);
export const SellerTerminated = defineEvent("seller.terminated", 1, zExplained);
/** Emitted with every change of a shop, also beside the facts above. */
export const SellerChanged = defineEvent("seller.changed", 1, zShop);

/** The token is in the mail only; it is worth nothing once the invitation is accepted or taken back. */
export const MemberInvited = defineEvent(
  "member.invited",
  1,
  z.object({
    sellerId: zId("seller"),
    sellerName: z.string(),
    invitationId: zId("invitation"),
    email: z.string(),
    role: z.enum(SHOP_ROLES),
    locale: z.enum(LOCALES),
    /** The link with its token: only the mail may hold it in clear. */
    sealed: z.string(),
    expiresAt: z.int(),
  }),
);
const zMembership = z.object({ sellerId: zId("seller"), userId: zId("user"), role: z.enum(SHOP_ROLES) });
export const MemberJoined = defineEvent("member.joined", 1, zMembership);
export const MemberChanged = defineEvent("member.changed", 1, zMembership);
export const MemberLeft = defineEvent("member.left", 1, zMembership);

/** Terms of sales to come have changed; sales that were made keep theirs. */
export const CommissionChanged = defineEvent(
  "commission.changed",
  1,
  z.object({ ruleId: zId("commission"), change: z.enum(["created", "ended"]) }),
);

/** Opens a shop again on the day its holiday ends; run by the sweep, since a minute does not matter. */
export const VacationEnds = defineJob(
  "seller.vacation_ends",
  undefined,
  z.object({ sellerId: zId("seller") }),
);

/** Looks at a shop's period once it is over: what fell short of its target costs points. */
export const EVALUATE = defineJob(
  "seller.evaluate",
  undefined,
  z.object({ sellerId: zId("seller"), period: z.enum(["weekly", "monthly"]), first: z.int() }),
);

const zPenalty = z.object({ sellerId: zId("seller"), penaltyId: zId("penalty") });
export const SellerPenalised = defineEvent(
  "seller.penalised",
  1,
  zPenalty.extend({
    metric: z.string(),
    points: z.int(),
    reason: z.string().nullable(),
    expiresAt: z.int(),
  }),
);
const zAppeal = zPenalty.extend({ appealId: zId("appeal") });
export const AppealSubmitted = defineEvent("appeal.submitted", 1, zAppeal.extend({ answerBy: z.int() }));
/** Granted: the points are gone. */
export const AppealDecided = defineEvent(
  "appeal.decided",
  1,
  zAppeal.extend({ state: z.enum(["granted", "denied"]), decision: z.string() }),
);
/** Nobody has answered in the time that the platform gives itself. */
export const AppealLate = defineEvent("appeal.late", 1, zAppeal.extend({ answerBy: z.int() }));
export const APPEAL_DUE = defineJob("seller.appeal_due", undefined, z.object({ appealId: zId("appeal") }));

const zFollow = z.object({ sellerId: zId("seller"), userId: zId("user") });
export const SellerFollowed = defineEvent("seller.followed", 1, zFollow);
export const SellerUnfollowed = defineEvent("seller.unfollowed", 1, zFollow);

/**
 * Money of this shop goes elsewhere from now on. The number travels sealed under the account's id: who pays
 * out opens it, and checks the name with the bank.
 */
export const PayoutAccountChanged = defineEvent(
  "seller.payout_account_changed",
  1,
  z.object({
    sellerId: zId("seller"),
    payoutAccountId: zId("payoutAccount"),
    bankCode: z.string(),
    holderName: z.string(),
    email: z.string(),
    sealedNumber: z.string(),
  }),
);

/** Sends a shop on holiday when one of its closures begins. */
export const CLOSURE_BEGINS = defineJob(
  "seller.closure_begins",
  undefined,
  z.object({ sellerId: zId("seller") }),
);
