import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { cloudflare } from "#services/communication/videocall/providers/cloudflare";
import { coturn } from "#services/communication/videocall/providers/coturn";
import { TurnSilent } from "#services/communication/videocall/providers/port";

const NOW = Date.UTC(2026, 10, 23, 8);
const WANTED = { userId: "usr_a", lifetimeMs: 3_600_000, now: NOW };

type Asked = {
  readonly method?: string;
  readonly url?: string;
  readonly key?: string;
  readonly body: string;
};

/** Answers as developers.cloudflare.com/realtime/turn/generate-credentials says, and keeps what was asked. */
async function relay(status: number, answer: unknown) {
  const asked: Asked[] = [];
  const serve = async (request: IncomingMessage) => {
    const { method = "", url = "", headers } = request;
    asked.push({ method, url, key: headers.authorization ?? "", body: await text(request) });
  };
  const server = createServer((request, response) => {
    void serve(request).then(() => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const apiUrl = `http://127.0.0.1:${port}`;
  return { asked, turn: cloudflare({ kind: "cloudflare", apiUrl, keyId: "key-1", apiToken: "token-1" }) };
}

const CREATED = {
  iceServers: [
    { urls: ["stun:stun.cloudflare.com:3478", "stun:stun.cloudflare.com:53"] },
    {
      urls: [
        "turn:turn.cloudflare.com:3478?transport=udp",
        "turn:turn.cloudflare.com:53?transport=udp",
        "turns:turn.cloudflare.com:443?transport=tcp",
      ],
      username: "user",
      credential: "password",
    },
  ],
};

test("Cloudflare is asked by key and token, and browsers get what they can use", async () => {
  const { asked, turn } = await relay(201, CREATED);
  expect(await turn.iceServers(WANTED)).toEqual([
    { urls: ["stun:stun.cloudflare.com:3478"] },
    {
      urls: ["turn:turn.cloudflare.com:3478?transport=udp", "turns:turn.cloudflare.com:443?transport=tcp"],
      username: "user",
      credential: "password",
    },
  ]);
  expect(asked).toEqual([
    {
      method: "POST",
      url: "/v1/turn/keys/key-1/credentials/generate-ice-servers",
      key: "Bearer token-1",
      body: '{"ttl":3600}',
    },
  ]);
});

test.each([
  ["a wrong key", 401, { errors: [{ message: "Unauthorized" }] }],
  ["another shape", 201, { iceServers: [] }],
  ["a failure", 500, {}],
])("Cloudflare's answer to %s is no answer", async (_, status, answer) => {
  const { turn } = await relay(status, answer);
  await expect(turn.iceServers(WANTED)).rejects.toBeInstanceOf(TurnSilent);
});

test("coturn takes a name that ends with time, and its HMAC-SHA-1 in base 64", async () => {
  const secret = "north-of-the-river-16";
  const urls = ["turn:turn.example:3478?transport=udp", "turns:turn.example:5349"];
  const [server] = await coturn({ kind: "coturn", urls, secret }).iceServers(WANTED);
  const [until, userId] = server?.username?.split(":") ?? [];
  expect([Number(until), userId]).toEqual([NOW / 1_000 + 3_600, "usr_a"]);
  const proof = createHmac("sha1", secret).update(`${until}:usr_a`).digest();
  expect(Buffer.from(server?.credential ?? "", "base64").equals(proof)).toBe(true);
  expect(server?.urls).toEqual(urls);
});
