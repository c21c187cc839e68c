const SECOND_MS = 1_000;
const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

const two = (value: number): string => String(value).padStart(2, "0");

/** `02:03:04` until an instant, with the days before it; nothing is left below nought. */
export function remaining(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND_MS));
  const days = Math.floor(seconds / DAY_S);
  const hours = Math.floor((seconds % DAY_S) / HOUR_S);
  const minutes = Math.floor((seconds % HOUR_S) / MINUTE_S);
  const clock = [hours, minutes, seconds % MINUTE_S].map(two).join(":");
  return days > 0 ? `${days} · ${clock}` : clock;
}
