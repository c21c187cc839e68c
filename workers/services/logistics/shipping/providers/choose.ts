import type { Ctx } from "#kernel/ctx";
import type { Provider } from "../domain/rate.ts";
import { biteship } from "./biteship.ts";
import { easypost } from "./easypost.ts";
import type { CarrierPort } from "./port.ts";

/** Those whose keys the market has. Biteship quotes rupiah and nothing else. */
export function portsOf({
  config,
  market: { currency },
}: Pick<Ctx, "config" | "market">): readonly CarrierPort[] {
  return [
    ...(config.biteship && currency === "IDR" ? [biteship(config.biteship)] : []),
    ...(config.easypost ? [easypost(config.easypost, currency)] : []),
  ];
}

export const portOf = (ctx: Pick<Ctx, "config" | "market">, provider: Provider): CarrierPort | undefined =>
  portsOf(ctx).find(({ name }) => name === provider);
