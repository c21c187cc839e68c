import { useEffect, useRef } from "react";
import { call } from "../api/client.ts";

/** Half of a card in sight for a second is an impression, as advertisers count them (MRC). */
const IN_SIGHT = 0.5;
const IN_SIGHT_MS = 1_000;

/** Whoever looks has no harm from what could not be told. */
const quietly = (telling: Promise<unknown>): void => void telling.catch(() => undefined);

/** Tells once that a card was in sight. */
export function useSeen(adId: string) {
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!card.current) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watch = new IntersectionObserver(
      ([entry]) => {
        clearTimeout(timer);
        if (!entry?.isIntersecting) return;
        timer = setTimeout(() => {
          watch.disconnect();
          quietly(call("POST /v1/ads/impressions", { body: { adIds: [adId] } }));
        }, IN_SIGHT_MS);
      },
      { threshold: IN_SIGHT },
    );
    watch.observe(card.current);
    return () => {
      clearTimeout(timer);
      watch.disconnect();
    };
  }, [adId]);
  return card;
}

export const tellFollowed = (adId: string): void => quietly(call("POST /v1/ads/clicks", { body: { adId } }));
