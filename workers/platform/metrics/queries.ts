import { timingSafeEqual } from "node:crypto";
import { sql } from "drizzle-orm";
import { requireOperator } from "#kernel/actor";
import { describeError } from "#kernel/away";
import { cellsOf } from "#kernel/cell";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { deadLetter } from "#kernel/dead-letter";
import { due } from "#kernel/due";
import { fail } from "#kernel/errors";
import { openSystemCtx } from "#kernel/open-ctx";
import { outbox } from "#kernel/outbox";
import { onMetrics } from "#objects/stubs";
import { oversoldUnits, reservationDrift } from "#services/logistics/inventory/index";
import { orderStatesQuery } from "#services/transaction/order/index";
import { paymentStatesQuery } from "#services/transaction/payment/index";
import { routesOf, type Sample } from "./domain.ts";

/** What must hold, or be near nothing, and above which value somebody should look. */
const WARN_ABOVE = {
  oversold_units: 0,
  reservation_drift_units: 0,
  outbox_oldest_seconds: 60,
  outbox_open_events: 1_000,
  due_oldest_seconds: 120,
  due_dead_jobs: 0,
  dead_letters: 0,
} as const;
export const INVARIANTS = [
  "oversold_units",
  "reservation_drift_units",
  "outbox_oldest_seconds",
  "outbox_open_events",
  "due_oldest_seconds",
  "due_dead_jobs",
  "dead_letters",
] as const satisfies readonly (keyof typeof WARN_ABOVE)[];

type Family = { readonly help: string; readonly type: "counter" | "gauge" | "histogram" };

/** Every family that may appear, by the name that its series begin with. */
const FAMILIES: { readonly [name: string]: Family } = {
  http_requests_total: { help: "Answers by route and status.", type: "counter" },
  http_request_seconds: { help: "Time to answer, by route.", type: "histogram" },
  cache_reads_total: { help: "Reads through the cache by the layer that answered.", type: "counter" },
  outbox_oldest_seconds: { help: "Age of the oldest event that some consumer lacks.", type: "gauge" },
  outbox_open_events: { help: "Events that some consumer lacks.", type: "gauge" },
  due_oldest_seconds: { help: "How late the most overdue work is.", type: "gauge" },
  object_outbox_wait_seconds: {
    help: "How long an object's oldest fact had waited when the object tried to post it.",
    type: "histogram",
  },
  oversold_units: { help: "Units promised beyond stock and backorder caps: 0.", type: "gauge" },
  reservation_drift_units: { help: "Units by which stock and its reservations differ: 0.", type: "gauge" },
  due_dead_jobs: { help: "Work given up, waiting for a redrive.", type: "gauge" },
  dead_letters: { help: "Messages given up by a queue, waiting for a redrive.", type: "gauge" },
  orders: { help: "Orders placed within the last day, by how far they have come.", type: "gauge" },
  payments: { help: "Tries to pay begun within the last day, by how far they have come.", type: "gauge" },
};

/** Prometheus text; the counters of all isolates, and gauges read from each market's database now. */
export async function scrape(ctx: Ctx, authorization: string | undefined): Promise<Uint8Array> {
  if (ctx.env.ENVIRONMENT !== "local") demandToken(ctx.env.METRICS_TOKEN, authorization);
  const counters = await readCounters(ctx);
  const gauges = await Promise.all(Object.keys(cellsOf(ctx.env)).map((cell) => gaugesOf(ctx, cell)));
  return new TextEncoder().encode(render([...counters, ...gauges.flat()]));
}

async function readCounters(ctx: Ctx): Promise<readonly Sample[]> {
  const read = await onMetrics(ctx, (metrics) => metrics.read());
  // The types of a stub forget that a pair is a pair.
  return read.map(([series, value]): Sample => [String(series), Number(value)]);
}

