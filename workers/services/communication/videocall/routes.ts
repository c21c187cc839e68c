import { defineRoute, newApp } from "#kernel/app";
import { zPage, zPageQuery } from "#kernel/page";
import { buyer, seller } from "#kernel/policy";
import { zTicketAnswer } from "#kernel/ticket";
import {
  acceptConsultation,
  askConsultation,
  cancelConsultation,
  giveIceServers,
  giveLineTicket,
  grantCall,
} from "./commands.ts";
import { listCalls, listConsultations, toConsultationDto } from "./queries.ts";
import {
  zAs,
  zAskConsultation,
  zCall,
  zConsultation,
  zConsultationList,
  zConsultationRef,
  zGrant,
  zIceServers,
  zWantGrant,
} from "./schemas.ts";

const CONSULTATION_ID = "cst_01jd8zt4w8h5vc6q1m9a2r7sxy";

export const app = newApp("/v1/calls")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "List one's own calls, newest first.",
      policy: buyer,
      request: { query: zPageQuery },
      responses: { 200: zPage(zCall) },
      example: { limit: 20 },
    }),
    (ctx, input) => listCalls(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/tickets",
      summary: "Enter one's own line, on which one is called and calls.",
      policy: buyer,
      request: {},
      responses: { 201: zTicketAnswer },
      example: {},
    }),
    async (ctx) => giveLineTicket(ctx),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/grants",
      summary: "Be allowed to call somebody: the buyer of an order of one's shop, or at an agreed time.",
      policy: buyer,
      request: { body: zWantGrant },
      responses: { 201: zGrant },
      example: { consultationId: CONSULTATION_ID },
    }),
    (ctx, input) => grantCall(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/ice-servers",
      summary: "Read the relays to call through, with credentials that end by themselves.",
      policy: buyer,
      request: {},
      responses: { 200: zIceServers },
      example: {},
    }),
    (ctx) => giveIceServers(ctx),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/consultations",
      summary: "Ask a shop for a talk at a time.",
      policy: buyer,
      request: { body: zAskConsultation },
      responses: { 201: zConsultation },
      idempotency: "required",
      example: {
        sellerId: "slr_01jd8zt4w8h5vc6q1m9a2r7sxy",
        startsAt: "2036-11-23T08:00:00Z",
        minutes: 30,
      },
    }),
    async (ctx, input) => toConsultationDto(await askConsultation(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/consultations",
      summary: "List one's own consultations, or the shop's.",
      policy: buyer,
      request: { query: zConsultationList },
      responses: { 200: zPage(zConsultation) },
      example: { limit: 20 },
    }),
    (ctx, input) => listConsultations(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/consultations/{consultationId}/accept",
      summary: "Agree to a consultation as the one of the shop who will be there.",
      policy: seller("order:write"),
      request: { params: zConsultationRef },
      responses: { 200: zConsultation },
      idempotency: "required",
      example: { consultationId: CONSULTATION_ID },
    }),
    async (ctx, input) => toConsultationDto(await acceptConsultation(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/consultations/{consultationId}/cancel",
      summary: "Cancel a consultation, as the buyer or as the shop.",
      policy: buyer,
      request: { params: zConsultationRef, query: zAs },
      responses: { 200: zConsultation },
      idempotency: "required",
      example: { consultationId: CONSULTATION_ID },
    }),
    async (ctx, input) => toConsultationDto(await cancelConsultation(ctx, input)),
  );
