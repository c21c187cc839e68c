import * as z from "zod";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./clock.ts";
import { once } from "./once.ts";
import { PAYMENT_METHODS } from "./payment-method.ts";
import { zTexts } from "./texts.ts";

export const zMinor = once(() =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(BigInt),
);

/** What becomes of a review or question that holds something it should not. */
export const zVerdict = once(() => z.enum(["published", "pending", "rejected"]));

/** What becomes of something that a message should not hold. */
export const zHandling = once(() => z.enum(["allow", "mask", "refuse"]));

export const zWalletTier = once(() => z.object({ balanceMaxMinor: zMinor(), dailyMaxMinor: zMinor() }));

/** Where a parcel goes; empty lists say nothing, and the zone that says most about a place is its own. */
const zShippingZone = once(() =>
  z.object({
    countries: z
      .array(z.string().regex(/^[A-Z]{2}$/))
      .max(250)
      .default([]),
    regions: z.array(z.string().max(100)).max(200).default([]),
    postalPrefixes: z
      .array(z.string().regex(/^[0-9A-Z -]{1,10}$/))
      .max(500)
      .default([]),
    /** Up to `baseGrams`, and so much more for each started step beyond. */
    baseMinor: zMinor(),
    baseGrams: z.int().min(1).max(1_000_000).default(1_000),
    stepMinor: zMinor().default(0n),
    stepGrams: z.int().min(1).max(1_000_000).default(1_000),
    /** Heavier parcels do not go this way. */
    gramsMax: z.int().min(1).optional(),
    freeFromMinor: zMinor().optional(),
    minDays: z.int().min(0).max(90),
    maxDays: z.int().min(0).max(180),
    /** Whether the buyer may pay at the door there. */
    cash: z.boolean().default(true),
  }),
);

/** A service that is priced by a table: an operator's, or the market's own. */
export const zShippingTable = once(() =>
  z.object({
    service: z.string().regex(/^[a-z0-9_-]{1,30}$/),
    carrier: z.string().min(1).max(60),
    names: zTexts(60),
    /** Cubic centimetres that count as a kilogram. */
    divisor: z.int().min(1_000).max(20_000).default(6_000),
    zones: z.array(zShippingZone()).min(1).max(200),
  }),
);

export const zShipping = once(() =>
  z.object({
    /** What a parcel costs where no table has its zone. */
    flatMinor: zMinor(),
    freeFromMinor: zMinor().optional(),
    minDays: z.int().min(0).default(2),
    maxDays: z.int().min(0).default(5),
    tables: z.array(zShippingTable()).default([]),
    divisor: z.int().min(1_000).max(20_000).default(6_000),
    /** Couriers that are asked for live rates, as their platform names them. */
    couriers: z.array(z.string()).default(["jne", "jnt", "sicepat", "anteraja"]),
    insuranceBasisPoints: z.int().min(0).max(10_000).default(50),
    cash: z
      .object({
        feeBasisPoints: z.int().min(0).max(10_000).default(0),
        feeFloorMinor: zMinor().default(0n),
        /** No courier carries more cash than this. */
        goodsMaxMinor: zMinor().optional(),
      })
      .prefault({}),
    /** What is ordered from this hour on, by the market's clock, leaves on the next open day. */
    cutOffHour: z.int().min(0).max(24).default(15),
    holidays: z.array(z.iso.date()).default([]),
    /** Days without parcels, 0 is Sunday. */
    closedWeekdays: z.array(z.int().min(0).max(6)).max(6).default([0]),
    /** All carriers together; whoever has not answered by then is not shown. */
    liveTimeoutMs: z.int().min(50).max(1_000).default(800),
    /** A copy of a rate is as good as the rate for so long, and better than none until it is old. */
    copyFreshMs: z
      .int()
      .min(0)
      .default(10 * MINUTE_MS),
    copyOldMs: z.int().min(0).default(DAY_MS),
    breaker: z
      .object({
        failures: z.int().min(1).default(4),
        openMs: z
          .int()
          .min(1)
          .default(30 * SECOND_MS),
      })
      .prefault({}),
    /** A label that costs more than was quoted by this share is not bought unasked. */
    dearerBasisPoints: z.int().min(0).max(10_000).default(1_000),
  }),
);

