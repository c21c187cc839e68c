import * as z from "zod";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./clock.ts";
import { LOCALES } from "./errors.ts";
import { zCurrency } from "./money.ts";
import { zTexts } from "./texts.ts";

const zMinor = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(BigInt);

/** What becomes of a review or question that holds something it should not. */
const zVerdict = z.enum(["published", "pending", "rejected"]);

/** What becomes of something that a message should not hold. */
const zHandling = z.enum(["allow", "mask", "refuse"]);

const zWalletTier = z.object({ balanceMaxMinor: zMinor, dailyMaxMinor: zMinor });

/** Where a parcel goes; lists that are empty say nothing, and the zone that says most about a place is its own. */
const zShippingZone = z.object({
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
  baseMinor: zMinor,
  baseGrams: z.int().min(1).max(1_000_000).default(1_000),
  stepMinor: zMinor.default(0n),
  stepGrams: z.int().min(1).max(1_000_000).default(1_000),
  /** Heavier parcels do not go this way. */
  gramsMax: z.int().min(1).optional(),
  freeFromMinor: zMinor.optional(),
  minDays: z.int().min(0).max(90),
  maxDays: z.int().min(0).max(180),
  /** Whether the buyer may pay at the door there. */
  cash: z.boolean().default(true),
});

/** A service that is priced by a table: an operator's, or the market's own. */
export const zShippingTable = z.object({
  service: z.string().regex(/^[a-z0-9_-]{1,30}$/),
  carrier: z.string().min(1).max(60),
  names: zTexts(60),
  /** Cubic centimetres that count as a kilogram. */
  divisor: z.int().min(1_000).max(20_000).default(6_000),
  zones: z.array(zShippingZone).min(1).max(200),
});

