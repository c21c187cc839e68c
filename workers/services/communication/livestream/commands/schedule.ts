import { requireShop, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import { append } from "#kernel/outbox";
import { err, ok, orThrow } from "#kernel/result";
import { decideCancel, type Show } from "../domain/show.ts";
import { fail } from "../errors.ts";
import { LivestreamScheduled } from "../facts.ts";
import { loadOwnShow, loadShow } from "../queries/shows.ts";
import * as shows from "../repository.ts";
import type { ChangeShow, PersonRef, Schedule, ShowRef } from "../schemas.ts";
import { tellRoom } from "./video.ts";

/** A camera team is a handful; everybody else watches. */
const CREW_MAX = 12;

type Refusal = "livestream.stale" | "livestream.not_open";

export async function scheduleShow(ctx: Ctx, { title, startsAt }: Schedule): Promise<Show> {
  const sellerId = requireShop(ctx, "offer:write");
  const now = ctx.clock.now();
  const at = Date.parse(startsAt);
  if (at < now) throw fail("livestream.too_early");
  const show: Show = {
    ...{ id: ctx.ids.next("livestream"), sellerId, hostId: requireUser(ctx), title, state: "scheduled" },
    ...{ startsAt: at, startedAt: null, endedAt: null, graceUntil: null, inputUid: null, videoUid: null },
    ...{ durationMs: null, chapters: [], createdAt: now, version: 1 },
  };
  const fact = LivestreamScheduled.make(ctx, show, { livestreamId: show.id, sellerId, startsAt: at });
  await ctx.db.commit([shows.insertShow(show), append(fact)]);
  return show;
}

export async function changeShow(ctx: Ctx, { livestreamId, title, startsAt }: ChangeShow): Promise<Show> {
  const outcome = await untilFresh<Show, Refusal>("livestream.stale", async () => {
    const show = await loadOwnShow(ctx, { livestreamId });
    if (show.state !== "scheduled") return err("livestream.not_open");
    const at = startsAt === undefined ? show.startsAt : Date.parse(startsAt);
    const changed = { ...show, title: title ?? show.title, startsAt: at };
    const committed = await ctx.db.commit([shows.saveShow(changed)]);
    return committed.ok ? ok({ ...changed, version: show.version + 1 }) : committed;
  });
  return orThrow(outcome, fail);
}

export async function cancelShow(ctx: Ctx, ref: ShowRef): Promise<Show> {
  const outcome = await untilFresh<Show, Refusal>("livestream.stale", async () => {
    const show = await loadOwnShow(ctx, ref);
    const decision = decideCancel(show, ctx.clock.now());
    if (!decision.ok) return decision;
    await tellRoom(ctx, decision.value);
    if (decision.value === show) return decision;
    const committed = await ctx.db.commit([shows.saveShow(decision.value)]);
    return committed.ok ? ok({ ...decision.value, version: show.version + 1 }) : committed;
  });
  return orThrow(outcome, fail);
}

export async function rsvp(ctx: Ctx, { livestreamId }: ShowRef): Promise<null> {
  const userId = requireUser(ctx);
  const show = await loadShow(ctx, { livestreamId });
  if (show.state === "cancelled") throw fail("livestream.not_open");
  await ctx.db.commit([shows.addRsvp(livestreamId, userId, ctx.clock.now())]);
  return null;
}

export async function forgetRsvp(ctx: Ctx, { livestreamId }: ShowRef): Promise<null> {
  await ctx.db.commit([shows.dropRsvp(livestreamId, requireUser(ctx))]);
  return null;
}

export async function nameCrew(
  ctx: Ctx,
  { livestreamId, userId, role }: PersonRef & { readonly role: "cohost" | "moderator" },
): Promise<null> {
  await loadOwnShow(ctx, { livestreamId });
  const [crew] = await ctx.db.load(shows.crewQuery(livestreamId));
  const isNew = !crew.some((one) => one.userId === userId);
  if (isNew && crew.length >= CREW_MAX) throw fail("livestream.people_full");
  await ctx.db.commit([shows.addCrew(livestreamId, { userId, role }, ctx.clock.now())]);
  return null;
}

export async function dropCrew(ctx: Ctx, { livestreamId, userId }: PersonRef): Promise<null> {
  await loadOwnShow(ctx, { livestreamId });
  await ctx.db.commit([shows.dropCrew(livestreamId, userId)]);
  return null;
}
