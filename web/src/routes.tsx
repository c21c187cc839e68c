import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { Header } from "./shell/header.tsx";
import { Broken, Missing } from "./shell/missing.tsx";
import { basePath } from "./shell/page.ts";

const root = createRootRoute({
  component: () => (
    <>
      <Header />
      <main id="main" className="page">
        <Outlet />
      </main>
    </>
  ),
  notFoundComponent: Missing,
  errorComponent: Broken,
});

/** What the address bar of a search holds; empty parts are left out of it. */
export type SearchFilters = {
  readonly q?: string | undefined;
  readonly category?: string | undefined;
  readonly sort?: string | undefined;
};
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./storefront/home.tsx"), "HomePage"),
});
const product = createRoute({
  getParentRoute: () => root,
  path: "/products/$slug",
  component: lazyRouteComponent(() => import("./storefront/product.tsx"), "ProductPage"),
});
const category = createRoute({
  getParentRoute: () => root,
  path: "/categories/$slug",
  component: lazyRouteComponent(() => import("./storefront/lists.tsx"), "CategoryPage"),
});
const shop = createRoute({
  getParentRoute: () => root,
  path: "/shops/$slug",
  component: lazyRouteComponent(() => import("./storefront/lists.tsx"), "ShopPage"),
});
const search = createRoute({
  getParentRoute: () => root,
  path: "/search",
  validateSearch: (given: { readonly [name: string]: unknown }): SearchFilters => ({
    q: textOf(given.q),
    category: textOf(given.category),
    sort: textOf(given.sort),
  }),
  component: lazyRouteComponent(() => import("./storefront/lists.tsx"), "SearchPage"),
});
const cart = createRoute({
  getParentRoute: () => root,
  path: "/cart",
  component: lazyRouteComponent(() => import("./storefront/cart.tsx"), "CartPage"),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("./session/sign-in.tsx"), "SignInPage"),
});

/** Whatever is added here is added to the pages of workers/platform/storefront as well. */
const routeTree = root.addChildren([home, product, category, shop, search, cart, signIn]);

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
