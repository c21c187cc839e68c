import { useEffect, useState } from "react";
import { remaining } from "#platform/storefront/pages/remaining";

const TICK_MS = 250;

/** The server's clock, whose lead over the device's is `skew`; it stands still where nothing counts down. */
export function useNow(skew: number, isRunning = true): number {
  const [now, setNow] = useState(() => Date.now() + skew);
  useEffect(() => {
    setNow(Date.now() + skew);
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now() + skew), TICK_MS);
    return () => clearInterval(timer);
  }, [skew, isRunning]);
  return now;
}

type Props = {
  /** Epoch milliseconds of the server. */
  readonly until: number;
  readonly skew: number;
  readonly className?: string;
};

/** What is left of the time until an instant. */
export function Countdown({ until, skew, className = "sale-time-small" }: Props) {
  const now = useNow(skew);
  return (
    <span className={className} role="timer">
      {remaining(until - now)}
    </span>
  );
}
