import { type CellConfig, cellsOf } from "#kernel/cell";
import type { Ctx } from "#kernel/ctx";
import { schedule } from "#kernel/due";
import { openSystemCtx } from "#kernel/open-ctx";
import { fail } from "../errors.ts";
import { SYNC_LIVESTREAM } from "../facts.ts";
import { inputOf, isFromStream } from "../providers/stream-webhook.ts";
import { showByInputQuery } from "../repository.ts";
import { syncNow } from "./video.ts";

type Notice = {
  readonly bytes: Uint8Array;
  readonly signature: string | undefined;
  readonly alertAuth: string | undefined;
};

/**
 * A notice of Stream says that something has happened to an input. It is believed no further: the row that
 * is written makes us ask Stream, now or, if that fails, with the next sweep. Answers whether it was about a
 * show.
 */
export async function takeStreamNotification(ctx: Ctx, { bytes, ...proof }: Notice): Promise<boolean> {
  const body = new TextDecoder().decode(bytes);
  const { env, clock, traceId, defer } = ctx;
  const cells = Object.entries(cellsOf(env)).filter(([, config]) =>
    isSigned(config, { ...proof, body }, clock.now()),
  );
  if (cells.length === 0) throw fail("livestream.signature_invalid");
  const inputUid = inputOf(body);
  if (inputUid === undefined) return false;
  // One account may serve several markets: the input says whose show it is.
  for (const [cell] of cells) {
    const own = openSystemCtx(env, cell, { clock, traceId, defer });
    const [show] = await own.db.load(showByInputQuery(inputUid));
    if (!show) continue;
    const ref = { livestreamId: show.id };
    await own.db.commit([schedule(own, SYNC_LIVESTREAM, { subject: show.id, payload: ref })]);
    own.defer(
      syncNow(own, ref).catch((error) => own.log.warn("livestream.unsynced", { reason: String(error) })),
    );
    return true;
  }
  return false;
}

const isSigned = (config: CellConfig, shown: Parameters<typeof isFromStream>[1], now: number) =>
  isFromStream(config, shown, now);
