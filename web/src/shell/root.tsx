import { createRootRoute, Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { WaitingLine } from "../call/waiting-line.tsx";
import { StepUp } from "../session/step-up.tsx";
import { actingStore, identity } from "../session/tokens.ts";
import { Header } from "./header.tsx";
import { Broken, Missing } from "./missing.tsx";

/** What one person has typed, opened and been told is not the next one's: his page begins anew. */
function OfOnePerson() {
  const person = useSyncExternalStore(identity.subscribe, identity.person);
  return <Outlet key={person} />;
}

const ActingBanner = lazy(async () => {
  const part = await import("./acting-banner.tsx");
  return { default: part.ActingBanner };
});

/** While support acts in somebody's name, every page says so above everything else. */
function Top() {
  const acting = useSyncExternalStore(actingStore.subscribe, actingStore.get);
  return (
    <div className={acting ? "sticky top-0 z-20" : "contents"}>
      {acting && (
        <Suspense fallback={null}>
          <ActingBanner acting={acting} />
        </Suspense>
      )}
      <Header />
    </div>
  );
}

/** What every page stands in. */
export const root = createRootRoute({
  component: () => (
    <>
      <Top />
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
