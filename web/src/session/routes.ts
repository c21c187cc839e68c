import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../shell/root.tsx";

/** Where a sign-in leads to: a path of this storefront, as `/account/orders`. */
type Next = { readonly next?: string | undefined };

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: ({ next }: { readonly next?: unknown }): Next => ({ next: ownPath(next) }),
  component: lazyRouteComponent(() => import("./sign-in.tsx"), "SignInPage"),
});

/** Never another site's address, which `//` and `/\` would be. */
export function ownPath(given: unknown): string | undefined {
  return typeof given === "string" && /^\/(?![/\\])/.test(given) ? given : undefined;
}

export const sessionRoutes = [signIn] as const;
