import { type Gateway, isOnline, type Payment, type PaymentMethod, type Provider } from "./payment.ts";

type Routing = { readonly [M in PaymentMethod]?: readonly Gateway[] | undefined };

/** Who may collect a method, the first choice first; a gateway without keys in this market is left out. */
export function routeOf(
  method: PaymentMethod,
  routing: Routing,
  hasKeys: (gateway: Gateway) => boolean,
): readonly [Provider, ...Provider[]] {
  if (!isOnline(method)) return [method === "cod" ? "cod" : "wallet"];
  const [first, ...rest] = (routing[method] ?? []).filter(hasKeys);
  return first ? [first, ...rest] : ["midtrans"];
}

/** Whoever stands in the route and was not asked yet. */
export const nextOf = (
  { provider, passed }: Pick<Payment, "provider" | "passed">,
  route: readonly Provider[],
): Provider | undefined => route.find((one) => one !== provider && !passed.includes(one));

/**
 * Leaves a provider for the next one. Right only when the one who is left has refused, cannot have taken
 * anything, or has confirmed that what he took has ended: whoever decides says which.
 */
export function decideFailover(payment: Payment, next: Provider): Payment {
  const passed = payment.passed.includes(payment.provider)
    ? payment.passed
    : [...payment.passed, payment.provider];
  return {
    ...payment,
    provider: next,
    passed,
    action: null,
    attemptedAt: null,
    state: "created",
    version: payment.version + 1,
  };
}

/** How a call for money came out, as far as the caller knows. */
export type Attempted =
  /** It answered: there is a transaction, or a page on which the buyer pays. */
  | "accepted"
  /** It refused before there was anything. */
  | "refused"
  /** No answer, but nothing can be collected without what the answer would have told. */
  | "harmless"
  /** No answer, and it may have collected. */
  | "doubtful";

/** What a doubt has come to once the provider was asked again. */
export type Settled = "nothing" | "ended" | "alive" | "silent";

export type Step = "stay" | "next" | "ask";

/**
 * The rule against double charges: from a refusal, and from a silence that cannot have collected, to the next
 * at once; from a doubt only when the provider has nothing, or has confirmed that what it had is over.
 */
export function decideStep(attempted: Attempted, asked?: Settled): Step {
  if (attempted === "accepted") return "stay";
  if (attempted === "refused" || attempted === "harmless") return "next";
  if (asked === undefined) return "ask";
  return asked === "nothing" || asked === "ended" ? "next" : "stay";
}
