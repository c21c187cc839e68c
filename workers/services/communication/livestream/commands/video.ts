import { SECOND_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { schedule } from "#kernel/due";
import { append } from "#kernel/outbox";
import { err, ok, orThrow } from "#kernel/result";
import { onLivestreamRoom } from "#objects/stubs";
import type { LiveEvent, Phase } from "../domain/event.ts";
import { chaptersOf, decideEnd, decideSync, type Show, type ShowState } from "../domain/show.ts";
import { fail } from "../errors.ts";
import {
  END_INTERRUPTED,
  LivestreamEnded,
  LivestreamReplayReady,
  LivestreamStarted,
  SYNC_LIVESTREAM,
} from "../facts.ts";
import { providerOf } from "../providers/choose.ts";
import type { LiveInput } from "../providers/port.ts";
import { loadOwnShow, loadShow } from "../queries/shows.ts";
import * as shows from "../repository.ts";
import type { ShowRef } from "../schemas.ts";

/** The provider waits a little longer than we do, so that who is back in time goes on in the same video. */
const PROVIDER_SLACK_SECONDS = 5;
/** How often a recording is asked for when no notice of it comes. */
const RECORDING_POLL_MS = 60 * SECOND_MS;
const EVENTS_PAGE = 500;

/** Where to publish: made at the first question. */
type Refusal = "livestream.stale" | "livestream.not_open";

export async function openInput(ctx: Ctx, ref: ShowRef): Promise<LiveInput> {
  const show = await loadOwnShow(ctx, ref);
  if (show.inputUid !== null) return providerOf(ctx).readInput(show.inputUid);
  return replaceInput(ctx, ref);
}

/** A key that leaked is worth nothing afterwards: a new input takes the place of the old one. */
export async function replaceInput(ctx: Ctx, ref: ShowRef): Promise<LiveInput> {
  const provider = providerOf(ctx);
  const show = await loadOwnShow(ctx, ref);
  if (show.state !== "scheduled" && show.state !== "interrupted") throw fail("livestream.not_open");
  const timeoutSeconds = Math.ceil(ctx.market.livestream.graceMs / SECOND_MS) + PROVIDER_SLACK_SECONDS;
  const input = await provider.createInput({ name: show.id, timeoutSeconds });
  const committed = await ctx.db.commit([shows.saveShow({ ...show, inputUid: input.uid })]);
  const unused = committed.ok ? show.inputUid : input.uid;
  if (unused !== null) await provider.deleteInput(unused);
  orThrow(committed, fail);
  return input;
}

const PHASES: { readonly [S in ShowState]: Phase } = {
  scheduled: "waiting",
  live: "live",
  interrupted: "interrupted",
  ended: "ended",
  replay: "ended",
  cancelled: "ended",
};

/** Tells the room; the room is told before Postgres is, and may be told again. */
export const tellRoom = (ctx: Ctx, { id, state, videoUid }: Show) =>
  onLivestreamRoom(ctx, id, (room) => room.enter({ phase: PHASES[state], videoUid }));

/**
 * Asks the provider how things stand and brings the show there. Notices only make it be asked sooner: twice,
 * late or in another order they change nothing.
 */
export async function syncShow(ctx: Ctx, ref: ShowRef): Promise<readonly Statement<"livestream.stale">[]> {
  const show = await loadShow(ctx, ref);
  if (show.inputUid === null) return [];
  const now = ctx.clock.now();
  const publishing = await providerOf(ctx).publishing(show.inputUid);
  const moved = decideSync(show, publishing, { now, graceMs: ctx.market.livestream.graceMs });
  const next = moved.state === "ended" ? await withReplay(ctx, moved) : moved;
  if (next !== show) await tellRoom(ctx, next);
  return [...(next === show ? [] : saving(ctx, show, next)), ...comingBack(ctx, next)];
}

/** At once after a notice; what fails is done by the row that was written first. */
export async function syncNow(ctx: Ctx, ref: ShowRef): Promise<void> {
  await untilFresh("livestream.stale", async () => {
    const statements = await syncShow(ctx, ref);
    return statements.length === 0 ? ok(undefined) : ctx.db.commit(statements);
  });
}

export async function endShow(ctx: Ctx, ref: ShowRef): Promise<Show> {
  const outcome = await untilFresh<Show, Refusal>("livestream.stale", async () => {
    const show = await loadOwnShow(ctx, ref);
    const decision = decideEnd(show, ctx.clock.now());
    if (!decision.ok) return err(decision.code);
    const next = decision.value;
    if (next === show) return ok(show);
    await tellRoom(ctx, next);
    const committed = await ctx.db.commit([...saving(ctx, show, next), ...comingBack(ctx, next)]);
    return committed.ok ? ok({ ...next, version: show.version + 1 }) : committed;
  });
  return orThrow(outcome, fail);
}

function saving(ctx: Ctx, before: Show, after: Show): readonly Statement<"livestream.stale">[] {
  const about = { livestreamId: after.id, sellerId: after.sellerId };
  const next = { id: after.id, version: before.version + 1 };
  const facts = [
    ...(before.startedAt === null && after.startedAt !== null
      ? [LivestreamStarted.make(ctx, next, { ...about, title: after.title })]
      : []),
    ...(before.endedAt === null && after.endedAt !== null ? [LivestreamEnded.make(ctx, next, about)] : []),
    ...(before.state !== "replay" && after.state === "replay"
      ? [LivestreamReplayReady.make(ctx, next, about)]
      : []),
  ];
  return [shows.saveShow(after), ...(facts.length > 0 ? [append(...facts)] : [])];
}

/** The clock brings the rest about: the end of a grace, a recording whose notice was lost. */
function comingBack(ctx: Ctx, { id, state, graceUntil, videoUid }: Show): readonly Statement[] {
  const job = { subject: id, payload: { livestreamId: id } };
  if (state === "interrupted" && graceUntil !== null) {
    return [schedule(ctx, END_INTERRUPTED, { ...job, dueAt: graceUntil })];
  }
  if (state === "ended" && videoUid !== null) {
    return [schedule(ctx, SYNC_LIVESTREAM, { ...job, dueAt: ctx.clock.now() + RECORDING_POLL_MS })];
  }
  return [];
}

/** The recording is ready: the show is a replay, with a chapter for each product that was pinned. */
async function withReplay(ctx: Ctx, show: Show): Promise<Show> {
  if (show.videoUid === null) return show;
  const recording = await providerOf(ctx).recording(show.videoUid);
  if (!recording?.isReady) return show;
  const { durationMs, timeline } = recording;
  const titles = new Map<string, string>();
  const pinned = [];
  for await (const event of eventsOf(ctx, show.id)) {
    if (event.t === "bag") for (const { offerId, title } of event.items) titles.set(offerId, title);
    if (event.t !== "pinned") continue;
    const { at, offerId } = event;
    pinned.push({ at, offerId, title: titles.get(offerId ?? "") ?? "" });
  }
  return { ...show, state: "replay", durationMs, chapters: chaptersOf(timeline, pinned) };
}

async function* eventsOf(ctx: Ctx, id: Show["id"]): AsyncGenerator<LiveEvent> {
  let since = 0;
  for (;;) {
    const logged = await onLivestreamRoom(ctx, id, (room) => room.read(since, EVENTS_PAGE));
    for (const { event } of logged) yield event as LiveEvent;
    const last = logged.at(-1)?.event.seq;
    if (last === undefined) return;
    since = last;
  }
}
