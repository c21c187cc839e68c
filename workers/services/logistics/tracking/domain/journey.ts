/** What any carrier's own words are brought down to. */
export const STATUSES = [
  "pending",
  "picked_up",
  "in_transit",
  "out_for_delivery",
  "ready_for_pickup",
  "delivered",
  "delivery_failed",
  "delivery_delayed",
  "on_hold",
  "return_to_sender",
  "cancelled",
  "unknown",
] as const;
export type Status = (typeof STATUSES)[number];

/** Who saw it: a carrier's scan, the driver at the door, the shop, or we ourselves. */
export const SOURCES = ["carrier", "driver", "shop", "platform"] as const;
export type Source = (typeof SOURCES)[number];

/** One thing that happened to a parcel, at the carrier's own time. */
export type Scan = {
  readonly at: number;
  readonly status: Status;
  readonly note: string;
  readonly source: Source;
};

export type Journey = {
  readonly status: Status;
  /** When the parcel came into this status, by the carrier's time; undefined before anything happened. */
  readonly since: number | undefined;
  /** Sorted by the carrier's time, each once. */
  readonly scans: readonly Scan[];
};

/**
 * Where a journey ends. The highest that was ever seen holds, whenever it was seen and whatever its time:
 * a scan that comes late can never take a delivery back, and any order of the same scans ends the same way.
 */
const FINALITY: { readonly [S in Status]?: number } = { cancelled: 1, return_to_sender: 2, delivered: 3 };

export const isFinal = (status: Status): boolean => FINALITY[status] !== undefined;

/** A scan is its words, its time and who says so: told twice, it is one scan. */
export const keyOf = ({ at, status, note, source }: Scan): string =>
  `${at} ${source} ${status} ${note.trim().toLowerCase()}`;

const RANK = new Map(STATUSES.map((status, rank) => [status, rank]));

/** By time; of one instant, by how far along it is, then by its words: the same for every reader. */
function compare(a: Scan, b: Scan): number {
  if (a.at !== b.at) return a.at - b.at;
  const rank = (RANK.get(a.status) ?? 0) - (RANK.get(b.status) ?? 0);
  if (rank !== 0) return rank;
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The state of a parcel: a function of the set of its scans and of nothing else. */
export function toJourney(all: Iterable<Scan>): Journey {
  const unique = new Map<string, Scan>();
  for (const scan of all) if (!unique.has(keyOf(scan))) unique.set(keyOf(scan), scan);
  const scans = [...unique.values()].sort(compare);
  let end: Scan | undefined;
  let latest: Scan | undefined;
  for (const scan of scans) {
    if ((FINALITY[scan.status] ?? 0) > (end ? (FINALITY[end.status] ?? 0) : 0)) end = scan;
    if (scan.status !== "unknown") latest = scan;
  }
  const current = end ?? latest ?? scans.at(-1);
  if (!current) return { status: "pending", since: undefined, scans };
  return { status: current.status, since: sinceOf(scans, current), scans };
}

/** The first scan of the run of equal statuses that led to the present one. */
function sinceOf(scans: readonly Scan[], current: Scan): number {
  if (isFinal(current.status)) {
    return scans.find((scan) => scan.status === current.status)?.at ?? current.at;
  }
  let since = current.at;
  for (const scan of scans.slice(0, scans.indexOf(current)).reverse()) {
    if (scan.status !== current.status && scan.status !== "unknown") break;
    since = scan.status === "unknown" ? since : scan.at;
  }
  return since;
}
