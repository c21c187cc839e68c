import { HOUR_MS } from "#kernel/clock";
import type { Buyer } from "./buyer-page.ts";
import type { Client } from "./http-client.ts";

type Claims = { readonly sub: string };

/** Whose token this is. */
export function subjectOf({ token = "" }: Client): string {
  const [, claims = ""] = token.split(".");
  return (JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as Claims).sub;
}

/** A window of somebody who signed in before: he has a token signed with the platform's own key. */
export async function remember({ context }: Pick<Buyer, "context">, client: Client): Promise<void> {
  const userId = subjectOf(client);
  // An empty page has no storage.
  const keep = `localStorage.setItem("titan.signed-in.${client.market}", "${userId}")`;
  await context.addInitScript(`if (location.protocol.startsWith("http")) ${keep}`);
  const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
  const session = { status: "signed_in", userId, accessToken: client.token, expiresAt };
  await context.route("**/v1/auth/refresh", (route) => route.fulfill({ json: session }));
}
