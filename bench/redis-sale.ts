/**
 * What one would build instead: a Node server in front of Redis, the rules in a Lua script. Started by
 * flash-sale.ts in a process of its own, as a user would run it: node redis-sale.ts PORT REDIS_PORT
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { connect } from "node:net";
import { WebSocketServer } from "ws";

/** Window, key, limit, stock: the same rules, in the same order; 1 is a new hold, 2 the same one again. */
const SCRIPT = `
local hold = redis.call('HGET', KEYS[1], ARGV[1] .. ':' .. ARGV[2])
if hold then return 2 end
if tonumber(ARGV[3]) >= tonumber(ARGV[4]) then return -1 end
local mine = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0')
if mine + 1 > tonumber(ARGV[5]) then return -2 end
local left = tonumber(redis.call('GET', KEYS[3]) or '0')
if left < 1 then return -3 end
redis.call('DECR', KEYS[3])
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
redis.call('HSET', KEYS[1], ARGV[1] .. ':' .. ARGV[2], ARGV[6])
redis.call('ZADD', KEYS[4], ARGV[6], ARGV[1] .. ':' .. ARGV[2])
return 1`;
const SHA = createHash("sha1").update(SCRIPT).digest("hex");
const HOLD_MS = 120_000;
const PER_BUYER = 10;
const STOCK = 100_000_000;

const [port = 0, redisPort = 0] = process.argv.slice(2).map(Number);
const redis = connect({ host: "127.0.0.1", port: redisPort, noDelay: true });
const waiting: ((reply: string) => void)[] = [];
let head = 0;
let rest = "";
redis.on("data", (chunk) => {
  const lines = (rest + chunk.toString("latin1")).split("\r\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    // Only the script's load answers with a bulk string, whose text is a line of its own.
    if (line.startsWith("$")) continue;
    waiting[head]?.(line);
    head += 1;
  }
  if (head > 100_000) {
    waiting.splice(0, head);
    head = 0;
  }
});

const encode = (args: readonly string[]) =>
  `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join("")}`;

/** Commands of a turn leave in one write, as a good client does it. */
let outgoing = "";
function ask(args: readonly string[]): Promise<string> {
  if (outgoing === "") {
    queueMicrotask(() => {
      redis.write(outgoing);
      outgoing = "";
    });
  }
  outgoing += encode(args);
  return new Promise((resolve) => waiting.push(resolve));
}

async function claim(buyerId: string, key: string): Promise<boolean> {
  const now = Date.now();
  const keys = ["holds", "buyers", "left", "due"];
  const about = [buyerId, key, `${now}`, `${now + HOLD_MS}`, `${PER_BUYER}`, `${now + HOLD_MS}`];
  const reply = await ask(["EVALSHA", SHA, "4", ...keys, ...about]);
  return reply === ":1" || reply === ":2";
}

type Claim = { readonly cid: string; readonly buyerId: string };

const server = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => {
    text += chunk;
  });
  request.on("end", () => {
    const { cid, buyerId } = JSON.parse(text) as Claim;
    void claim(buyerId, cid).then((held) => {
      const body = JSON.stringify({ cid, held });
      response.writeHead(held ? 201 : 409, {
        "content-type": "application/json",
        "content-length": body.length,
      });
      response.end(body);
    });
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket) => {
  socket.on("message", (data) => {
    const { cid, buyerId } = JSON.parse(String(data)) as Claim;
    void claim(buyerId, cid).then((held) => {
      socket.send(held ? `{"t":"ack","cid":"${cid}"}` : `{"t":"error","re":"${cid}"}`);
    });
  });
});
await ask(["SCRIPT", "LOAD", SCRIPT]);
await ask(["SET", "left", String(STOCK)]);
server.listen(port, "127.0.0.1", () => process.send?.("ready"));
