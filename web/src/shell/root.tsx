import { createRootRoute, Outlet } from "@tanstack/react-router";
import { Header } from "./header.tsx";
import { Broken, Missing } from "./missing.tsx";

/** What every page stands in. */
export const root = createRootRoute({
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
