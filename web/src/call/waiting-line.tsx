import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { actingStore, identity } from "../session/tokens.ts";

/** The page comes first; who calls waits this long at most. */
const AFTER_MS = 2_000;

/** A line is one person's: another's is opened when another signs in. */
const signedInAs = (): string => {
  const who = identity.get();
  // Who calls him wants him, and not support in his name.
  return who.kind === "user" && !actingStore.get() ? who.userId : "";
};

const CallDock = lazy(async () => {
  const part = await import("./dock.tsx");
  return { default: part.CallDock };
});

/** Stands once, beside every page: a member can be called wherever he is. */
export function WaitingLine() {
  const userId = useSyncExternalStore(identity.subscribe, signedInAs);
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (userId === "" || !isSettled) return null;
  return (
    <Suspense fallback={null}>
      <CallDock key={userId} />
    </Suspense>
  );
}
