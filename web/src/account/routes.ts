import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { signedInOnly } from "../session/guard.ts";
import { root } from "../shell/root.tsx";

const layout = createRoute({
  getParentRoute: () => root,
  path: "/account",
  beforeLoad: signedInOnly,
  component: lazyRouteComponent(() => import("./layout.tsx"), "AccountLayout"),
});
const overview = createRoute({
  getParentRoute: () => layout,
  path: "/",
  component: lazyRouteComponent(() => import("./overview.tsx"), "OverviewPage"),
});

type Given = { readonly [name: string]: unknown };
const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const orders = createRoute({
  getParentRoute: () => layout,
  path: "/orders",
  validateSearch: ({ group, state }: Given): OrderFilters => ({ group: textOf(group), state: textOf(state) }),
  component: lazyRouteComponent(() => import("./orders/list.tsx"), "OrdersPage"),
});
/** `group` is one purchase, which may hold orders of several shops. */
type OrderFilters = { readonly group?: string | undefined; readonly state?: string | undefined };

const order = createRoute({
  getParentRoute: () => layout,
  path: "/orders/$orderId",
  component: lazyRouteComponent(() => import("./orders/order.tsx"), "OrderPage"),
});
const returns = createRoute({
  getParentRoute: () => layout,
  path: "/returns",
  component: lazyRouteComponent(() => import("./returns/list.tsx"), "ReturnsPage"),
});
const oneReturn = createRoute({
  getParentRoute: () => layout,
  path: "/returns/$refundId",
  component: lazyRouteComponent(() => import("./returns/case.tsx"), "ReturnPage"),
});
const wallet = createRoute({
  getParentRoute: () => layout,
  path: "/wallet",
  component: lazyRouteComponent(() => import("./wallet/wallet.tsx"), "WalletPage"),
});
const vouchers = createRoute({
  getParentRoute: () => layout,
  path: "/vouchers",
  component: lazyRouteComponent(() => import("./vouchers.tsx"), "VouchersPage"),
});
const notifications = createRoute({
  getParentRoute: () => layout,
  path: "/notifications",
  component: lazyRouteComponent(() => import("./notifications.tsx"), "NotificationsPage"),
});
const profile = createRoute({
  getParentRoute: () => layout,
  path: "/profile",
  component: lazyRouteComponent(() => import("./profile.tsx"), "ProfilePage"),
});
const security = createRoute({
  getParentRoute: () => layout,
  path: "/security",
  component: lazyRouteComponent(() => import("./security/security.tsx"), "SecurityPage"),
});
const following = createRoute({
  getParentRoute: () => layout,
  path: "/following",
  component: lazyRouteComponent(() => import("./following.tsx"), "FollowingPage"),
});
const reviews = createRoute({
  getParentRoute: () => layout,
  path: "/reviews",
  component: lazyRouteComponent(() => import("./reviews.tsx"), "ReviewsPage"),
});
export const accountRoutes = layout.addChildren([
  overview,
  orders,
  order,
  returns,
  oneReturn,
  wallet,
  vouchers,
  notifications,
  profile,
  security,
  following,
  reviews,
]);
