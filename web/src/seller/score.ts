import type { Answer } from "../api/client.ts";
import { language } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import type { Tone } from "../ui/tag.tsx";

export type Score = Answer<"GET /v1/sellers/{sellerId}/performance">["scores"][number];

export const metricName = texts({
  en: {
    late_shipment: "Shipped late",
    non_fulfilment: "Not fulfilled",
    cancellation: "Cancelled by buyers",
    return: "Returned for our fault",
    chat_response: "Questions answered in time",
    preparation: "Time until it is shipped",
    rating: "Rating",
  },
  id: {
    late_shipment: "Terlambat dikirim",
    non_fulfilment: "Tidak dipenuhi",
    cancellation: "Dibatalkan pembeli",
    return: "Dikembalikan karena kesalahan toko",
    chat_response: "Pertanyaan dijawab tepat waktu",
    preparation: "Waktu sampai dikirim",
    rating: "Penilaian",
  },
});
export const verdictName = texts({
  en: { met: "On target", missed: "Missed", twice: "Missed by far", too_few: "Too few to judge" },
  id: { met: "Sesuai target", missed: "Meleset", twice: "Jauh meleset", too_few: "Terlalu sedikit" },
});
export const verdictTone: { readonly [V in Score["verdict"]]: Tone } = {
  met: "good",
  missed: "bad",
  twice: "bad",
  too_few: "plain",
};

const HOUR_MS = 3_600_000;
const rates = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
const stars = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 2 });
const hours = new Intl.NumberFormat(language, {
  style: "unit",
  unit: "hour",
  unitDisplay: "short",
  maximumFractionDigits: 1,
});

/** A number of a shop, as people say it: `4.2 %`, `31 hr`, `4.71`. */
export function sayScore(unit: Score["unit"], value: number): string {
  if (unit === "basis_points") return rates.format(value / 10_000);
  return unit === "ms" ? hours.format(value / HOUR_MS) : stars.format(value / 100);
}
