import type { Ctx } from "#kernel/ctx";
import type { PaymentMethod, Provider } from "../domain/payment.ts";
import { routeOf } from "../domain/route.ts";
import { midtrans } from "./midtrans.ts";
import { ourselves } from "./ourselves.ts";
import { hasKeys, type PaymentProvider } from "./port.ts";
import { stripe } from "./stripe.ts";

type Here = Pick<Ctx, "cell" | "config" | "clock">;

/** Who may collect payments of a method in this market, the first choice first. */
export const routeIn = ({ config }: Pick<Ctx, "config">, method: PaymentMethod) =>
  routeOf(method, config.market.payment.routing, hasKeys({ config }));

/** The desk of a provider by its name. */
export function providerOf({ cell, config, clock }: Here, provider: Provider): PaymentProvider {
  const desk = { cell, config, now: clock.now() };
  if (provider === "midtrans") return midtrans(desk);
  if (provider === "stripe") return stripe(desk);
  return ourselves(provider);
}
