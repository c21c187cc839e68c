import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { signedInOnly } from "../session/guard.ts";
import { root } from "../shell/root.tsx";

/** Which part of a list the address bar shows. */
export type Filter = { readonly state?: string | undefined };
const filterOf = ({ state }: { readonly state?: unknown }): Filter =>
  typeof state === "string" && /^[a-z_]{1,40}$/.test(state) ? { state } : {};

const layout = createRoute({
  getParentRoute: () => root,
  path: "/operator",
  beforeLoad: signedInOnly,
  component: lazyRouteComponent(() => import("./layout.tsx"), "OperatorLayout"),
});
const overview = createRoute({
  getParentRoute: () => layout,
  path: "/",
  component: lazyRouteComponent(() => import("./overview.tsx"), "OverviewPage"),
});
const sellers = createRoute({
  getParentRoute: () => layout,
  path: "/sellers",
  validateSearch: filterOf,
  component: lazyRouteComponent(() => import("./sellers.tsx"), "SellersPage"),
});
const seller = createRoute({
  getParentRoute: () => layout,
  path: "/sellers/$sellerId",
  component: lazyRouteComponent(() => import("./seller.tsx"), "SellerPage"),
});
const products = createRoute({
  getParentRoute: () => layout,
  path: "/products",
  component: lazyRouteComponent(() => import("./products.tsx"), "ProductsPage"),
});
const changes = createRoute({
  getParentRoute: () => layout,
  path: "/changes",
  component: lazyRouteComponent(() => import("./changes.tsx"), "ChangesPage"),
});
const orders = createRoute({
  getParentRoute: () => layout,
  path: "/orders",
  validateSearch: filterOf,
  component: lazyRouteComponent(() => import("./orders.tsx"), "OrdersPage"),
});
const order = createRoute({
  getParentRoute: () => layout,
  path: "/orders/$orderId",
  component: lazyRouteComponent(() => import("./order.tsx"), "OrderPage"),
});
const cases = createRoute({
  getParentRoute: () => layout,
  path: "/cases",
  validateSearch: filterOf,
  component: lazyRouteComponent(() => import("./cases.tsx"), "CasesPage"),
});
const oneCase = createRoute({
  getParentRoute: () => layout,
  path: "/cases/$refundId",
  component: lazyRouteComponent(() => import("./case.tsx"), "CasePage"),
});
const disputes = createRoute({
  getParentRoute: () => layout,
  path: "/disputes",
  validateSearch: filterOf,
  component: lazyRouteComponent(() => import("./disputes.tsx"), "DisputesPage"),
});
const dispute = createRoute({
  getParentRoute: () => layout,
  path: "/disputes/$disputeId",
  component: lazyRouteComponent(() => import("./dispute.tsx"), "DisputePage"),
});
const refunds = createRoute({
  getParentRoute: () => layout,
  path: "/refunds",
  validateSearch: filterOf,
  component: lazyRouteComponent(() => import("./refunds.tsx"), "RefundsPage"),
});
const reviews = createRoute({
  getParentRoute: () => layout,
  path: "/reviews",
  component: lazyRouteComponent(() => import("./reviews.tsx"), "ReviewsPage"),
});
const flashSales = createRoute({
  getParentRoute: () => layout,
  path: "/flash-sales",
  component: lazyRouteComponent(() => import("./flash-sales.tsx"), "FlashSalesPage"),
});
const queues = createRoute({
  getParentRoute: () => layout,
  path: "/queues",
  component: lazyRouteComponent(() => import("./queues.tsx"), "QueuesPage"),
});
const acting = createRoute({
  getParentRoute: () => layout,
  path: "/acting",
  component: lazyRouteComponent(() => import("./acting.tsx"), "ActingPage"),
});
const metrics = createRoute({
  getParentRoute: () => layout,
  path: "/metrics",
  component: lazyRouteComponent(() => import("./metrics.tsx"), "MetricsPage"),
});
const ledger = createRoute({
  getParentRoute: () => layout,
  path: "/ledger",
  component: lazyRouteComponent(() => import("./ledger.tsx"), "LedgerPage"),
});

export const operatorRoutes = layout.addChildren([
  overview,
  sellers,
  seller,
  products,
  changes,
  orders,
  order,
  cases,
  oneCase,
  disputes,
  dispute,
  refunds,
  reviews,
  flashSales,
  queues,
  metrics,
  ledger,
  acting,
]);
