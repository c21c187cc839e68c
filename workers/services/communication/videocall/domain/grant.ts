import * as z from "zod";
import { zId } from "#kernel/ids";
import type { Keys } from "#kernel/keys";
import { err, ok, type Result } from "#kernel/result";

const zGrant = z.object({
  callerId: zId("user"),
  calleeId: zId("user"),
  subject: z.object({ kind: z.enum(["order", "consultation"]), id: z.string(), sellerId: zId("seller") }),
  expiresAt: z.int(),
});
/** That one may call another about something, until then: given by the service, believed by the line. */
export type Grant = z.output<typeof zGrant>;

export function signGrant(keys: Keys, grant: Grant): string {
  const body = Buffer.from(JSON.stringify(grant)).toString("base64url");
  return `${body}.${keys.sign("call", body)}`;
}

type Asked = { readonly callerId: Grant["callerId"]; readonly now: number };

export function readGrant(
  keys: Keys,
  text: string,
  { callerId, now }: Asked,
): Result<Grant, "call.grant_invalid" | "call.grant_expired"> {
  const [body = "", signature = ""] = text.split(".", 2);
  if (!keys.verify("call", body, signature)) return err("call.grant_invalid");
  const grant = zGrant.parse(JSON.parse(Buffer.from(body, "base64url").toString()));
  if (grant.callerId !== callerId) return err("call.grant_invalid");
  return grant.expiresAt <= now ? err("call.grant_expired") : ok(grant);
}
