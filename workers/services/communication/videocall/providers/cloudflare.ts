import * as z from "zod";
import { type IceServer, type Turn, type TurnProvider, TurnSilent } from "./port.ts";

/** Whoever wants to call waits for it. */
const CALL_TIMEOUT_MS = 4_000;

const zServer = z.looseObject({
  urls: z.union([z.string(), z.array(z.string())]),
  username: z.string().optional(),
  credential: z.string().optional(),
});
const zAnswer = z.looseObject({ iceServers: z.array(zServer).min(1) });

/** Browsers block this port, and then wait for it until they give up. */
const isBlocked = (url: string): boolean => /:53(\?|$)/.test(url);

type Cloudflare = Extract<Turn, { readonly kind: "cloudflare" }>;

/** https://developers.cloudflare.com/realtime/turn/generate-credentials/ */
export function cloudflare({ apiUrl, keyId, apiToken }: Cloudflare): TurnProvider {
  return {
    async iceServers({ lifetimeMs }) {
      const url = new URL(
        `/v1/turn/keys/${encodeURIComponent(keyId)}/credentials/generate-ice-servers`,
        apiUrl,
      );
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
          body: JSON.stringify({ ttl: Math.ceil(lifetimeMs / 1_000) }),
          signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
        });
        const body: unknown = await response.json();
        const parsed = zAnswer.safeParse(body);
        if (!response.ok || !parsed.success) throw new TurnSilent(`answered ${response.status}`);
        return parsed.data.iceServers.map(toServer).filter(({ urls }) => urls.length > 0);
      } catch (error) {
        if (error instanceof TurnSilent) throw error;
        throw new TurnSilent(error instanceof Error ? error.name : "no answer");
      }
    },
  };
}

function toServer({ urls, username, credential }: z.output<typeof zServer>): IceServer {
  const usable = (typeof urls === "string" ? [urls] : urls).filter((url) => !isBlocked(url));
  return { urls: usable, ...(username && { username }), ...(credential && { credential }) };
}
