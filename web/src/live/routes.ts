import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../shell/root.tsx";

const list = createRoute({
  getParentRoute: () => root,
  path: "/live",
  component: lazyRouteComponent(() => import("./list.tsx"), "LiveListPage"),
});
const show = createRoute({
  getParentRoute: () => root,
  path: "/live/$livestreamId",
  component: lazyRouteComponent(() => import("./show.tsx"), "LivePage"),
});
const sale = createRoute({
  getParentRoute: () => root,
  path: "/flash-sales/$saleId",
  component: lazyRouteComponent(() => import("../sale/page.tsx"), "SalePage"),
});

export const liveRoutes = [list, show, sale] as const;
