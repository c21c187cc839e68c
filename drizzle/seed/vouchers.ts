type Prices = { readonly id: number; readonly sg: number };
type Priced = { readonly [field: string]: unknown };

/** What the demo markets give away: amounts by market, in whole rupiah and in cents. */
export type DemoVoucher = {
  readonly code: string;
  readonly titles: { readonly en: string; readonly id: string };
  readonly terms: (amount: (prices: Prices) => object) => Priced;
};

export const PLATFORM_VOUCHERS: readonly DemoVoucher[] = [
  {
    code: "HEMAT10",
    titles: { en: "10% off your basket", id: "Diskon 10% untuk belanja Anda" },
    terms: (amount) => ({
      benefit: { kind: "percent", basisPoints: 1_000, cap: amount({ id: 50_000, sg: 1_000 }) },
      conditions: { minSpend: amount({ id: 100_000, sg: 3_000 }) },
      quota: 10_000,
      perBuyer: 3,
      isListed: true,
    }),
  },
  {
    code: "ONGKIR",
    titles: { en: "Free shipping", id: "Gratis ongkir" },
    terms: (amount) => ({
      benefit: { kind: "free_shipping", cap: amount({ id: 20_000, sg: 400 }) },
      conditions: { minSpend: amount({ id: 75_000, sg: 2_000 }) },
      perBuyerDay: 2,
      isListed: true,
    }),
  },
  {
    code: "BALIK5",
    titles: { en: "5% back to your wallet", id: "Cashback 5% ke dompet" },
    terms: (amount) => ({
      benefit: { kind: "cashback", basisPoints: 500, cap: amount({ id: 25_000, sg: 500 }), validForDays: 30 },
      budget: amount({ id: 50_000_000, sg: 1_000_000 }),
      mustCollect: true,
      isListed: true,
    }),
  },
];

/** The first shop's own: of every three units the cheapest is free. */
export const SHOP_VOUCHER: DemoVoucher = {
  code: "BELI2GRATIS1",
  titles: { en: "Buy two, get one free", id: "Beli dua gratis satu" },
  terms: (amount) => ({
    benefit: { kind: "bxgy", buyQuantity: 2, getQuantity: 1, cap: amount({ id: 150_000, sg: 3_000 }) },
    quota: 500,
    perBuyer: 1,
    isListed: true,
  }),
};