const zRate = once(() => z.int().min(0).max(10_000));
/** What a shop must have or show before it may trade; `verified` ones are an operator's to tick. */
const zRequirement = once(() =>
  z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("computed"),
      code: z.enum(["storefront", "tax_id", "return_address", "payout_account", "document"]),
      document: z.enum(["identity", "business", "tax", "bank", "other"]).optional(),
      required: z.boolean().default(true),
      names: zTexts(120),
    }),
    z.object({
      kind: z.enum(["attested", "verified"]),
      code: z.string().regex(/^[a-z0-9_]{2,40}$/),
      required: z.boolean().default(true),
      names: zTexts(120),
    }),
  ]),
);

/** What a shop is measured by, and what it costs to fall short of it, week by week and month by month. */
export const zSeller = once(() =>
  z.object({
    requirements: z.array(zRequirement()).max(40).default([]),
    /** The rolling window behind each number. */
    windowMs: z
      .int()
      .min(DAY_MS)
      .max(366 * DAY_MS)
      .default(30 * DAY_MS),
    /** A rate of fewer orders is shown and not judged. */
    ordersMin: z.int().min(1).default(20),
    targets: z
      .object({
        lateShipmentBasisPoints: zRate().default(500),
        nonFulfilmentBasisPoints: zRate().default(500),
        cancellationBasisPoints: zRate().default(250),
        returnBasisPoints: zRate().default(250),
        chatResponseBasisPoints: zRate().default(7_000),
        preparationMs: z
          .int()
          .min(1)
          .default(48 * HOUR_MS),
        ratingHundredths: z.int().min(100).max(500).default(450),
      })
      .prefault({}),
    chatWithinMs: z.int().min(1).default(DAY_MS),
    /** Points for a number that missed its target, and for one that missed it twice over. */
    points: z
      .object({
        weekly: z.object({ missed: z.int().min(0), twice: z.int().min(0) }).default({ missed: 1, twice: 2 }),
        monthly: z.object({ missed: z.int().min(0), twice: z.int().min(0) }).default({ missed: 2, twice: 4 }),
      })
      .prefault({}),
    pointsLiveMs: z
      .int()
      .min(DAY_MS)
      .default(90 * DAY_MS),
    /** Who may take part in campaigns and sales; a shop without ratings has not been rated badly. */
    campaign: z
      .object({
        pointsMax: z.int().min(0).default(11),
        ratingHundredthsMin: z.int().min(0).max(500).default(300),
      })
      .prefault({}),
    /** How long after a penalty a shop may appeal, and by when it has an answer. */
    appealWithinMs: z
      .int()
      .min(1)
      .default(14 * DAY_MS),
    appealAnswerMs: z
      .int()
      .min(1)
      .default(5 * DAY_MS),
  }),
);

/** How products come onto the shelf and change there, and how a reduced price is announced. */
export const zCatalogue = once(() =>
  z.object({
    /** Whether a product goes on sale without an operator's review; in a restricted category never. */
    autoPublish: z.boolean().default(false),
    /** Changes of what is on sale that nobody looks at, where others wait; never in a restricted category. */
    autoConfirm: z
      .object({
        /** Ids of shops whose word is enough. */
        sellers: z.array(z.string().max(40)).max(10_000).default([]),
        fields: z
          .array(z.enum(["descriptions", "attributes", "mpn", "weightGrams", "measures"]))
          .default(["weightGrams", "measures"]),
      })
      .prefault({}),
    /** For so long two products that were merged can be made two again. */
    mergeUndoMs: z
      .int()
      .min(0)
      .default(14 * DAY_MS),
    /** For so long a reduced price stands beside the one before; further reductions within it keep that. */
    reductionMs: z
      .int()
      .min(DAY_MS)
      .default(30 * DAY_MS),
  }),
);

