import { DAY_MS, HOUR_MS } from "./clock.ts";
import type { MarketInput } from "./market.ts";

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
      topUpMinMinor: "1000000",
      payoutProvider: "iris",
    },
    shipping: { flatMinor: "1500000" },
    refund: { returnlessUpToMinor: "2500000", instant: { upToMinor: "50000000" } },
    catalogue: { autoPublish: true },
    ad: {
      ...{ reserveCpcMinor: "10000", reserveCpmMinor: "200000", bidMaxMinor: "10000000" },
      creditMinor: "20000000",
    },
    payment: {
      methods: [
        "qris",
        "virtual_account",
        "gopay",
        "shopeepay",
        "convenience_store",
        "card",
        "wallet",
        "cod",
      ],
      // A transfer is made at a bank's machine as well, and to a shop one walks when one is out anyway.
      payWithinMsBy: { virtual_account: HOUR_MS, convenience_store: DAY_MS },
      limits: {
        // What the tills take: docs.xendit.co/docs/{indomaret,alfamart}.
        convenience_store: { minMinor: "1000000", maxMinor: "500000000" },
        // Of one payment by QRIS, for every bank and wallet: docs.xendit.co/docs/qris.
        qris: { maxMinor: "1000000000" },
        // What a verified wallet may hold: developerhub.ppro.com/simple-api/docs/gopay-by-gojek-indonesia.
        gopay: { maxMinor: "2000000000" },
        shopeepay: { maxMinor: "2000000000" },
      },
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
