import type { Ctx } from "#kernel/ctx";
import { onLivestreamRoom } from "#objects/stubs";
import { offsetOf } from "../domain/show.ts";
import { providerOf } from "../providers/choose.ts";
import type { EventsQuery } from "../schemas.ts";
import { loadOwnShow } from "./shows.ts";

/**
 * The room's log for its shop: each event with the instant of the picture in which it happened, and the hash
 * that chains it to all before it.
 */
export async function listEvents(ctx: Ctx, { livestreamId, since, limit }: EventsQuery) {
  const show = await loadOwnShow(ctx, { livestreamId });
  const isReplay = show.state === "replay" && show.videoUid !== null;
  const [logged, recording] = await Promise.all([
    onLivestreamRoom(ctx, livestreamId, (room) => room.read(since, limit)),
    isReplay ? providerOf(ctx).recording(show.videoUid ?? "") : undefined,
  ]);
  const items = logged.map(({ event: { seq, at, t, ...change }, hash }) => ({
    ...{ seq, t, change, hash },
    programDateTime: new Date(at).toISOString(),
    replayAtMs: recording ? offsetOf(recording.timeline, at) : null,
  }));
  return { items };
}