/** What of it an operator looks at, of his own market. */
export async function summarise(ctx: Ctx) {
  requireOperator(ctx, "platform:read");
  const [counters, gauges] = await Promise.all([readCounters(ctx), gaugesOf(ctx, ctx.cell)]);
  const plain = new Map(gauges);
  const invariants = INVARIANTS.map((name) => {
    const value = plain.get(`${name}{cell="${ctx.cell}"}`) ?? null;
    return { name, value, holds: value === null ? null : value <= WARN_ABOVE[name] };
  });
  return { at: new Date(ctx.clock.now()).toISOString(), routes: routesOf(counters, ctx.cell), invariants };
}

function demandToken(token: string, authorization: string | undefined): void {
  const [theirs, ours] = [Buffer.from(authorization ?? ""), Buffer.from(`Bearer ${token}`)];
  if (theirs.length !== ours.length || !timingSafeEqual(theirs, ours)) throw fail("actor.unauthenticated");
}

/** A market whose database is away has no gauges, which is what an alert on their absence is for. */
async function gaugesOf({ env, defer }: Ctx, cell: string): Promise<readonly Sample[]> {
  const ctx = openSystemCtx(env, cell, { defer });
  const now = new Date(ctx.clock.now()).toISOString();
  try {
    const { rows } = await ctx.db.read.execute<{ [name: string]: string }>(sql`SELECT
      (SELECT coalesce(extract(epoch FROM ${now}::timestamptz - min(at)), 0) FROM ${outbox}
        WHERE closed_at IS NULL) AS outbox_oldest_seconds,
      (SELECT count(*) FROM ${outbox} WHERE closed_at IS NULL) AS outbox_open_events,
      (SELECT coalesce(extract(epoch FROM ${now}::timestamptz - min(due_at)), 0) FROM ${due}
        WHERE dead_at IS NULL AND due_at <= ${now}) AS due_oldest_seconds,
      (SELECT count(*) FROM ${due} WHERE dead_at IS NOT NULL) AS due_dead_jobs,
      (SELECT count(*) FROM ${deadLetter}) AS dead_letters`);
    const [oversold, drift, business] = await Promise.all([
      oversoldUnits(ctx),
      reservationDrift(ctx),
      businessOf(ctx),
    ]);
    const gauges = { ...rows[0], oversold_units: oversold, reservation_drift_units: drift };
    const plain = Object.entries(gauges).map(
      ([name, value]): Sample => [`${name}{cell="${cell}"}`, Number(value)],
    );
    return [...plain, ...business];
  } catch (error) {
    ctx.log.warn("metrics.unread", { reason: describeError(error) });
    return [];
  }
}

/** The last day only: what a scrape counts does not grow with the years. */
async function businessOf(ctx: Ctx): Promise<readonly Sample[]> {
  const since = ctx.clock.now() - DAY_MS;
  const [orders, payments] = await ctx.db.load(orderStatesQuery(since), paymentStatesQuery(since));
  const series = (name: string, state: string) => `${name}{cell="${ctx.cell}",state="${state}"}`;
  return [
    ...orders.map((row): Sample => [series("orders", row.state), row.orders]),
    ...payments.map((row): Sample => [series("payments", row.state), row.payments]),
  ];
}

function render(samples: readonly Sample[]): string {
  const lines: string[] = [];
  for (const [family, { help, type }] of Object.entries(FAMILIES)) {
    const own = samples.filter(([series]) => familyOf(series) === family);
    if (own.length === 0) continue;
    lines.push(`# HELP ${family} ${help}`, `# TYPE ${family} ${type}`);
    for (const [series, value] of own.toSorted(([a], [b]) => (a < b ? -1 : 1)))
      lines.push(`${series} ${value}`);
  }
  return `${lines.join("\n")}\n`;
}

/** The series of a histogram are named after their family. */
function familyOf(series: string): string {
  const name = series.slice(0, series.indexOf("{"));
  const base = name.replace(/_(bucket|sum|count)$/, "");
  return FAMILIES[base]?.type === "histogram" ? base : name;
}
