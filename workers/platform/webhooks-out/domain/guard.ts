import { err, ok, type Result } from "#kernel/result";

/** Other ports are where internal services listen. */
const PORTS = ["", "443", "8443"];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** Names that mean something in a private network only (RFC 6761, 6762, 8375 and custom). */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|private|corp|home|lan|home\.arpa|onion)$/;

/** IPv4 networks that are not the public internet (IANA's special-purpose registry). */
const PRIVATE_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map((network) => {
  const [address = "", bits = ""] = network.split("/");
  return { from: numberOf(address), size: 2 ** (32 - Number(bits)) };
});

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The eight groups of an IPv6 address without its brackets; an IPv4 tail is two of them. */
function groupsOf(address: string): readonly number[] {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const v4 = tail ? numberOf(tail[2] ?? "") : 0;
  const text = tail
    ? `${tail[1]}${Math.floor(v4 / 65_536).toString(16)}:${(v4 % 65_536).toString(16)}`
    : address;
  const [head = "", rest] = text.split("::");
  const read = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  if (rest === undefined) return read(head);
  const [left, right] = [read(head), read(rest)];
  return [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0), ...right];
}

/** Whether an address that a name stands for is on the public internet. */
export function isPublicAddress(address: string): boolean {
  if (/^\d+(\.\d+){3}$/.test(address)) {
    const value = numberOf(address);
    return !PRIVATE_V4.some(({ from, size }) => value >= from && value < from + size);
  }
  if (!/^[\da-f:.]+$/i.test(address) || !address.includes(":")) return false;
  const [first = 0, second = 0] = groupsOf(address.toLowerCase());
  // 2000::/3 is what is routed; of it Teredo, 6to4 and documentation carry or are something else.
  const isGlobal = first >= 0x2000 && first <= 0x3fff;
  const isSpecial = (first === 0x2001 && (second < 0x0200 || second === 0x0db8)) || first === 0x2002;
  return isGlobal && !isSpecial && first !== 0x3fff;
}

type Allowed = { readonly loopback: boolean };
export type Target = { readonly href: string; readonly hostname: string; readonly isLoopback: boolean };

/** Where a webhook may go, as far as its address says; what its name stands for is asked before each try. */
export function readTarget(
  url: string,
  { loopback }: Allowed,
): Result<Target, "webhook.url_malformed" | "webhook.url_forbidden"> {
  if (!URL.canParse(url)) return err("webhook.url_malformed");
  const { protocol, hostname, port, username, password, hash, href } = new URL(url);
  if (username !== "" || password !== "" || hash !== "") return err("webhook.url_malformed");
  if (loopback && protocol === "http:" && LOOPBACK.test(hostname))
    return ok({ href, hostname, isLoopback: true });
  if (protocol !== "https:" || !PORTS.includes(port)) return err("webhook.url_forbidden");
  const name = hostname.replace(/\.$/, "");
  const literal = name.startsWith("[") ? name.slice(1, -1) : /^\d+(\.\d+){3}$/.test(name) ? name : undefined;
  const isAllowed =
    literal === undefined ? name.includes(".") && !PRIVATE_NAME.test(name) : isPublicAddress(literal);
  return isAllowed ? ok({ href, hostname: name, isLoopback: false }) : err("webhook.url_forbidden");
}
