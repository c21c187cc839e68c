import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePorts } from "../../local/processes.ts";
import { type Engine, superviseEngine } from "../../local/supervisor.ts";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const API_TOKEN = "stream-token-of-tests";
const WEBHOOK_SECRET = "85011ed3a913c6ad5f9cf6c5573cc0a7";
export const ALERT_SECRET = "alert-secret-of-tests";

// biome-ignore lint/suspicious/noExplicitAny: a test reads the answer it knows, field by field.
export type Json = any;
export type Heard = { readonly headers: IncomingHttpHeaders; readonly body: string; readonly json: Json };

/** Takes webhooks and keeps them. */
async function listener() {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      heard.push({ headers: request.headers, body, json: JSON.parse(body) });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { heard, url: `http://127.0.0.1:${port}/` };
}

/** The sandbox in a process of its own, as `npm start` runs it. */
export async function streamSandbox(ffmpeg: string | undefined) {
  const dataDir = mkdtempSync(join(tmpdir(), "stream-"));
  const { heard, url: hook } = await listener();
  const [port = 0, rtmpPort = 0] = await freePorts(2);
  const options = {
    ...{ dataDir, port, rtmpPort, accountId: ACCOUNT, apiToken: API_TOKEN, ffmpeg, retryScale: 0.01 },
    webhook: { url: hook, secret: WEBHOOK_SECRET },
    alerts: { url: hook, secret: ALERT_SECRET },
  };
  const engine = await superviseEngine({
    name: "stream",
    entry: new URL("../../local/stream/main.ts", import.meta.url),
    args: [JSON.stringify(options)],
  });
  onTestFinished(async () => {
    await engine.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { engine, heard, url: `http://127.0.0.1:${port}`, ...apiOf(`http://127.0.0.1:${port}`) };
}
export type StreamSandbox = Awaited<ReturnType<typeof streamSandbox>> & { engine: Engine };

function apiOf(url: string) {
  const call = async (method: string, path: string, body?: object, token = API_TOKEN): Promise<Json> => {
    const response = await fetch(`${url}/client/v4/accounts/${ACCOUNT}/stream${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
  return { call };
}

/** A camera: ffmpeg publishes a test picture and a tone by RTMP. */
export function publish(
  ffmpeg: string,
  { url, streamKey }: { url: string; streamKey: string },
): ChildProcess {
  const picture = [
    "-f",
    "lavfi",
    "-i",
    "testsrc=size=320x180:rate=15",
    "-f",
    "lavfi",
    "-i",
    "sine=frequency=440",
  ];
  const video = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-tune",
    "zerolatency",
    "-g",
    "30",
    "-pix_fmt",
    "yuv420p",
  ];
  const args = ["-nostdin", "-loglevel", "error", "-re", ...picture, ...video, "-c:a", "aac", "-f", "flv"];
  const camera = spawn(ffmpeg, [...args, `${url}${streamKey}`], { stdio: "ignore" });
  onTestFinished(() => {
    camera.kill("SIGKILL");
  });
  return camera;
}

export function isSigned({ headers, body }: Heard): boolean {
  const [, time, given] = /^time=(\d+),sig1=([0-9a-f]{64})$/.exec(String(headers["webhook-signature"])) ?? [];
  const digest = createHmac("sha256", WEBHOOK_SECRET).update(`${time}.${body}`).digest("hex");
  return given === digest;
}

const EVENTUALLY_MS = 25_000;

export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + EVENTUALLY_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`expected ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
