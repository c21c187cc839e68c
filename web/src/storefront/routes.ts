import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../shell/root.tsx";

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
  component: lazyRouteComponent(() => import("./home.tsx"), "HomePage"),
});
const product = createRoute({
  getParentRoute: () => root,
  path: "/products/$slug",
  component: lazyRouteComponent(() => import("./product.tsx"), "ProductPage"),
});
const category = createRoute({
  getParentRoute: () => root,
  path: "/categories/$slug",
  component: lazyRouteComponent(() => import("./lists.tsx"), "CategoryPage"),
});
const shop = createRoute({
  getParentRoute: () => root,
  path: "/shops/$slug",
  component: lazyRouteComponent(() => import("./lists.tsx"), "ShopPage"),
});
const search = createRoute({
  getParentRoute: () => root,
  path: "/search",
  validateSearch: (given: { readonly [name: string]: unknown }): SearchFilters => ({
    q: textOf(given.q),
    category: textOf(given.category),
    sort: textOf(given.sort),
  }),
  component: lazyRouteComponent(() => import("./lists.tsx"), "SearchPage"),
});
const cart = createRoute({
  getParentRoute: () => root,
  path: "/cart",
  component: lazyRouteComponent(() => import("./cart.tsx"), "CartPage"),
});
const sharedCart = createRoute({
  getParentRoute: () => root,
  path: "/cart/shared/$token",
  component: lazyRouteComponent(() => import("./shared-cart.tsx"), "SharedCartPage"),
});

export const storefrontRoutes = [home, product, category, shop, search, cart, sharedCart] as const;
