import { createRootRoute, Outlet } from "@tanstack/react-router";
import { WaitingLine } from "../call/waiting-line.tsx";
import { StepUp } from "../session/step-up.tsx";
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
      <StepUp />
      <WaitingLine />
    </>
  ),
  notFoundComponent: Missing,
  errorComponent: Broken,
});
