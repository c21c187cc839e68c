import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { log } from "../repository/profiles.ts";

type Entry = {
  readonly sellerId: Id<"seller">;
  readonly action: string;
  readonly subject: string;
  readonly reason?: string | null;
  readonly by?: Id<"user"> | null;
};

/** Goes into the commit of what it tells of. */
export const logged = (ctx: Ctx, { reason = null, by = null, ...entry }: Entry): Statement =>
  log({ ...entry, reason, by, id: ctx.ids.next("event"), at: ctx.clock.now() });
