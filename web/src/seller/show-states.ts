import type { Answer } from "../api/client.ts";
import { texts } from "../shell/text.ts";
import type { Tone } from "../ui/tag.tsx";

export type Show = Answer<"GET /v1/livestreams/{livestreamId}">;
export const showState = texts({
  en: {
    scheduled: "Scheduled",
    live: "On air",
    interrupted: "Interrupted",
    ended: "Ended",
    replay: "Replay",
    cancelled: "Cancelled",
  },
  id: {
    scheduled: "Terjadwal",
    live: "Sedang tayang",
    interrupted: "Terputus",
    ended: "Selesai",
    replay: "Tayangan ulang",
    cancelled: "Dibatalkan",
  },
});
export const showTone: { readonly [S in Show["state"]]: Tone } = {
  scheduled: "brand",
  live: "deal",
  interrupted: "bad",
  ended: "plain",
  replay: "good",
  cancelled: "plain",
};
/** The camera may publish, and the room takes directions. */
export const isComing = (state: Show["state"]): boolean =>
  state === "scheduled" || state === "live" || state === "interrupted";
export const SHOW_READS = ["GET /v1/livestreams", "GET /v1/livestreams/{livestreamId}"] as const;
