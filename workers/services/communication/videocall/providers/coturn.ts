import { createHmac } from "node:crypto";
import type { Turn, TurnProvider } from "./port.ts";

type Coturn = Extract<Turn, { readonly kind: "coturn" }>;

/**
 * coturn with `use-auth-secret`: the user name says until when it holds, and the password is its HMAC-SHA-1
 * under the secret that server and platform share. Nobody is asked.
 * https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00
 */
export function coturn({ urls, secret }: Coturn): TurnProvider {
  return {
    async iceServers({ userId, lifetimeMs, now }) {
      const username = `${Math.floor((now + lifetimeMs) / 1_000)}:${userId}`;
      const credential = createHmac("sha1", secret).update(username).digest("base64");
      return [{ urls, username, credential }];
    },
  };
}
