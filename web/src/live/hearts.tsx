import { Heart } from "lucide-react";
import { type CSSProperties, useEffect, useRef, useState } from "react";
import { count, texts } from "../shell/text.ts";
import type { RoomHandle } from "./use-room.ts";

const text = texts({
  en: { heart: (n: string) => `Send a heart; ${n} so far` },
  id: { heart: (n: string) => `Kirim hati; sudah ${n}` },
});

/** What was tapped goes up together, and within what the room takes at once. */
const FLUSH_MS = 500;
const SENT_MAX = 50;
/** As many as a person can tell apart; the number beside them is exact. */
const SHOWN_MAX = 10;
const FLIGHT_MS = 1_800;

type Props = { readonly hearts: number; readonly room: RoomHandle | undefined };

/** Taps are counted, sent together, and forgotten with the connection. */
export function HeartButton({ hearts, room }: Props) {
  const tapped = useRef(0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (tapped.current === 0) return;
      room?.pass({ t: "heart", count: Math.min(tapped.current, SENT_MAX) });
      tapped.current = 0;
    }, FLUSH_MS);
    return () => clearInterval(timer);
  }, [room]);
  return (
    <button
      type="button"
      className="live-round w-auto gap-1.5 px-3.5"
      aria-label={text.heart(count(hearts))}
      onClick={() => {
        tapped.current += 1;
      }}
    >
      <Heart size={18} aria-hidden />
      <span className="text-sm font-semibold tabular-nums" aria-hidden>
        {count(hearts)}
      </span>
    </button>
  );
}

type Flying = { readonly id: number; readonly drift: number };

/** Everybody's hearts rise over the picture. */
export function HeartsFlying({ hearts }: { readonly hearts: number }) {
  const [flying, setFlying] = useState<readonly Flying[]>([]);
  const before = useRef(hearts);
  useEffect(() => {
    const fresh = Math.min(hearts - before.current, SHOWN_MAX);
    before.current = hearts;
    if (fresh <= 0) return;
    const rising = Array.from({ length: fresh }, (_, at) => ({
      id: hearts * SHOWN_MAX + at,
      drift: Math.round(Math.random() * 60 - 30),
    }));
    setFlying((now) => [...now, ...rising].slice(-SHOWN_MAX));
    const ids = new Set(rising.map(({ id }) => id));
    const timer = setTimeout(() => setFlying((now) => now.filter(({ id }) => !ids.has(id))), FLIGHT_MS);
    return () => clearTimeout(timer);
  }, [hearts]);
  return flying.map(({ id, drift }) => (
    <Heart
      key={id}
      size={26}
      className="live-heart"
      fill="currentColor"
      style={{ "--drift": `${drift}px` } as CSSProperties}
      aria-hidden
    />
  ));
}
