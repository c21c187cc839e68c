import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

const zLivestreamId = zId("livestream");
const zShow = z.object({ livestreamId: zLivestreamId, sellerId: zId("seller") });

export const LivestreamScheduled = defineEvent(
  "livestream.scheduled",
  1,
  zShow.extend({ startsAt: z.int() }),
);
export const LivestreamStarted = defineEvent(
  "livestream.started",
  1,
  zShow.extend({ title: z.string().optional() }),
);
export const LivestreamEnded = defineEvent("livestream.ended", 1, zShow);
export const LivestreamReplayReady = defineEvent("livestream.replay_ready", 1, zShow);

/** Who may buy what, at which price and until when; who was passed over for him is gone. */
export const AuctionAwarded = defineEvent(
  "livestream.auction_awarded",
  1,
  z.object({
    livestreamId: zLivestreamId,
    auctionId: z.int(),
    offerId: zId("offer"),
    title: z.string().optional(),
    userId: zId("user"),
    priceMinor: z.string(),
    payBy: z.int(),
    passed: z.array(z.string()),
    /** What kept the unit while it was bid for. */
    reservationId: zId("reservation").optional(),
  }),
);
/** The shop has stopped selling what somebody won: he has nothing to pay, and nobody after him wins it. */
export const AuctionWithdrawn = defineEvent(
  "livestream.auction_withdrawn",
  1,
  zShow.extend({ auctionId: z.int(), title: z.string(), userId: zId("user") }),
);
/** Somebody lost the lead of an auction: told the first time that it happens to him, and not again. */
export const AuctionOutbid = defineEvent(
  "livestream.auction_outbid",
  1,
  z.object({
    livestreamId: zLivestreamId,
    auctionId: z.int(),
    title: z.string(),
    userId: zId("user"),
    priceMinor: z.string(),
    endsAt: z.int(),
  }),
);
export const GiveawayDrawn = defineEvent(
  "livestream.giveaway_drawn",
  1,
  z.object({
    livestreamId: zLivestreamId,
    giveawayId: z.int(),
    title: z.string(),
    userIds: z.array(zId("user")),
  }),
);

/** Asks the video provider how the show stands, and brings the show to it. */
export const SYNC_LIVESTREAM = defineJob(
  "livestream.sync",
  undefined,
  z.object({ livestreamId: zLivestreamId }),
);
/** The grace of a dropped publisher is over. */
export const END_INTERRUPTED = defineJob(
  "livestream.end_interrupted",
  undefined,
  z.object({ livestreamId: zLivestreamId }),
);

/** Holds what was won for its winner, and looks what became of it. */
export const SETTLE_AWARD = defineJob(
  "livestream.settle_award",
  undefined,
  z.object({ livestreamId: zLivestreamId, auctionId: z.int(), userId: zId("user") }),
);

/** Looks after the unit of an auction: kept while it may be won, given back when nobody wins it. */
export const KEEP_LOT = defineJob(
  "livestream.keep_lot",
  undefined,
  z.object({
    livestreamId: zLivestreamId,
    reservationId: zId("reservation"),
    sellerId: zId("seller"),
    offerId: zId("offer"),
    auctionId: z.int().optional(),
  }),
);
