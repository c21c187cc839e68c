import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serveEngine } from "../../local/engine-child.ts";

type Seen = {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** What a test wants to happen, one word a request and the last for all that follow; the path says it. */
async function behave(word: string, response: ServerResponse): Promise<void> {
  const [verb = "", value = ""] = word.split("-");
  if (verb === "hang") return;
  if (verb === "drop") {
    response.destroy();
    return;
  }
  if (verb === "redirect") {
    response.writeHead(302, { location: "/r/elsewhere/200" }).end();
    return;
  }
  if (verb === "late") await sleep(Number(value));
  if (verb === "stall") {
    // The status comes, and of the answer only a beginning.
    response.writeHead(200).write("started");
    return;
  }
  const status = verb === "late" ? 200 : Number(verb);
  response.writeHead(status).end(value === "long" ? "x".repeat(5_000) : `answered ${status}`);
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

/**
 * A stranger's server: `/r/{name}/{words}` takes webhooks and behaves as the words say, `/seen/{name}` lists
 * what came, and `/dns-query` resolves names that say their address (`10-0-0-1.example.com`).
 */
async function start({ port }: { readonly port: number }) {
  const seen = new Map<string, Seen[]>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://receiver");
    const [, kind, name = "", words = ""] = url.pathname.split("/");
    if (kind === "seen") {
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify(seen.get(name) ?? []));
      return;
    }
    if (kind === "dns-query") {
      const data = (url.searchParams.get("name") ?? "").split(".")[0]?.replaceAll("-", ".") ?? "";
      const isKnown = /^\d+(\.\d+){3}$/.test(data) && url.searchParams.get("type") === "A";
      const records = isKnown ? [{ type: 1, data }] : [];
      response.writeHead(200).end(JSON.stringify({ Status: 0, Answer: records }));
      return;
    }
    const past = seen.get(name) ?? [];
    const plan = words.split(",");
    const word = plan[Math.min(past.length, plan.length - 1)] ?? "200";
    seen.set(name, [...past, { headers: request.headers, body: await readBody(request) }]);
    await behave(word, response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  // A server that listens on a TCP port always has an address of this form.
  const { port: open } = server.address() as AddressInfo;
  return { report: { facts: { url: `http://127.0.0.1:${open}` } }, stop };
}

await serveEngine(start);
