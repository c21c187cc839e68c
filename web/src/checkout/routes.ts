import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { identity } from "../session/tokens.ts";
import { root } from "../shell/root.tsx";

/** Units that were claimed in a flash sale are bought by `/checkout?saleId=…&holdId=…`. */
type OfSale = { readonly saleId?: string | undefined; readonly holdId?: string | undefined };
const textOf = (given: unknown): string | undefined => (typeof given === "string" ? given : undefined);

const checkout = createRoute({
  getParentRoute: () => root,
  path: "/checkout",
  validateSearch: (given: { readonly [name: string]: unknown }): OfSale => ({
    saleId: textOf(given.saleId),
    holdId: textOf(given.holdId),
  }),
  component: lazyRouteComponent(() => import("./checkout-page.tsx"), "CheckoutPage"),
});
const pay = createRoute({
  getParentRoute: () => root,
  path: "/pay/$paymentId",
  component: lazyRouteComponent(() => import("./pay-page.tsx"), "PayPage"),
});
const placed = createRoute({
  getParentRoute: () => root,
  path: "/placed/$orderGroupId",
  component: lazyRouteComponent(() => import("./placed-page.tsx"), "PlacedPage"),
});
const order = createRoute({
  getParentRoute: () => root,
  path: "/orders/$orderId",
  // Where every order can be found: a member has it among his own, a guest by the token of his cart.
  beforeLoad: ({ params }) => {
    if (identity.get().kind === "visitor") return;
    throw redirect({ to: "/account/orders/$orderId", params, replace: true });
  },
  component: lazyRouteComponent(() => import("./guest-order.tsx"), "GuestOrderPage"),
});

export const checkoutRoutes = [checkout, pay, placed, order] as const;