const zShipping = z.object({
  /** What a parcel costs where no table has its zone. */
  flatMinor: zMinor,
  freeFromMinor: zMinor.optional(),
  minDays: z.int().min(0).default(2),
  maxDays: z.int().min(0).default(5),
  tables: z.array(zShippingTable).default([]),
  divisor: z.int().min(1_000).max(20_000).default(6_000),
  /** Couriers that are asked for live rates, as their platform names them. */
  couriers: z.array(z.string()).default(["jne", "jnt", "sicepat", "anteraja"]),
  insuranceBasisPoints: z.int().min(0).max(10_000).default(50),
  cash: z
    .object({
      feeBasisPoints: z.int().min(0).max(10_000).default(0),
      feeFloorMinor: zMinor.default(0n),
      /** No courier carries more cash than this. */
      goodsMaxMinor: zMinor.optional(),
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
});

const zRate = z.int().min(0).max(10_000);
/** What a shop must have or show before it may trade; `verified` ones are an operator's to tick. */
const zRequirement = z.discriminatedUnion("kind", [
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
]);

/** What a shop is measured by, and what it costs to fall short of it, week by week and month by month. */
const zSeller = z.object({
  requirements: z.array(zRequirement).max(40).default([]),
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
      lateShipmentBasisPoints: zRate.default(500),
      nonFulfilmentBasisPoints: zRate.default(500),
      cancellationBasisPoints: zRate.default(250),
      returnBasisPoints: zRate.default(250),
      chatResponseBasisPoints: zRate.default(7_000),
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
});

const zPaymentMethod = z.enum(["card", "qris", "virtual_account", "gopay", "wallet", "cod"]);

/** When goods and money may go back, and who is heard when somebody says nothing. */
const zRefund = z.object({
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
  returnlessUpToMinor: zMinor.prefault("0"),
  /** Whether the law lets the buyer take his money into the wallet instead of the way it came. */
  tenderChoice: z.boolean().default(true),
  /** Whether the shipping goes back with the last unit of an order that was returned without fault. */
  shippingWithWhole: z.boolean().default(true),
  /** Who is trusted has his money once the goods are on their way, and not after they were looked at. */
  instant: z
    .object({
      upToMinor: zMinor.prefault("0"),
      ordersMin: z.int().min(0).default(5),
      /** Of all units that he has bought; beyond it nobody is trusted. */
      shareBasisPointsMax: z.int().min(0).max(10_000).default(3_000),
    })
    .prefault({}),
});

/** What the business may tune, a market at a time. With defaults, so that a market names what differs. */
export const zMarket = z.object({
  currency: zCurrency,
  locales: z.array(z.enum(LOCALES)).min(1),
  timeZone: z.string(),
  /** Providers charge whole units of this many minor units; every total is a multiple of it. */
  cashStepMinor: zMinor,
  /** ISO 3166-1 countries that belong to this market. */
  countries: z.array(z.string().regex(/^[A-Z]{2}$/)),
  /** Tax on goods in basis points; inclusive prices contain it already. */
  tax: z.object({
    name: z.string(),
    rateBasisPoints: z.int().min(0).max(10_000),
    /** For goods of the class `reduced`; without it they bear the standard rate. */
    reducedBasisPoints: z.int().min(0).max(10_000).optional(),
    inclusive: z.boolean(),
  }),
  shipping: zShipping,
  cart: z.object({
    linesMax: z.int().min(1).max(1_000).default(100),
    quantityMax: z.int().min(1).max(100_000).default(999),
    abandonedAfterMs: z.int().min(1).default(HOUR_MS),
  }),
  checkout: z.object({
    validForMs: z
      .int()
      .min(1)
      .default(30 * MINUTE_MS),
  }),
  order: z.object({
    shipWithinMs: z
      .int()
      .min(1)
      .default(3 * DAY_MS),
    completeAfterMs: z
      .int()
      .min(1)
      .default(7 * DAY_MS),
  }),
  payment: z.object({
    methods: z.array(zPaymentMethod).min(1),
    payWithinMs: z
      .int()
      .min(1)
      .default(15 * MINUTE_MS),
    /** Who collects a method, the first choice first: the next is asked where the one before cannot. */
    routing: z.partialRecord(zPaymentMethod, z.array(z.enum(["midtrans", "stripe"])).min(1)).default({}),
    /** Cards are charged at once, or held until an operator captures what can be delivered. */
    capture: z.enum(["automatic", "manual"]).default("automatic"),
  }),
  tracking: z
    .object({
      /** Within so many metres of the door the driver has arrived. */
      geofenceMeters: z.int().min(10).max(2_000).default(120),
      /** A driver in this market's traffic, before anything was seen of him. */
      cruiseKmh: z.number().min(3).max(120).default(22),
      /** How often a carrier is asked that says nothing by itself. */
      pollEveryMs: z
        .int()
        .min(1_000)
        .default(30 * MINUTE_MS),
      driverPassMs: z
        .int()
        .min(1)
        .default(16 * HOUR_MS),
    })
    .prefault({}),
  seller: zSeller.prefault({}),
  inventory: z.object({ lowStockAt: z.int().min(0).default(5) }),
  /** Whether a product goes on sale without an operator's review; in a restricted category it never does. */
  catalogue: z.object({ autoPublish: z.boolean().default(false) }).prefault({}),
  /** What conversations between buyers and shops may hold, and how soon a shop should answer. */
  chat: z
    .object({
      links: zHandling.default("mask"),
      phones: zHandling.default("mask"),
      banks: zHandling.default("refuse"),
      /** Hosts that may be linked to besides the market's own. */
      linkHosts: z.array(z.string()).default([]),
      /** How a telephone number of this market begins, its digits without separators. */
      phonePrefixes: z.array(z.string().regex(/^(\+|\d)\d{0,4}$/)).default(["+"]),
      answerWithinMs: z
        .int()
        .min(1)
        .default(4 * HOUR_MS),
      /** Somebody who has not looked for so long is told by mail and in the inbox. */
      awayAfterMs: z
        .int()
        .min(1)
        .default(5 * MINUTE_MS),
      autoReplyEveryMs: z
        .int()
        .min(1)
        .default(12 * HOUR_MS),
      keptMs: z
        .int()
        .min(DAY_MS)
        .default(730 * DAY_MS),
    })
    .prefault({}),
  review: z
    .object({
      /** How long after delivery a line may be reviewed, and how long after writing a review be changed. */
      writeWithinMs: z
        .int()
        .min(1)
        .default(90 * DAY_MS),
      editWithinMs: z
        .int()
        .min(1)
        .default(30 * DAY_MS),
      profanity: zVerdict.default("pending"),
      personalData: zVerdict.default("rejected"),
      links: zVerdict.default("rejected"),
      /** From so many reviews of one product within the window on, an operator looks first. */
      burstMax: z.int().min(1).default(30),
      burstWindowMs: z.int().min(1).default(HOUR_MS),
      /** From so many other accounts on one device, or at one address, for one product on. */
      deviceAccountsMax: z.int().min(1).default(1),
      addressAccountsMax: z.int().min(1).default(5),
      /** The Bayesian mean counts so many reviews of the prior mean (in hundredths of a star) beside the real. */
      priorWeight: z.int().min(0).default(10),
      priorHundredths: z.int().min(100).max(500).default(400),
    })
    .prefault({}),
  voucher: z
    .object({
      /** How many vouchers one checkout takes in all; the best combination keeps to it. */
      perCheckoutMax: z.int().min(1).max(8).default(5),
      /** And of each kind: of `seller` so many from every shop. */
      perCategoryMax: z
        .object({
          platform: z.int().min(0).max(8).default(1),
          seller: z.int().min(0).max(8).default(1),
          shipping: z.int().min(0).max(8).default(1),
          payment: z.int().min(0).max(8).default(1),
          cashback: z.int().min(0).max(8).default(1),
        })
        .prefault({}),
      /** Kinds that may stand beside a voucher that otherwise stands alone. */
      jointCategories: z.array(z.enum(["shipping", "payment", "cashback"])).default(["shipping"]),
    })
    .prefault({}),
  recommendation: z
    .object({
      /** Events older than this say nothing any more; an event counts half after the half-life. */
      windowMs: z
        .int()
        .min(DAY_MS)
        .default(180 * DAY_MS),
      halfLifeMs: z
        .int()
        .min(DAY_MS)
        .default(30 * DAY_MS),
      trainEveryMs: z.int().min(MINUTE_MS).default(HOUR_MS),
      /** Share of a list, in basis points, that is drawn from what is new or little seen. */
      explorationBasisPoints: z.int().min(0).max(5_000).default(1_000),
    })
    .prefault({}),
  refund: zRefund.prefault({}),
  livestream: z
    .object({
      /** How long a dropped publisher may stay away before the show is over. */
      graceMs: z.int().min(1_000).default(20_000),
      /** Objects that a show's viewers are spread over. */
      relays: z.int().min(1).max(1_024).default(4),
    })
    .prefault({}),
  flashSale: z
    .object({
      /** How long a claim is held before it is an order. */
      holdMs: z
        .int()
        .min(1)
        .default(2 * MINUTE_MS),
      /** Objects that a sale's holds are spread over: one takes some 1,000 claims a second. */
      shards: z.int().min(1).max(256).default(16),
      warmBeforeMs: z.int().min(0).default(MINUTE_MS),
      remindBeforeMs: z
        .int()
        .min(0)
        .default(10 * MINUTE_MS),
    })
    .prefault({}),
  wallet: z
    .object({
      /** A shop's money leaves escrow so long after delivery, and not before the order is completed. */
      releaseAfterMs: z
        .int()
        .min(0)
        .default(3 * DAY_MS),
      /** Tax on a shop's turnover that the law makes the marketplace take out of what it pays. */
      withholding: z.object({ name: z.string(), rateBasisPoints: z.int().min(1).max(10_000) }).optional(),
      /** What an account may hold and send, by how well its owner is known; a day is the market's. */
      tiers: z.object({ basic: zWalletTier, verified: zWalletTier }).prefault({
        basic: { balanceMaxMinor: "200000", dailyMaxMinor: "100000" },
        verified: { balanceMaxMinor: "2000000", dailyMaxMinor: "1000000" },
      }),
      payoutMinMinor: zMinor.prefault("100"),
      payoutProvider: z.enum(["iris", "file"]).default("file"),
      /** Wrong PINs in a row before the wallet is locked, and for how long. */
      pinTriesMax: z.int().min(1).max(20).default(5),
      pinLockMs: z
        .int()
        .min(1)
        .default(30 * MINUTE_MS),
    })
    .prefault({}),
  /** What the platform keeps of a sale; the tax that it owes on that is the seller's to pay on top. */
  commission: z.object({
    rateBasisPoints: z.int().min(0).max(10_000).default(500),
    taxBasisPoints: z.int().min(0).max(10_000).default(0),
  }),
});
export type Market = z.output<typeof zMarket>;

type MarketInput = z.input<typeof zMarket>;
const common = { cart: {}, checkout: {}, order: {}, inventory: {}, commission: {} };

/** The markets that exist before anyone configures one; `CELLS.<market>.market` overrides single sections. */
export const MARKETS: { readonly [name: string]: MarketInput } = {
  id: {
    ...common,
    currency: "IDR",
    locales: ["id", "en"],
    timeZone: "Asia/Jakarta",
    cashStepMinor: "100",
    countries: ["ID"],
    chat: { phonePrefixes: ["08", "628", "+"] },
    tax: { name: "PPN", rateBasisPoints: 1_100, inclusive: true },
    commission: { taxBasisPoints: 1_100 },
    wallet: {
      // PMK 37/2025: income tax (article 22) of half a per cent of a domestic trader's gross turnover.
      withholding: { name: "PPh 22", rateBasisPoints: 50 },
      // Of registered and unregistered electronic money, PBI 20/6/2018 as amended: Rp 2 and Rp 20 million.
      tiers: {
        basic: { balanceMaxMinor: "200000000", dailyMaxMinor: "200000000" },
        verified: { balanceMaxMinor: "2000000000", dailyMaxMinor: "2000000000" },
      },
      payoutMinMinor: "1000000",
      payoutProvider: "iris",
    },
    shipping: { flatMinor: "1500000" },
    refund: { returnlessUpToMinor: "2500000", instant: { upToMinor: "50000000" } },
    catalogue: { autoPublish: true },
    payment: {
      methods: ["qris", "virtual_account", "gopay", "card", "wallet", "cod"],
      routing: { card: ["midtrans", "stripe"] },
    },
  },
  sg: {
    ...common,
    currency: "SGD",
    locales: ["en"],
    timeZone: "Asia/Singapore",
    cashStepMinor: "1",
    countries: ["SG"],
    chat: { phonePrefixes: ["8", "9", "658", "659", "+"] },
    tax: { name: "GST", rateBasisPoints: 900, inclusive: false },
    commission: { taxBasisPoints: 900 },
    shipping: { flatMinor: "399" },
    payment: { methods: ["card", "qris", "wallet", "cod"], routing: { card: ["stripe"] } },
  },
  gb: {
    ...common,
    currency: "GBP",
    locales: ["en"],
    timeZone: "Europe/London",
    cashStepMinor: "1",
    countries: ["GB"],
    chat: { phonePrefixes: ["07", "447", "+"] },
    tax: { name: "VAT", rateBasisPoints: 2_000, inclusive: true },
    commission: { taxBasisPoints: 2_000 },
    // A wholesaler's market: the carriage is part of the price.
    shipping: { flatMinor: "495", freeFromMinor: "0" },
    cart: { linesMax: 1_000, quantityMax: 100_000 },
    payment: { methods: ["card", "wallet", "cod"], routing: { card: ["stripe"] } },
  },
};
