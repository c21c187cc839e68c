import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Endpoint, json, listen, parseJson } from "../endpoints.ts";
import { serveEngine } from "../engine-child.ts";
import { firstKey, streamApi } from "./api.ts";
import { playback } from "./playback.ts";
import { listenRtmp } from "./rtmp.ts";
import { Studio } from "./studio.ts";
import { keyAnswer } from "./tokens.ts";

export interface StreamOptions {
  dataDir: string;
  host?: string;
  /** API and playback; 0 takes a free one. */
  port?: number;
  rtmpPort: number;
  accountId: string;
  apiToken: string;
  /** Without it the API answers and nobody can publish. */
  ffmpeg?: string;
  /** The subscription of videos' webhooks, as PUT /stream/webhook would set it. */
  webhook?: { url: string; secret: string };
  alerts?: { url: string; secret: string };
  retryScale?: number;
}

export async function startStream(options: StreamOptions) {
  mkdirSync(options.dataDir, { recursive: true });
  const host = options.host ?? "127.0.0.1";
  const { dataDir, ffmpeg, alerts, webhook, retryScale = 1 } = options;
  const playbackUrl = `http://${host}:${options.port}`;
  const rtmpUrl = `rtmp://${host}:${options.rtmpPort}`;
  const studio = new Studio({ dataDir, ffmpeg, rtmpUrl, playbackUrl, alerts, retryScale });
  if (webhook) {
    const { url: notificationUrl, secret } = webhook;
    studio.library.put("webhook", "one", { notificationUrl, secret, modified: new Date().toISOString() });
  }
  const endpoints = [...streamApi(studio, options), ...sandboxApi(studio), ...playback(studio)];
  const web = await listen(endpoints, { host, port: options.port ?? 0 });
  const rtmp = await listenRtmp({
    dataDir,
    host,
    port: options.rtmpPort,
    admits: (key) => studio.admits(key),
    published: (publisher) => studio.published(publisher),
  });
  studio.resume();
  const { id, jwk } = keyAnswer(firstKey(studio));
  return {
    url: web.url,
    facts: { url: web.url, rtmpUrl, signingKeyId: id, signingJwk: jwk },
    close: async () => {
      await rtmp.stop();
      await web.close();
      await studio.close();
    },
  };
}

/** The sandbox's own: what was sent, once more, and how often from now on. Nothing of it is Cloudflare's. */
function sandboxApi(studio: Studio): Endpoint[] {
  const deliveries = () => studio.library.list("delivery");
  return [
    { method: "GET", path: "/sandbox/deliveries", handler: () => json(200, { items: deliveries() }) },
    {
      method: "POST",
      path: "/sandbox/faults",
      handler: ({ body }) => {
        const { copies } = parseJson(body) as { copies?: number };
        studio.notices.copies = Math.min(10, Math.max(1, copies ?? 1));
        return json(200, { copies: studio.notices.copies });
      },
    },
    {
      method: "POST",
      path: "/sandbox/inputs/{input}/drop",
      handler: ({ params }) => {
        studio.cut(params.input ?? "");
        return json(200, { dropped: params.input });
      },
    },
  ];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await serveEngine(async (options: StreamOptions) => {
    const { facts, close } = await startStream(options);
    return { report: { facts }, stop: close };
  });
}
