import { useEffect, useState } from "react";
import { texts } from "../shell/text.ts";

const text = texts({ en: { left: "Time left" }, id: { left: "Sisa waktu" } });

const SECOND_MS = 1_000;

/** Now, as often as a second. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** `1.59.08` or `14:32`: the time that is left until then; nought when it is over. */
export function Countdown({ until }: { readonly until: string }) {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - useNow()) / SECOND_MS));
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return (
    <time
      className="text-2xl font-extrabold tabular-nums"
      role="timer"
      aria-label={text.left}
      dateTime={until}
    >
      {shown.map((part) => String(part).padStart(2, "0")).join(":")}
    </time>
  );
}
