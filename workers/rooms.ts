import { type Actor, ANONYMOUS, actorKey } from "#kernel/actor";
import { type Cell, type CellConfig, findCell } from "#kernel/cell";
import { defineErrors, fail as failAnywhere } from "#kernel/errors";
import { openKeys } from "#kernel/keys";
import { type Limit, limitRate } from "#kernel/limits";
import type { Opening } from "#kernel/open-ctx";
import { CLAIMS_HEADER, type Ticket, verifyTicket } from "#kernel/ticket";
import { enterRoom, isRoomNoun } from "#objects/stubs";
import { SUBPROTOCOL } from "#party/protocol/wire";
import { corsHeaders } from "./headers.ts";

const fail = defineErrors({
  "room.not_found": { kind: "missing", en: "No such room.", id: "Ruang tidak ditemukan." },
  "room.no_upgrade": {
    kind: "invalid",
    en: "This address takes WebSockets only.",
    id: "Alamat ini hanya menerima WebSocket.",
  },
  "room.origin_refused": {
    kind: "forbidden",
    en: "Pages of this origin may not enter.",
    id: "Halaman dari asal ini tidak boleh masuk.",
  },
  "room.ticket_missing": {
    kind: "unauthenticated",
    en: "A ticket is needed to enter.",
    id: "Perlu tiket untuk masuk.",
  },
  "room.ticket_invalid": {
    kind: "unauthenticated",
    en: "This is no ticket of ours.",
    id: "Tiket ini tidak sah.",
  },
  "room.ticket_expired": {
    kind: "unauthenticated",
    en: "The ticket has expired. Ask for a new one.",
    id: "Tiket sudah kedaluwarsa. Minta yang baru.",
  },
  "room.ticket_elsewhere": {
    kind: "forbidden",
    en: "The ticket is for another room.",
    id: "Tiket ini untuk ruang lain.",
  },
  "room.ticket_of_another": {
    kind: "forbidden",
    en: "The ticket is another person's.",
    id: "Tiket ini milik orang lain.",
  },
});

type Found = { readonly cell: Cell; readonly config: CellConfig };
type Base = Omit<Opening, "cell" | "actor">;
export type Visit = {
  readonly request: Request;
  readonly hostname: string;
  readonly path: string;
  /** Who the bearer token names, where one is sent beside the ticket. */
  readonly identify: (found: Found) => Promise<Actor>;
  readonly refuseMore: (limit: Limit) => Response;
};

/** `/v1/rooms/{noun}/{id}`: everything is checked here, so that a bad ticket wakes no room. */
export async function visitRoom({ request, hostname, path, ...visit }: Visit, base: Base): Promise<Response> {
  const { env, clock, address } = base;
  const { searchParams, host } = new URL(request.url);
  const [, , , noun = "", encoded = "", ...rest] = path.split("/");
  if (!isRoomNoun(noun) || encoded === "" || rest.length > 0) throw fail("room.not_found");
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") throw fail("room.no_upgrade");
  if (!isOriginKnown(env, request, host)) throw fail("room.origin_refused");
  const market = searchParams.get("market");
  const found = findCell(
    env,
    hostname,
    market === null ? request.headers : new Headers({ "x-market": market }),
  );
  if (!found) throw failAnywhere("market.not_found");
  const door = { noun, id: idIn(encoded) };
  const shown = ticketOf(request, searchParams);
  const keys = openKeys(env, found.cell);
  const verified = shown === undefined ? undefined : verifyTicket({ keys, clock }, shown, door);
  const counted = verified?.ok ? personOf(verified.value) : ANONYMOUS;
  const limit = await limitRate(env, counted, address, clock.now());
  if (!limit.within) return visit.refuseMore(limit);
  if (!verified) throw fail("room.ticket_missing");
  if (!verified.ok) throw fail(verified.code);
  const claims = verified.value;
  if (request.headers.has("authorization")) {
    const actor = await visit.identify(found);
    if (actorKey(actor) !== claims.personId) throw fail("room.ticket_of_another");
  }
  return passOn({ objects: env, cell: found.cell }, claims, noun);
}

type Where = Parameters<typeof enterRoom>[0];

function idIn(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw fail("room.not_found");
  }
}

/** Only what we say ourselves goes on: no header of the outside reaches a room. */
async function passOn(
  where: Where,
  claims: Ticket,
  noun: Parameters<typeof enterRoom>[1],
): Promise<Response> {
  const headers = { upgrade: "websocket", [CLAIMS_HEADER]: encodeURIComponent(JSON.stringify(claims)) };
  const response = await enterRoom(where, noun, claims.id, new Request("https://room/", { headers }));
  // What comes from an object has fixed headers, and ours are added to every answer.
  return new Response(null, {
    status: response.status,
    webSocket: response.webSocket,
    headers: { "sec-websocket-protocol": SUBPROTOCOL },
  });
}

/** A page of our own or of the list. What is no browser sends no Origin, and stands by its ticket alone. */
function isOriginKnown(env: Env, request: Request, host: string): boolean {
  const origin = request.headers.get("origin");
  if (origin === null) return true;
  return URL.parse(origin)?.host === host || corsHeaders(env, request) !== undefined;
}

function ticketOf(request: Request, query: URLSearchParams): string | undefined {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((one) => one.trim());
  const ticket = offered.find((one) => one.startsWith("ticket."));
  return ticket?.slice("ticket.".length) ?? query.get("ticket") ?? undefined;
}

function personOf({ personId }: Ticket): Parameters<typeof limitRate>[1] {
  const isUser = personId.startsWith("usr_");
  return isUser ? { kind: "user", userId: personId } : ANONYMOUS;
}
