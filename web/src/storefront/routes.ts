import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../shell/root.tsx";

/** What the address bar of a search holds, each as the API has it; empty parts are left out of it. */
const FILTERS = [
  ...(["q", "category", "brand", "seller", "sort"] as const),
  ...(["priceMin", "priceMax", "ratingMin", "inStock", "near", "radiusKm"] as const),
] as const;
export type SearchFilters = { readonly [name in (typeof FILTERS)[number]]?: string | undefined };
const textOf = (value: unknown): string | undefined =>
  ["string", "number", "boolean"].includes(typeof value) ? String(value) || undefined : undefined;

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
  validateSearch: (given: { readonly [name: string]: unknown }): SearchFilters =>
    Object.fromEntries(FILTERS.map((name) => [name, textOf(given[name])])),
  component: lazyRouteComponent(() => import("./search.tsx"), "SearchPage"),
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
