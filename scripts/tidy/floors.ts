/** The floors of docs/architecture.md: an import goes down only. */
export type Floor = keyof typeof RANK;

const RANK = {
  kernel: 0,
  facts: 1,
  errors: 1,
  domain: 2,
  schemas: 3,
  table: 3,
  repository: 4,
  provider: 4,
  object: 5,
  command: 6,
  query: 6,
  index: 7,
  edge: 8,
  worker: 9,
} as const;

/** A layer file, or the folder of the same name that it becomes when it grows. */
const LAYERS: { readonly [layer: string]: Floor } = {
  index: "index",
  domain: "domain",
  schemas: "schemas",
  commands: "command",
  queries: "query",
  repository: "repository",
  routes: "edge",
  rpc: "edge",
  pages: "edge",
  consumers: "edge",
  jobs: "edge",
  facts: "facts",
  errors: "errors",
  provider: "provider",
  providers: "provider",
};

export const MANDATORY_LAYERS = ["index", "domain", "schemas", "commands", "queries", "routes", "errors"];

export type Place = {
  readonly floor: Floor;
  /** `transaction/order` or `platform/media`: who owns the file; undefined for what no service owns. */
  readonly owner?: string;
  readonly layer?: string;
};

const OWNED = /^workers\/(?:services\/([^/]+\/[^/]+)|(platform\/[^/]+))\/([^/]+?)(?:\.tsx?|\/.*)$/;

/** Where a file stands: `unknown` is a service's file that is no layer, undefined one outside the floors. */
export function placeOf(path: string): Place | "unknown" | undefined {
  if (path.startsWith("workers/kernel/")) return { floor: "kernel" };
  if (/^(durable-objects|party)\//.test(path)) return { floor: "object" };
  if (/^workers\/[^/]+$/.test(path)) return { floor: "worker" };
  const table = /^drizzle\/schema\/([^/]+\/[^/]+?)(?:\.ts|\/.*)$/.exec(path);
  if (table?.[1]) return { floor: "table", owner: table[1] };
  const owned = OWNED.exec(path);
  if (!owned) return undefined;
  const owner = owned[1] ?? owned[2] ?? "";
  const layer = owned[3] ?? "";
  const floor = Object.hasOwn(LAYERS, layer) ? LAYERS[layer] : undefined;
  return floor === undefined ? "unknown" : { floor, owner, layer };
}

/** What objects stand on; the rest of a service is above them or not theirs. */
const BELOW_OBJECTS: readonly Floor[] = ["kernel", "facts", "errors", "domain", "schemas", "object"];
const STUBS = "durable-objects/stubs.ts";

type Target = { readonly target: string; readonly isType: boolean };

/** Why this import breaks the house's rules, or undefined. */
export function refusalOf(from: Place, to: Place, { target, isType }: Target): string | undefined {
  const isForeign = from.owner !== undefined && to.owner !== undefined && from.owner !== to.owner;
  // Another service's face is as high as the commands behind it.
  const rank = isForeign && to.layer === "index" ? RANK.command : RANK[to.floor];
  if (rank > RANK[from.floor]) return `a ${from.floor} imports upwards, from a ${to.floor}`;
  if (from.floor === "object" && !BELOW_OBJECTS.includes(to.floor)) {
    return `an object stands on kernel, facts and domain, not on a ${to.floor}`;
  }
  if (to.floor === "object" && from.floor !== "object" && from.floor !== "worker") {
    if (from.floor !== "command" && from.floor !== "query") return "only commands and queries reach objects";
    if (target !== STUBS && !isType) return `objects are reached through ${STUBS}`;
  }
  if (to.floor === "table" && from.owner !== to.owner) return `the tables of ${to.owner} are its own`;
  if (to.floor === "table" && from.floor === "edge" && from.layer !== "consumers" && from.layer !== "jobs") {
    return "a route reads through a query and writes through a command";
  }
  if (!isForeign) return undefined;
  // The shape of what crosses is public too: a checkout's answer contains an address and a payment.
  const isShape = to.layer === "schemas" && from.layer === "schemas";
  const isPublic = isShape || to.layer === "index" || to.layer === "facts" || to.floor === "table";
  return isPublic ? undefined : `${to.owner} is imported through its index.ts or facts.ts`;
}
