import { lazy, Suspense, useEffect, useState } from "react";
import { useIsSignedIn } from "../session/session.ts";

/** The page comes first; who calls waits this long at most. */
const AFTER_MS = 2_000;

const CallDock = lazy(async () => {
  const part = await import("./dock.tsx");
  return { default: part.CallDock };
});

/** Stands once, beside every page: a member can be called wherever he is. */
export function WaitingLine() {
  const isSignedIn = useIsSignedIn();
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isSignedIn || !isSettled) return null;
  return (
    <Suspense fallback={null}>
      <CallDock />
    </Suspense>
  );
}
