import { createRootRoute, Outlet } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { WaitingLine } from "../call/waiting-line.tsx";
import { StepUp } from "../session/step-up.tsx";
import { identity } from "../session/tokens.ts";
import { Header } from "./header.tsx";
import { Broken, Missing } from "./missing.tsx";

/** What one person has typed, opened and been told is not the next one's: his page begins anew. */
function OfOnePerson() {
  const person = useSyncExternalStore(identity.subscribe, identity.person);
  return <Outlet key={person} />;
}

/** What every page stands in. */
export const root = createRootRoute({
  component: () => (
    <>
      <Header />
      <main id="main" className="page">
        <OfOnePerson />
      </main>
      <StepUp />
      <WaitingLine />
    </>
  ),
  notFoundComponent: Missing,
  errorComponent: Broken,
});
