import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { zPage, zPageQuery } from "#kernel/page";
import { buyer, open } from "#kernel/policy";
import { addAddress, eraseMe, giveConsent, patchMe, removeAddress, replaceAddress } from "./commands.ts";
import {
  type ErasureProof,
  type Exporters,
  exportMe,
  getAddress,
  getMe,
  listAddresses,
  listConsents,
  proofPath,
  readProof,
} from "./queries.ts";
import {
  toAddressDto,
  toConsentDto,
  toErasureDto,
  toProfileDto,
  zAddresses,
  zAddressRef,
  zConsent,
  zErasure,
  zErasureRef,
  zExport,
  zGiveConsent,
  zPatchProfile,
  zProfile,
  zProofQuery,
  zPutAddress,
  zSavedAddress,
} from "./schemas.ts";

const ADDRESS = {
  recipient: "Siti Rahma",
  phone: "+6281234567890",
  country: "ID",
  region: "DKI Jakarta",
  city: "Jakarta Selatan",
  district: "Kebayoran Baru",
  village: "Senayan",
  postalCode: "12190",
  line1: "Jalan Asia Afrika 8",
};
const ADDRESS_ID = "adr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const USER_ID = "usr_01jd8zt4w8h5vc6q1m9a2r7sxy";

const toErasure = (ctx: Ctx, { erasure, steps }: ErasureProof) =>
  toErasureDto(erasure, steps, proofPath(ctx, erasure.userId));

export const app = newApp("/v1/users")
  .route(
    defineRoute({
      method: "get",
      path: "/me",
      summary: "Your profile and preferences.",
      policy: buyer,
      request: {},
      responses: { 200: zProfile },
      example: {},
    }),
    async (ctx) => toProfileDto(await getMe(ctx), ctx.market),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/me",
      summary: "Change your profile or preferences; what is left out stays.",
      policy: buyer,
      request: { body: zPatchProfile },
      responses: { 200: zProfile },
      concurrency: "if-match",
      example: { name: "Siti Rahma", locale: "id", notifications: { marketing: { email: false } } },
    }),
    async (ctx, input) => toProfileDto(await patchMe(ctx, input), ctx.market),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/me/addresses",
      summary: "Your addresses, the newest first.",
      policy: buyer,
      request: {},
      responses: { 200: zAddresses },
      example: {},
    }),
    async (ctx) => ({ items: (await listAddresses(ctx)).map(toAddressDto), nextCursor: null }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/me/addresses",
      summary: "Add an address; the first one is the default for shipping and billing.",
      policy: buyer,
      request: { body: zPutAddress },
      responses: { 201: zSavedAddress },
      example: ADDRESS,
    }),
    async (ctx, input) => toAddressDto(await addAddress(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/me/addresses/{addressId}",
      summary: "One of your addresses.",
      policy: buyer,
      request: { params: zAddressRef },
      responses: { 200: zSavedAddress },
      example: { addressId: ADDRESS_ID },
    }),
    async (ctx, input) => toAddressDto(await getAddress(ctx, input)),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/me/addresses/{addressId}",
      summary: "Replace an address; a default stays one until another takes its place.",
      policy: buyer,
      request: { params: zAddressRef, body: zPutAddress },
      responses: { 200: zSavedAddress },
      concurrency: "if-match",
      example: { addressId: ADDRESS_ID, ...ADDRESS },
    }),
    async (ctx, input) => toAddressDto(await replaceAddress(ctx, input)),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/me/addresses/{addressId}",
      summary: "Remove an address; the newest one left takes its place as a default.",
      policy: buyer,
      request: { params: zAddressRef },
      responses: { 204: z.null() },
      example: { addressId: ADDRESS_ID },
    }),
    removeAddress,
  )
  .route(
    defineRoute({
      method: "get",
      path: "/me/consents",
      summary: "Everything you agreed or did not agree to, the newest first.",
      policy: buyer,
      request: { query: zPageQuery },
      responses: { 200: zPage(zConsent) },
      example: { limit: 20 },
    }),
    listConsents,
  )
  .route(
    defineRoute({
      method: "post",
      path: "/me/consents",
      summary: "Agree to something, or take it back: a new row of the ledger either way.",
      policy: buyer,
      request: { body: zGiveConsent },
      responses: { 201: zConsent },
      example: { purpose: "marketing", version: "2026-11", granted: false },
    }),
    async (ctx, input) => toConsentDto(await giveConsent(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/me/erasure",
      summary: "Erase your account; orders and invoices stay as long as the law asks.",
      policy: buyer,
      request: {},
      responses: { 202: zErasure },
      example: {},
    }),
    async (ctx) => toErasure(ctx, await eraseMe(ctx)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/erasures/{userId}",
      summary: "Proof of an erasure by its signed link: what became of each store.",
      policy: open,
      request: { params: zErasureRef, query: zProofQuery },
      responses: { 200: zErasure },
      example: { userId: USER_ID, signature: "x" },
    }),
    async (ctx, input) => toErasure(ctx, await readProof(ctx, input)),
  );

/** Only the composition above the services knows them all, so it hands in who exports what. */
export const withExport = (users: typeof app, exporters: Exporters) =>
  users.route(
    defineRoute({
      method: "get",
      path: "/me/export",
      summary: "Everything the platform holds about you, as JSON.",
      policy: buyer,
      request: {},
      responses: { 200: zExport },
      example: {},
    }),
    async (ctx) =>
      new Reply(await exportMe(ctx, exporters), {
        headers: { "content-disposition": 'attachment; filename="my-data.json"' },
      }),
  );
