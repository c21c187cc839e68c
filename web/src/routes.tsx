import { createRouter } from "@tanstack/react-router";
import { accountRoutes } from "./account/routes.ts";
import { chatRoutes } from "./chat/routes.ts";
import { checkoutRoutes } from "./checkout/routes.ts";
import { liveRoutes } from "./live/routes.ts";
import { operatorRoutes } from "./operator/routes.ts";
import { sellerRoutes } from "./seller/routes.ts";
import { sessionRoutes } from "./session/routes.ts";
import { basePath } from "./shell/page.ts";
import { root } from "./shell/root.tsx";
import { storefrontRoutes } from "./storefront/routes.ts";

/** Whatever is added to an area's routes is added to the pages of workers/platform/storefront as well. */
const routeTree = root.addChildren([
  ...storefrontRoutes,
  ...sessionRoutes,
  ...checkoutRoutes,
  ...liveRoutes,
  accountRoutes,
  ...sellerRoutes,
  ...chatRoutes,
  operatorRoutes,
]);

export const router = createRouter({
  routeTree,
  basepath: basePath,
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
