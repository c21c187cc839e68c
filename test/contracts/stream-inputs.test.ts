import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { cloudflareStream } from "#services/communication/livestream/providers/cloudflare-stream";
import type { Desk } from "#services/communication/livestream/providers/port";

const RTMPS = { url: "rtmps://live.cloudflare.com:443/live/", streamKey: "the-key" };

/** Answers a live input as developers.cloudflare.com/api/resources/stream/subresources/live_inputs says. */
async function account(spoken: object) {
  const result = { uid: "f256e6ea9341d51eea64c9454659e576", rtmps: RTMPS, ...spoken };
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ success: true, errors: [], messages: [], result }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stream = { accountId: "a", apiToken: "t", apiUrl, playbackUrl: apiUrl };
  return cloudflareStream({ cell: "id", config: { stream } } as unknown as Desk);
}

test("an input is published to by RTMPS, SRT and WHIP, as the account answers", async () => {
  const stream = await account({
    srt: { url: "srt://live.cloudflare.com:778", streamId: "stream 1", passphrase: "p&ss" },
    webRTC: { url: "https://customer-x.cloudflarestream.com/secret/webRTC/publish" },
  });
  expect(await stream.createInput({ name: "show", timeoutSeconds: 5 })).toEqual({
    uid: "f256e6ea9341d51eea64c9454659e576",
    rtmpUrl: RTMPS.url,
    streamKey: RTMPS.streamKey,
    srtUrl: "srt://live.cloudflare.com:778?streamid=stream+1&passphrase=p%26ss",
    whipUrl: "https://customer-x.cloudflarestream.com/secret/webRTC/publish",
  });
});

test("an account that speaks RTMPS alone has no other address", async () => {
  const input = await (await account({})).readInput("f256e6ea9341d51eea64c9454659e576");
  expect(input).toMatchObject({ streamKey: "the-key", srtUrl: null, whipUrl: null });
});
