import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import { scopeOf } from "./commands.ts";
import { type Consultation, callableIn } from "./domain/consultation.ts";
import { callsQuery, consultationsQuery, type LoggedCall } from "./repository.ts";

const iso = (at: number) => new Date(at).toISOString();
const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

export function toConsultationDto({ startsAt, endsAt, createdAt, ...one }: Consultation) {
  const { from, until } = callableIn({ startsAt, endsAt });
  return {
    ...one,
    startsAt: iso(startsAt),
    endsAt: iso(endsAt),
    callableFrom: iso(from),
    callableUntil: iso(until),
    createdAt: iso(createdAt),
  };
}

function toCallDto(call: LoggedCall, me: Id<"user">) {
  const isMine = call.callerId === me;
  const talkedMs = call.connectedAt === null ? 0 : call.endedAt - call.connectedAt;
  return {
    id: call.id,
    direction: isMine ? ("out" as const) : ("in" as const),
    peerId: isMine ? call.calleeId : call.callerId,
    subject: { kind: call.subject.kind, id: call.subject.id },
    outcome: call.outcome,
    startedAt: iso(call.startedAt),
    answeredAt: isoOrNull(call.answeredAt),
    endedAt: iso(call.endedAt),
    talkedSeconds: Math.round(talkedMs / 1_000),
    quality: isMine ? call.quality : null,
  };
}

/** One's own calls, newest first. */
export async function listCalls(ctx: Ctx, { limit, cursor }: PageQuery) {
  const me = requireUser(ctx);
  const list = `calls ${me}`;
  const [after] = decodeCursor(ctx, list, cursor) ?? [];
  const [rows] = await ctx.db.load(
    callsQuery(me, { limit: limit + 1, after: after as Id<"call"> | undefined }),
  );
  return toPage(
    ctx,
    list,
    limit,
    rows,
    (row) => [row.id],
    (row) => toCallDto(row, me),
  );
}

type Asked = PageQuery & { readonly as?: "buyer" | "seller" | undefined };

export async function listConsultations(ctx: Ctx, { limit, cursor, as }: Asked) {
  const scope = scopeOf(ctx, as);
  const list = `consultations ${JSON.stringify(scope)}`;
  const [after] = decodeCursor(ctx, list, cursor) ?? [];
  const from = { limit: limit + 1, after: after as Id<"consultation"> | undefined };
  const [rows] = await ctx.db.load(consultationsQuery(scope, from));
  return toPage(ctx, list, limit, rows, (row) => [row.id], toConsultationDto);
}
