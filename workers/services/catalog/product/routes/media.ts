import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import { open } from "#kernel/policy";
import { openMedia } from "../queries/media.ts";
import { zMediaHeaders, zMediaKey } from "../schemas/media.ts";

export const app = newApp("/v1/media").route(
  defineRoute({
    method: "get",
    path: "/{key}",
    summary: "The bytes of a picture or video, for ever the same under its key.",
    policy: open,
    request: { params: zMediaKey, headers: zMediaHeaders },
    responses: { 200: z.string() },
    example: { key: "id-med_01jd8zt4w8h5vc6q1m9a2r7sxy.jpg" },
  }),
  async (ctx, { key, headers }) => {
    const asked = { key, ifNoneMatch: headers["if-none-match"], range: headers.range };
    const { body, status, headers: answered } = await openMedia(ctx, asked);
    return new Reply<string>(body, { status, headers: answered });
  },
);
