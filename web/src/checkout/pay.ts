import type { UseNavigateResult } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { basePath, market } from "../shell/page.ts";

export type Payment = Schemas["Payment"];
export type Action = Schemas["PaymentAction"];
type Completed = Answer<"POST /v1/checkouts/{checkoutId}/complete">;

/** A provider sends people back to the market's own language; this is the one that they left in. */
const LEFT_IN = `titan.left-in.${market}`;

/** To the page of the payment, and from there to the provider where it has one of its own. */
export async function goTo(navigate: UseNavigateResult<string>, done: Completed): Promise<void> {
  const { payment, orderGroupId } = done;
  const isDone = payment.action.kind === "cash" || payment.action.kind === "none";
  if (isDone && orderGroupId !== null) {
    return navigate({ to: "/placed/$orderGroupId", params: { orderGroupId }, replace: true });
  }
  await navigate({ to: "/pay/$paymentId", params: { paymentId: payment.id }, replace: true });
  if (payment.action.kind === "redirect") leaveTo(payment.action.url);
}

export function leaveTo(url: string): void {
  sessionStorage.setItem(LEFT_IN, basePath);
  location.assign(url);
}

/** Where the page stands in the language that was left, when that is another one. */
export function addressLeftIn(path: string): string | undefined {
  const base = sessionStorage.getItem(LEFT_IN);
  sessionStorage.removeItem(LEFT_IN);
  if (base === null || base === basePath) return undefined;
  return base === "/" ? path : `${base}${path}`;
}

export const isOpen = ({ state }: Payment): boolean => state === "created" || state === "pending";
export const isPaid = ({ state }: Payment): boolean =>
  state === "settled" || state === "authorised" || state === "partially_refunded" || state === "refunded";
