import { and, desc, eq, lt } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { build, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { authEvent } from "#schema/social/auth";
import type { Client, EventDetail, EventType } from "../domain.ts";

export type AuditRow = {
  readonly id: Id<"event">;
  readonly type: EventType;
  readonly userId: Id<"user"> | null;
  readonly sessionId: Id<"session"> | null;
  readonly device: string;
  readonly addressPrefix: string;
  readonly detail: EventDetail;
  readonly at: number;
};

type About = {
  readonly userId?: Id<"user"> | null | undefined;
  readonly sessionId?: Id<"session"> | null | undefined;
  readonly client: Pick<Client, "device" | "addressPrefix">;
  readonly detail?: EventDetail;
};

/** One row in the commit of what happened. */
export function note(
  ctx: Pick<Ctx, "ids" | "clock">,
  type: EventType,
  { userId = null, sessionId = null, client, detail = {} }: About,
): Statement {
  const { device, addressPrefix } = client;
  const row = { id: ctx.ids.next("event"), type, userId, sessionId, device, addressPrefix, detail };
  return statement(build.insert(authEvent).values({ ...row, at: ctx.clock.now() }));
}

type Walk = { readonly limit: number; readonly after: string | undefined };

export const eventsQuery = (userId: Id<"user">, { limit, after }: Walk): Query<readonly AuditRow[]> =>
  query(
    (read) =>
      read
        .select()
        .from(authEvent)
        .where(
          and(
            eq(authEvent.userId, userId),
            after === undefined ? undefined : lt(authEvent.id, after as Id<"event">),
          ),
        )
        .orderBy(desc(authEvent.id))
        .limit(limit),
    (rows) => rows,
  );
