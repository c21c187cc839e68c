import type { Ctx } from "#kernel/ctx";
import { isOnline, type PaymentMethod } from "../domain.ts";
import { cod } from "./cod.ts";
import { midtrans } from "./midtrans.ts";
import type { PaymentProvider } from "./port.ts";

/** Who collects payments of a method in this cell. */
export const providerOf = (
  { cell, config, clock }: Pick<Ctx, "cell" | "config" | "clock">,
  method: PaymentMethod,
): PaymentProvider => (isOnline(method) ? midtrans({ cell, config, now: clock.now() }) : cod);
