import { defineRoute, newApp } from "#kernel/app";
import { anyOf, buyer, guest, open, seller } from "#kernel/policy";
import { zTicketAnswer } from "#kernel/ticket";
import { enterShow } from "./commands/enter.ts";
import * as plans from "./commands/schedule.ts";
import { direct } from "./commands/stage.ts";
import { endShow, openInput, replaceInput } from "./commands/video.ts";
import { listAwards } from "./queries/awards.ts";
import { listEvents } from "./queries/events.ts";
import * as shows from "./queries/shows.ts";
import * as s from "./schemas.ts";

const host = seller("offer:write");
const watcher = anyOf(guest, buyer);
const livestreamId = "lvs_01jd8zt4w8h5vc6q1m9a2r7sxy";
const userId = "usr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const ref = { params: s.zShowRef };
const example = { livestreamId };
const startsAt = "2030-01-01T12:00:00.000Z";

export const app = newApp("/v1/livestreams")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "List shows, the newest first.",
      policy: open,
      request: { query: s.zShowQuery },
      responses: { 200: s.zShowPage },
      example: { state: "live" },
    }),
    shows.listShows,
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Schedule a show of one's shop.",
      policy: host,
      request: { body: s.zSchedule },
      responses: { 201: s.zShow },
      idempotency: "required",
      example: { title: "Friday coffee", startsAt },
    }),
    async (ctx, input) => s.toShowDto(await plans.scheduleShow(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/awards",
      summary: "List what one has won in auctions and may buy now.",
      policy: buyer,
      request: {},
      responses: { 200: s.zAwards },
      example: {},
    }),
    listAwards,
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{livestreamId}",
      summary: "Show a show.",
      policy: open,
      request: ref,
      responses: { 200: s.zShowDetail },
      example,
    }),
    shows.showShow,
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{livestreamId}",
      summary: "Change the title or the time of a show that has not begun.",
      policy: host,
      request: { ...ref, body: s.zChangeShow },
      responses: { 200: s.zShow },
      example: { livestreamId, title: "Saturday coffee" },
    }),
    async (ctx, input) => s.toShowDto(await plans.changeShow(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{livestreamId}/cancel",
      summary: "Cancel a show that has not begun.",
      policy: host,
      request: ref,
      responses: { 200: s.zShow },
      example,
    }),
    async (ctx, input) => s.toShowDto(await plans.cancelShow(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{livestreamId}/rsvp",
      summary: "Ask to be told when the show begins.",
      policy: buyer,
      request: ref,
      responses: { 204: s.zDone },
      example,
    }),
    plans.rsvp,
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{livestreamId}/rsvp",
      summary: "Ask no longer to be told.",
      policy: buyer,
      request: ref,
      responses: { 204: s.zDone },
      example,
    }),
    plans.forgetRsvp,
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{livestreamId}/crew",
      summary: "List the show's co-hosts and moderators.",
      policy: host,
      request: ref,
      responses: { 200: s.zCrew },
      example,
    }),
    shows.listCrew,
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{livestreamId}/crew/{userId}",
      summary: "Make somebody a co-host or a moderator.",
      policy: host,
      request: { params: s.zPersonRef, body: s.zRole },
      responses: { 204: s.zDone },
      example: { livestreamId, userId, role: "moderator" },
    }),
    plans.nameCrew,
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{livestreamId}/crew/{userId}",
      summary: "Take somebody out of the crew.",
      policy: host,
      request: { params: s.zPersonRef },
      responses: { 204: s.zDone },
      example: { livestreamId, userId },
    }),
    plans.dropCrew,
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{livestreamId}/input",
      summary: "Where the camera publishes, and the key that lets it.",
      policy: host,
      request: ref,
      responses: { 200: s.zInput },
      example,
    }),
    async (ctx, input) => s.toInputDto(await openInput(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{livestreamId}/input/rotate",
      summary: "Take a new address and key; the old ones are worth nothing any more.",
      policy: host,
      request: ref,
      responses: { 200: s.zInput },
      example,
    }),
    async (ctx, input) => s.toInputDto(await replaceInput(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{livestreamId}/tickets",
      summary: "Take a ticket to the show's room.",
      policy: watcher,
      request: { ...ref, body: s.zTicketBody },
      responses: { 200: zTicketAnswer },
      example: { livestreamId, name: "Ani" },
    }),
    enterShow,
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{livestreamId}/stage",
      summary: "Run the show: bag, pin, polls, giveaways, auctions, deals and order in the chat.",
      policy: buyer,
      request: { ...ref, headers: s.zStageHeaders, body: s.zStage },
      responses: { 200: s.zStaged },
      example: { livestreamId, t: "pin", offerId: null },
    }),
    async (ctx, { livestreamId, headers, ...stage }) =>
      direct(ctx, { livestreamId, stage: stage as s.Stage, key: headers["idempotency-key"] }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{livestreamId}/end",
      summary: "End the show.",
      policy: host,
      request: ref,
      responses: { 200: s.zShow },
      example,
    }),
    async (ctx, input) => s.toShowDto(await endShow(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{livestreamId}/playback",
      summary: "Signed addresses of the picture that is on air.",
      policy: watcher,
      request: ref,
      responses: { 200: s.zPlayback },
      example,
    }),
    shows.watchShow,
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{livestreamId}/replay",
      summary: "Signed addresses of the recording, with a chapter for each product.",
      policy: watcher,
      request: ref,
      responses: { 200: s.zReplay },
      example,
    }),
    shows.watchReplay,
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{livestreamId}/events",
      summary: "The room's log: each event at its instant of the picture, chained by hash.",
      policy: host,
      request: { ...ref, query: s.zEventsQuery },
      responses: { 200: s.zEvents },
      example: { livestreamId, since: 0 },
    }),
    listEvents,
  );
