import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { zPage, zPageQuery } from "#kernel/page";
import { SHOW_STATES, type Show } from "./domain/show.ts";

const TITLE_CHARS_MAX = 120;
const NAME_CHARS_MAX = 40;
const BAG_MAX = 100;
const EVENTS_MAX = 500;
const zSeq = z.int().min(1);

export const zShowRef = z.object({ livestreamId: zId("livestream") });
export const zPersonRef = zShowRef.extend({ userId: zId("user") });
export const zSchedule = z.object({
  title: z.string().trim().min(1).max(TITLE_CHARS_MAX),
  startsAt: z.iso.datetime(),
});
export const zChangeShow = zSchedule.partial();
export const zShowQuery = zPageQuery.extend({
  state: z.enum(SHOW_STATES).optional(),
  sellerId: zId("seller").optional(),
});
export const zRole = z.object({ role: z.enum(["cohost", "moderator"]) });
export const zTicketBody = z.object({ name: z.string().trim().min(1).max(NAME_CHARS_MAX).default("Viewer") });

const zChapter = z.object({ atMs: z.number(), title: z.string(), offerId: z.string() });
export const zShow = z.object({
  id: zId("livestream"),
  sellerId: zId("seller"),
  title: z.string(),
  state: z.enum(SHOW_STATES),
  startsAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** Until when a dropped publisher may come back. */
  graceUntil: z.iso.datetime().nullable(),
  durationMs: z.number().nullable(),
  version: z.int(),
});
const zShop = z.object({ name: z.string(), slug: z.string() });
export const zListedShow = zShow.extend({ shop: zShop });
export const zShowDetail = zListedShow.extend({ rsvps: z.int() });
export const zShowPage = zPage(zListedShow);
export const zCrew = z.object({
  items: z.array(z.object({ userId: zId("user"), role: z.enum(["cohost", "moderator"]) })),
});
/** Where the camera publishes, with the key that lets it. */
export const zInput = z.object({
  rtmpUrl: z.string(),
  streamKey: z.string(),
  /** One address for an encoder that speaks SRT. */
  srtUrl: z.string().nullable(),
  /** For a browser's camera by WHIP; its picture is seen by WHEP alone, and not recorded. */
  whipUrl: z.string().nullable(),
});
export const zPlayback = z.object({
  hlsUrl: z.string(),
  dashUrl: z.string(),
  expiresAt: z.iso.datetime(),
});
export const zReplay = zPlayback.extend({ durationMs: z.number(), chapters: z.array(zChapter) });
export const zDone = z.null();

const zSeconds = (max: number) => z.int().min(1).max(max);
const MINUTES_20 = 1_200;
const HOUR = 3_600;

/** What whoever runs the show does, one thing at a time. */
export const zStage = z.discriminatedUnion("t", [
  z.object({ t: z.literal("bag"), offerIds: z.array(zId("offer")).max(BAG_MAX) }),
  z.object({ t: z.literal("pin"), offerId: zId("offer").nullable() }),
  z.object({ t: z.literal("slow"), seconds: z.int().min(0).max(300) }),
  z.object({ t: z.literal("mute"), messageSeq: zSeq, seconds: zSeconds(24 * HOUR) }),
  z.object({ t: z.literal("remove"), messageSeq: zSeq }),
  z.object({ t: z.literal("remove_message"), messageSeq: zSeq }),
  z.object({
    t: z.literal("open_poll"),
    question: z.string().trim().min(1).max(200),
    choices: z.array(z.string().trim().min(1).max(80)).min(2).max(10),
    seconds: zSeconds(HOUR),
  }),
  z.object({ t: z.literal("close_poll"), pollId: zSeq }),
  z.object({
    t: z.literal("open_giveaway"),
    title: z.string().trim().min(1).max(TITLE_CHARS_MAX),
    winners: z.int().min(1).max(100),
    seconds: zSeconds(HOUR),
  }),
  z.object({ t: z.literal("draw"), giveawayId: zSeq }),
  z.object({
    t: z.literal("open_auction"),
    offerId: zId("offer"),
    start: zMoney,
    step: zMoney,
    mode: z.enum(["regular", "sudden_death"]).default("regular"),
    seconds: zSeconds(HOUR),
    paySeconds: z.int().min(1).max(HOUR).default(300),
  }),
  z.object({
    t: z.literal("open_deal"),
    offerId: zId("offer"),
    price: zMoney,
    units: z.int().min(1).max(100_000),
    perBuyer: z.int().min(1).max(10).default(1),
    seconds: z.int().min(10).max(MINUTES_20),
  }),
  z.object({ t: z.literal("close_deal"), dealId: zSeq }),
]);
const KEY = /^[\w-]{8,64}$/;
/** The key makes a retry the same thing done once. */
export const zStageHeaders = z.object({ "idempotency-key": z.string().regex(KEY) });
export const zAwards = z.object({
  items: z.array(
    z.object({
      livestreamId: zId("livestream"),
      auctionId: z.int(),
      offerId: zId("offer"),
      saleId: zId("sale"),
      holdId: zId("hold"),
      price: zMoney,
      payBy: z.iso.datetime(),
    }),
  ),
});
export const zStaged = z.object({ seq: z.int() });

export const zEventsQuery = z.object({
  since: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(EVENTS_MAX).default(100),
});
export const zEvents = z.object({
  items: z.array(
    z.object({
      seq: z.int(),
      t: z.string(),
      /** The server's clock when it was written: the clock of the video's EXT-X-PROGRAM-DATE-TIME. */
      programDateTime: z.iso.datetime(),
      /** Where in the replay that is, once there is one. */
      replayAtMs: z.number().nullable(),
      change: z.looseObject({}),
      hash: z.string(),
    }),
  ),
});

export type ShowRef = z.output<typeof zShowRef>;
export type PersonRef = z.output<typeof zPersonRef>;
export type Schedule = z.output<typeof zSchedule>;
export type ChangeShow = ShowRef & z.output<typeof zChangeShow>;
export type ShowList = z.output<typeof zShowQuery>;
export type Stage = z.output<typeof zStage>;
export type EventsQuery = ShowRef & z.output<typeof zEventsQuery>;

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

export function toShowDto(show: Show): z.input<typeof zShow> {
  const { id, sellerId, title, state, durationMs, version } = show;
  return {
    ...{ id, sellerId, title, state, durationMs, version },
    startsAt: new Date(show.startsAt).toISOString(),
    startedAt: iso(show.startedAt),
    endedAt: iso(show.endedAt),
    graceUntil: iso(show.graceUntil),
  };
}

export const toInputDto = ({ rtmpUrl, streamKey, srtUrl, whipUrl }: z.output<typeof zInput>) => ({
  ...{ rtmpUrl, streamKey, srtUrl, whipUrl },
});
