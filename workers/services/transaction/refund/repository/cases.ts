import { and, asc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { actorKey, type BuyerId } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { refundCase, refundCaseLine, refundEvent, refundEvidence } from "#schema/transaction/refund";
import type { Case, CaseLine, Role } from "../domain/case.ts";
import type { Move } from "../domain/states.ts";
import { type EventDetail, readAmounts, storeAmounts } from "../domain/stored.ts";

/** Whose cases may be seen: the owner is part of every question, so another's is not found. */
export type Scope =
  | { readonly as: "buyer"; readonly buyerId: BuyerId }
  | { readonly as: "seller"; readonly sellerId: Id<"seller"> }
  | { readonly as: "operator" }
  | { readonly as: "system" };

export function within(scope: Scope): SQL | undefined {
  if (scope.as === "buyer") return eq(refundCase.buyerId, scope.buyerId);
  return scope.as === "seller" ? eq(refundCase.sellerId, scope.sellerId) : undefined;
}

type Row = typeof refundCase.$inferSelect;
type LineRow = typeof refundCaseLine.$inferSelect;

const toLine = ({ refundId: _, position: __, ...line }: LineRow): CaseLine => line;
const toRow = ({ lines: _, amounts, ...row }: Case): Row => ({
  ...row,
  amounts: amounts && storeAmounts(amounts),
});
const toLineRows = ({ id: refundId, lines }: Case): readonly LineRow[] =>
  lines.map((line, position) => ({ ...line, refundId, position }));

export const assemble = (heads: readonly Row[], lines: readonly LineRow[]): readonly Case[] => {
  const byCase = Map.groupBy(lines, (line) => line.refundId);
  return heads.map(({ amounts, ...row }) => ({
    ...row,
    amounts: amounts && readAmounts(amounts),
    lines: (byCase.get(row.id) ?? []).map(toLine),
  }));
};

export const byId = (scope: Scope, refundId: Id<"refundCase">): SQL | undefined =>
  and(eq(refundCase.id, refundId), within(scope));

export const headsQuery = (which: SQL | undefined): Query<readonly Row[]> =>
  query(
    (read) => read.select().from(refundCase).where(which).orderBy(asc(refundCase.id)),
    (rows) => rows,
  );
/** Cases of these orders that are on their way to an end. */
export const settlingOf = ({ db }: Ctx, orderIds: readonly Id<"order">[]) =>
  db.read
    .select({ id: refundCase.id })
    .from(refundCase)
    .where(and(inArray(refundCase.orderId, [...orderIds]), eq(refundCase.state, "settling")));

export const linesQuery = (which: SQL | undefined): Query<readonly LineRow[]> =>
  query(
    (read) =>
      read
        .select()
        .from(refundCaseLine)
        .where(
          inArray(refundCaseLine.refundId, read.select({ id: refundCase.id }).from(refundCase).where(which)),
        )
        .orderBy(asc(refundCaseLine.refundId), asc(refundCaseLine.position)),
    (rows) => rows,
  );

export async function load(
  { db }: Pick<Ctx, "db">,
  scope: Scope,
  refundId: Id<"refundCase">,
): Promise<Case | undefined> {
  const which = byId(scope, refundId);
  const [heads, lines] = await db.load(headsQuery(which), linesQuery(which));
  return assemble(heads, lines)[0];
}

export type Done = {
  readonly move: Move;
  readonly after: Case;
  readonly role: Role;
  readonly detail?: EventDetail;
};

const eventsOf = (ctx: Ctx, steps: readonly Done[]): Statement =>
  insertMany(
    refundEvent,
    steps.map(({ move, after, role, detail = {} }) => ({
      refundId: after.id,
      seq: after.version,
      at: ctx.clock.now(),
      actor: actorKey(ctx.actor),
      role,
      move,
      state: after.state,
      step: after.step,
      detail,
    })),
  );

/** A case as its first moves have left it. */
export function insert(ctx: Ctx, steps: readonly Done[]): readonly Statement[] {
  const last = steps.at(-1);
  if (!last) return [];
  return [
    insertMany(refundCase, [toRow(last.after)]),
    insertMany(refundCaseLine, toLineRows(last.after)),
    eventsOf(ctx, steps),
  ];
}

/** The case after its moves, a line in the log for each; refused when somebody moved it meanwhile. */
export function save(ctx: Ctx, before: Case, steps: readonly Done[]): readonly Statement<"refund.stale">[] {
  const after = steps.at(-1)?.after;
  if (!after) return [];
  const { id, createdAt: _, ...row } = toRow(after);
  const unchanged = and(eq(refundCase.id, id), eq(refundCase.version, before.version));
  const hasSeen = after.lines.some((line, at) => line !== before.lines[at]);
  return [
    guarded(build.update(refundCase).set(row).where(unchanged), 1, "refund.stale"),
    ...(hasSeen ? [saveSeen(after)] : []),
    eventsOf(ctx, steps),
  ];
}

function saveSeen(after: Case): Statement {
  const rows = toLineRows(after).map(({ position, resellable, damaged, missing }) => {
    return { position, resellable, damaged, missing };
  });
  return {
    sql: sql`UPDATE ${refundCaseLine} l
      SET resellable = w.resellable, damaged = w.damaged, missing = w.missing
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS w (position int, resellable int, damaged int, missing int)
      WHERE l.refund_id = ${after.id} AND l.position = w.position`,
  };
}

/** Why its money does not go; the next move of the case wipes it out. */
export const noteStuck = ({ id, version }: Pick<Case, "id" | "version">, note: string): Statement =>
  statement(
    build
      .update(refundCase)
      .set({ stuckNote: note })
      .where(and(eq(refundCase.id, id), eq(refundCase.version, version))),
  );

/** A case is part of the accounts and stays; whom to write to does not. */
export const forgetAddress = (buyerId: BuyerId): Statement =>
  statement(build.update(refundCase).set({ email: "" }).where(eq(refundCase.buyerId, buyerId)));

export type EventRow = typeof refundEvent.$inferSelect;
export const eventsQuery = (which: SQL | undefined): Query<readonly EventRow[]> =>
  query(
    (read) =>
      read
        .select()
        .from(refundEvent)
        .where(
          inArray(refundEvent.refundId, read.select({ id: refundCase.id }).from(refundCase).where(which)),
        )
        .orderBy(asc(refundEvent.seq)),
    (rows) => rows,
  );

export type Evidence = typeof refundEvidence.$inferSelect;

/** The same file shown twice is shown once. */
export const insertEvidence = (evidence: readonly Evidence[]): readonly Statement[] =>
  evidence.length === 0
    ? []
    : [{ sql: sql`${insertMany(refundEvidence, [...evidence]).sql} ON CONFLICT DO NOTHING` }];

export const evidenceQuery = (refundId: Id<"refundCase">): Query<readonly Evidence[]> =>
  query(
    (read) =>
      read
        .select()
        .from(refundEvidence)
        .where(eq(refundEvidence.refundId, refundId))
        .orderBy(asc(refundEvidence.attachmentId)),
    (rows) => rows,
  );
