import { DAY_MS } from "#kernel/clock";
import type { DemoVoucher } from "../../drizzle/seed/vouchers.ts";
import type { Client } from "../client.ts";

const VALID_DAYS = 365;
/** Rupiah are counted in hundredths that nobody pays with. */
const MINOR = { id: { currency: "IDR", per: 100 }, sg: { currency: "SGD", per: 1 } } as const;

type Known = { readonly code: string };

/** The request that makes a demo voucher in a market. */
export function voucherBody({ code, titles, terms }: DemoVoucher, market: "id" | "sg", now: number): object {
  const { currency, per } = MINOR[market];
  return {
    code,
    titles,
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + VALID_DAYS * DAY_MS).toISOString(),
    ...terms((prices) => ({ minor: String(prices[market] * per), currency })),
  };
}

/** Those that an earlier run has made stay as they are. */
export async function makeVouchers(
  maker: Client,
  market: string,
  vouchers: readonly DemoVoucher[],
): Promise<void> {
  if (market !== "id" && market !== "sg") return;
  const known = new Set((await maker.all<Known>("/v1/vouchers")).map(({ code }) => code));
  for (const voucher of vouchers.filter(({ code }) => !known.has(code))) {
    const body = voucherBody(voucher, market, Date.now());
    await maker.post("/v1/vouchers", body, { key: `seed-voucher-${voucher.code}` });
  }
}
