import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import { open } from "#kernel/policy";
import { openCopy } from "../queries/copies.ts";
import { openMedia } from "../queries/media.ts";
import { zMediaHeaders, zMediaKey, zMediaSize } from "../schemas/media.ts";

export const app = newApp("/v1/media").route(
  defineRoute({
    method: "get",
    path: "/{key}",
    summary: "The bytes of a picture or video, or a picture's smaller copy; for ever the same under its key.",
    policy: open,
    request: { params: zMediaKey, query: zMediaSize, headers: zMediaHeaders },
    responses: { 200: z.string() },
    example: { key: "id-med_01jd8zt4w8h5vc6q1m9a2r7sxy.jpg" },
  }),
  async (ctx, { key, width, headers }) => {
    const asked = { key, ifNoneMatch: headers["if-none-match"], range: headers.range };
    const sized = { key, width, accept: headers.accept ?? "", ifNoneMatch: asked.ifNoneMatch };
    const found = width === undefined ? openMedia(ctx, asked) : openCopy(ctx, { ...sized, width });
    const { body, status, headers: answered } = await found;
    return new Reply<string>(body, { status, headers: answered });
  },
);
