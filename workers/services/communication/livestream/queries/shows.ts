import type * as z from "zod";
import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { decodeCursor, type Page, toPage } from "#kernel/page";
import { sellersQuery } from "#services/catalog/seller/index";
import type { Show, ShowState } from "../domain/show.ts";
import { fail } from "../errors.ts";
import { providerOf } from "../providers/choose.ts";
import type { Playback } from "../providers/port.ts";
import * as shows from "../repository.ts";
import { type ShowList, type ShowRef, toShowDto, type zListedShow } from "../schemas.ts";

/** How long an address of the picture opens it; a player asks again before. */
const PLAYBACK_MS = 3_600_000;
/** Everybody's list: what was cancelled is nobody's business. */
const LISTED: readonly ShowState[] = ["scheduled", "live", "interrupted", "ended", "replay"];

export async function loadShow(ctx: Ctx, { livestreamId }: ShowRef): Promise<Show> {
  const [show] = await ctx.db.load(shows.showQuery(livestreamId));
  if (!show) throw fail("livestream.not_found");
  return show;
}

/** Another shop's show is none. */
export async function loadOwnShow(ctx: Ctx, ref: ShowRef): Promise<Show> {
  const sellerId = requireShop(ctx, "offer:write");
  const show = await loadShow(ctx, ref);
  if (show.sellerId !== sellerId) throw fail("livestream.not_found");
  return show;
}

export async function showShow(ctx: Ctx, { livestreamId }: ShowRef) {
  const [show, rsvps] = await ctx.db.load(shows.showQuery(livestreamId), shows.rsvpCountQuery(livestreamId));
  if (!show) throw fail("livestream.not_found");
  const shopOf = await namesOf(ctx, [show]);
  return { ...toShowDto(show), shop: shopOf(show), rsvps };
}

/** Whose show each of these is. */
async function namesOf(ctx: Ctx, listed: readonly Pick<Show, "sellerId">[]) {
  const sellerIds = [...new Set(listed.map(({ sellerId }) => sellerId))];
  const [sellers] = await ctx.db.load(sellersQuery(sellerIds));
  const shops = new Map(sellers.map(({ sellerId, name, slug }) => [sellerId, { name, slug }]));
  return ({ sellerId }: Pick<Show, "sellerId">) => shops.get(sellerId) ?? { name: "", slug: "" };
}

export async function listShows(
  ctx: Ctx,
  { state, sellerId, limit, cursor }: ShowList,
): Promise<Page<z.input<typeof zListedShow>>> {
  const scope = `livestreams ${state ?? ""} ${sellerId ?? ""}`;
  const [before] = decodeCursor(ctx, scope, cursor) ?? [];
  const states = state ? [state] : LISTED;
  const query = shows.showsQuery({ states, sellerId }, limit + 1, before as Show["id"] | undefined);
  const [rows] = await ctx.db.load(query);
  const shopOf = await namesOf(ctx, rows);
  const toListed = (show: Show) => ({ ...toShowDto(show), shop: shopOf(show) });
  return toPage(ctx, scope, limit, rows, (show) => [show.id], toListed);
}

export async function listCrew(ctx: Ctx, ref: ShowRef) {
  await loadOwnShow(ctx, ref);
  const [items] = await ctx.db.load(shows.crewQuery(ref.livestreamId));
  return { items };
}

const toPlaybackDto = ({ hlsUrl, dashUrl, expiresAt }: Playback) => ({
  hlsUrl,
  dashUrl,
  expiresAt: new Date(expiresAt).toISOString(),
});

/** Signed addresses of what is on air. */
export async function watchShow(ctx: Ctx, ref: ShowRef) {
  const show = await loadShow(ctx, ref);
  const isOn = show.state === "live" || show.state === "interrupted";
  if (!isOn || show.inputUid === null) throw fail("livestream.no_video");
  return toPlaybackDto(await providerOf(ctx).sign(show.inputUid, ctx.clock.now() + PLAYBACK_MS));
}

export async function watchReplay(ctx: Ctx, ref: ShowRef) {
  const { state, videoUid, durationMs, chapters } = await loadShow(ctx, ref);
  if (state !== "replay" || videoUid === null) throw fail("livestream.no_video");
  const playback = await providerOf(ctx).sign(videoUid, ctx.clock.now() + PLAYBACK_MS);
  return { ...toPlaybackDto(playback), durationMs: durationMs ?? 0, chapters };
}
