import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

const PACKED = /^(text\/|application\/(javascript|json|manifest)|image\/svg)/;
/** What only holds between two neighbours. */
const OWN = new Set(["connection", "content-length", "content-encoding", "transfer-encoding", "keep-alive"]);

/** Cloudflare's edge packs what it sends; the local runtime does not, so this stands in front of it. */
export async function openEdge(origin: string) {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const headers = Object.entries(request.headers).filter(([name]) => !OWN.has(name) && name !== "host");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
    const found = await fetch(origin + (request.url ?? "/"), {
      method: request.method ?? "GET",
      redirect: "manual",
      headers: Object.fromEntries(headers) as Record<string, string>,
      ...body,
    });
    const bytes = Buffer.from(await found.arrayBuffer());
    const isPacked = PACKED.test(found.headers.get("content-type") ?? "");
    const kept = [...found.headers].filter(([name]) => !OWN.has(name));
    response.writeHead(found.status, [
      ...kept.flat(),
      ...(isPacked ? ["content-encoding", "gzip", "vary", "accept-encoding"] : []),
    ]);
    response.end(isPacked ? gzipSync(bytes) : bytes);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(502).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://localhost:${port}`, close };
}
