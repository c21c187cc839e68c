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

export const accountRoutes = layout.addChildren([overview]);
