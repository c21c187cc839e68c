/** How many backups are kept of each kind. */
export type Retention = { readonly daily: number; readonly weekly: number; readonly monthly: number };
export const RETENTION: Retention = { daily: 7, weekly: 5, monthly: 12 };

const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const EPOCH_TO_MONDAY_DAYS = 3;

const dayOf = (at: number) => Math.floor(at / DAY_MS);
const weekOf = (at: number) => Math.floor((dayOf(at) + EPOCH_TO_MONDAY_DAYS) / 7);
const monthOf = (at: number) => new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth();

/**
 * Which of these times (epoch ms) stay: the newest of each of the last days, weeks and months that have one.
 * The newest of all always stays: an old backup is better than none.
 */
export function keptBackups(
  times: readonly number[],
  { daily, weekly, monthly }: Retention = RETENTION,
): ReadonlySet<number> {
  const newestFirst = [...new Set(times)].sort((a, b) => b - a);
  const kept = new Set(newestFirst.slice(0, 1));
  const rules = [
    [daily, dayOf],
    [weekly, weekOf],
    [monthly, monthOf],
  ] as const;
  for (const [count, periodOf] of rules) {
    const periods = new Set<number>();
    for (const at of newestFirst) {
      const period = periodOf(at);
      if (periods.has(period)) continue;
      if (periods.size === count) break;
      periods.add(period);
      kept.add(at);
    }
  }
  return kept;
}
