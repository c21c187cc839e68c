import * as z from "zod";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./clock.ts";
import { LOCALES } from "./errors.ts";
import {
  zAd,
  zCatalogue,
  zHandling,
  zMinor,
  zPaymentMethod,
  zRefund,
  zSeller,
  zShipping,
  zVerdict,
  zWalletTier,
} from "./market-sections.ts";
import { zCurrency } from "./money.ts";
import { once } from "./once.ts";

/** Where it is, how its orders go, and what they may be. */
const trading = () => ({
  currency: zCurrency,
  locales: z.array(z.enum(LOCALES)).min(1),
  timeZone: z.string(),
  /** Providers charge whole units of this many minor units; every total is a multiple of it. */
  cashStepMinor: zMinor(),
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
  shipping: zShipping(),
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
    methods: z.array(zPaymentMethod()).min(1),
    payWithinMs: z
      .int()
      .min(1)
      .default(15 * MINUTE_MS),
    /** Where a method takes its payer longer than a glance at his telephone; its stock is held as long. */
    payWithinMsBy: z.partialRecord(zPaymentMethod(), z.int().min(1)).default({}),
    /** What is collected by a method at once, where its tills or wallets take no less or no more. */
    limits: z
      .partialRecord(
        zPaymentMethod(),
        z.object({ minMinor: zMinor().default(0n), maxMinor: zMinor().optional() }),
      )
      .default({}),
    /** Who collects a method, the first choice first: the next is asked where the one before cannot. */
    routing: z.partialRecord(zPaymentMethod(), z.array(z.enum(["midtrans", "stripe"])).min(1)).default({}),
    /** Cards are charged at once, or held until an operator captures what can be delivered. */
    capture: z.enum(["automatic", "manual"]).default("automatic"),
  }),
});

/** How parcels, shops, goods and conversations are looked after. */
const serving = () => ({
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
  seller: zSeller().prefault({}),
  inventory: z.object({ lowStockAt: z.int().min(0).default(5) }),
  catalogue: zCatalogue().prefault({}),
  /** What conversations between buyers and shops may hold, and how soon a shop should answer. */
  chat: z
    .object({
      links: zHandling().default("mask"),
      phones: zHandling().default("mask"),
      banks: zHandling().default("refuse"),
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
});

/** What people may say of goods, and what takes something off their price. */
const judging = () => ({
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
      profanity: zVerdict().default("pending"),
      personalData: zVerdict().default("rejected"),
      links: zVerdict().default("rejected"),
      /** From so many reviews of one product within the window on, an operator looks first. */
      burstMax: z.int().min(1).default(30),
      burstWindowMs: z.int().min(1).default(HOUR_MS),
      /** From so many other accounts on one device, or at one address, for one product on. */
      deviceAccountsMax: z.int().min(1).default(1),
      addressAccountsMax: z.int().min(1).default(5),
      /** The Bayesian mean counts so many reviews of the prior mean, in hundredths of a star, as well. */
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
});

/** What is put before people, live and in a hurry, and how goods go back. */
const showing = () => ({
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
  refund: zRefund().prefault({}),
  ad: zAd().prefault({}),
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
});

/** What wallets may hold, and what the platform keeps. */
const keeping = () => ({
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
      tiers: z.object({ basic: zWalletTier(), verified: zWalletTier() }).prefault({
        basic: { balanceMaxMinor: "200000", dailyMaxMinor: "100000" },
        verified: { balanceMaxMinor: "2000000", dailyMaxMinor: "1000000" },
      }),
      payoutMinMinor: zMinor().prefault("100"),
      topUpMinMinor: zMinor().prefault("100"),
      /** Bonus that paid for what is refunded lives at least so long from then. */
      bonusBackMinMs: z
        .int()
        .min(0)
        .default(7 * DAY_MS),
      /** Payouts to a bank account that took another's place wait so long after the change. */
      payoutCoolingMs: z
        .int()
        .min(0)
        .default(2 * DAY_MS),
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

/** What the business may tune, a market at a time. With defaults, so that a market names what differs. */
export const zMarket = once(() =>
  z.object({ ...trading(), ...serving(), ...judging(), ...showing(), ...keeping() }),
);
export type Market = z.output<ReturnType<typeof zMarket>>;
export type MarketInput = z.input<ReturnType<typeof zMarket>>;
