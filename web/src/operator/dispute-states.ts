import { texts } from "../shell/text.ts";
import type { Tone } from "../ui/tag.tsx";

export const DISPUTE_STATES = ["needs_response", "under_review", "won", "lost"] as const;
type State = (typeof DISPUTE_STATES)[number];

export const disputeText = texts({
  en: {
    title: "Chargebacks",
    none: "No dispute is in this state",
    state: "State",
    due: "evidence due",
    needs_response: "To answer",
    under_review: "With the bank",
    won: "Won",
    lost: "Lost",
  },
  id: {
    title: "Tolak bayar",
    none: "Tidak ada sengketa dalam status ini",
    state: "Status",
    due: "bukti paling lambat",
    needs_response: "Perlu dijawab",
    under_review: "Di bank",
    won: "Menang",
    lost: "Kalah",
  },
});
export const disputeTone: { readonly [S in State]: Tone } = {
  needs_response: "bad",
  under_review: "brand",
  won: "good",
  lost: "plain",
};