export const zPaymentMethod = once(() => z.enum(PAYMENT_METHODS));

/** Who is trusted has his money once the goods are on their way, and not after they were looked at. */
const zInstantRefund = once(() =>
  z.object({
    upToMinor: zMinor().prefault("0"),
    ordersMin: z.int().min(0).default(5),
    /** Of all units that he has bought; beyond it nobody is trusted. */
    shareBasisPointsMax: z.int().min(0).max(10_000).default(3_000),
  }),
);

/** When goods and money may go back, and who is heard when somebody says nothing. */
export const zRefund = once(() =>
  z.object({
    /** Days after delivery; a category's own number holds for its goods. */
    windowDays: z.int().min(0).max(365).default(14),
    /** What came broken, wrong or not at all is claimed within so long after delivery. */
    claimWithinMs: z
      .int()
      .min(1)
      .default(30 * DAY_MS),
    /** What was shipped so long ago and has not been confirmed may be claimed as lost. */
    lostAfterMs: z
      .int()
      .min(1)
      .default(7 * DAY_MS),
    /** A shop that says nothing for so long has agreed. */
    answerWithinMs: z
      .int()
      .min(1)
      .default(2 * DAY_MS),
    /** A buyer who says nothing for so long, asked or offered something, has given up. */
    replyWithinMs: z
      .int()
      .min(1)
      .default(3 * DAY_MS),
    /** Goods are handed to a carrier within so long of the approval. */
    sendWithinMs: z
      .int()
      .min(1)
      .default(7 * DAY_MS),
    /** Goods that were sent so long ago and were not looked at have come back whole. */
    inspectWithinMs: z
      .int()
      .min(1)
      .default(10 * DAY_MS),
    /** How long a refusal may be taken to the platform, and how long the platform has to decide. */
    escalateWithinMs: z
      .int()
      .min(1)
      .default(7 * DAY_MS),
    decideWithinMs: z
      .int()
      .min(1)
      .default(5 * DAY_MS),
    /** For whom a dispute is decided that nobody has decided in time. */
    silenceFavours: z.enum(["buyer", "seller"]).default("buyer"),
    /** A replacement leaves within so long, or the money goes back instead. */
    replaceWithinMs: z
      .int()
      .min(1)
      .default(5 * DAY_MS),
    /** Up to here goods are not worth their way back. */
    returnlessUpToMinor: zMinor().prefault("0"),
    /** Whether the law lets the buyer take his money into the wallet instead of the way it came. */
    tenderChoice: z.boolean().default(true),
    /** Whether the shipping goes back with the last unit of an order that was returned without fault. */
    shippingWithWhole: z.boolean().default(true),
    instant: zInstantRefund().prefault({}),
  }),
);

/** Advertisements of shops; amounts are multiples of the market's cash step. */
export const zAd = once(() =>
  z.object({
    /** The least that a click costs, and a thousand impressions. */
    reserveCpcMinor: zMinor().prefault("2"),
    reserveCpmMinor: zMinor().prefault("100"),
    bidMaxMinor: zMinor().prefault("10000"),
    /** Advertisements on one page of results; none is shown to nobody. */
    slots: z.int().min(0).max(8).default(3),
    /** A list is never kept waiting for longer; it is shown without advertisements then. */
    answerWithinMs: z.int().min(1).max(1_000).default(60),
    /** How old prices, stock and spending may be that an auction looks at. */
    freshMs: z.int().min(100).max(60_000).default(3_000),
    /** Clicks of one viewer that a campaign pays for on a day. */
    viewerClicksMax: z.int().min(1).default(5),
    /** A shop that owes more than this is not advertised until its sales have paid. */
    creditMinor: zMinor().prefault("2000"),
  }),
);
