import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import { open } from "#kernel/policy";
import { publicKeys } from "#kernel/token";

/** Far below the day that a new key is published before it signs: nobody meets a key unknown to them. */
const KEYS_CACHED_SECONDS = 300;

const zJwks = z.object({
  keys: z.array(
    z.object({
      kty: z.string(),
      crv: z.string(),
      kid: z.string(),
      x: z.string(),
      alg: z.string(),
      use: z.string(),
    }),
  ),
});

export const app = newApp("/.well-known").route(
  defineRoute({
    method: "get",
    path: "/jwks.json",
    summary: "Public halves of the keys that access tokens are signed with (RFC 7517).",
    policy: open,
    request: {},
    responses: { 200: zJwks },
    example: {},
  }),
  async (ctx) =>
    new Reply(zJwks.parse(publicKeys(ctx.env)), {
      headers: { "cache-control": `public, max-age=${KEYS_CACHED_SECONDS}` },
    }),
);
