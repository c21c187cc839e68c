import * as z from "zod";
import type { BuyerId } from "./actor.ts";
import type { Ctx } from "./ctx.ts";
import { zId } from "./ids.ts";
import { randomBytes } from "./random.ts";
import { err, ok, type Result } from "./result.ts";

/** Long enough to connect on a slow phone; a client asks for a new one at each reconnection. */
const TICKET_MS_MAX = 60_000;
const NAME_CHARS_MAX = 64;

const zPerson = z.union([zId("user"), zId("guest")]) as z.ZodType<BuyerId>;
const zTicket = z.object({
  /** Nobody else's, and good for one entry: the room remembers it. */
  ticketId: z.string(),
  /** The room: its noun and id are those of its object's name. */
  noun: z.string(),
  id: z.string(),
  personId: zPerson,
  /** What the person is in this room; the room alone says what a role may do. */
  role: z.string(),
  /** Shown to the others. */
  name: z.string().max(NAME_CHARS_MAX).optional(),
  expiresAt: z.int(),
});
/** Who may enter which room: made by a service that checked it, believed by the edge and the room. */
export type Ticket = z.output<typeof zTicket>;

/** Where the edge puts the claims that it has verified, for the room; none from outside goes on. */
export const CLAIMS_HEADER = "x-titan-claims";

type Door = Pick<Ticket, "noun" | "id">;
type Signing = Pick<Ctx, "keys" | "clock">;

/** What a ticket is asked for; which one it is and how long it holds is our affair. */
export type Entry = Omit<Ticket, "expiresAt" | "ticketId">;
const TICKET_ID_BYTES = 12;

/**
 * A ticket is for one room and one person of one market: the key is the cell's own, derived for nothing
 * else, so a ticket of another market does not verify here.
 */
export function signTicket(
  { keys, clock }: Signing,
  { lifetimeMs = TICKET_MS_MAX, ...about }: Entry & { readonly lifetimeMs?: number },
): { readonly ticket: string; readonly expiresAt: number } {
  const expiresAt = clock.now() + Math.min(lifetimeMs, TICKET_MS_MAX);
  const name = about.name?.slice(0, NAME_CHARS_MAX);
  const ticketId = Buffer.from(randomBytes(TICKET_ID_BYTES)).toString("base64url");
  const claims: Ticket = { ...about, ticketId, name, expiresAt };
  const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return { ticket: `${body}.${keys.sign("room", body)}`, expiresAt };
}

type Refusal = "room.ticket_invalid" | "room.ticket_expired" | "room.ticket_elsewhere";

export function verifyTicket(
  { keys, clock }: Signing,
  ticket: string,
  { noun, id }: Door,
): Result<Ticket, Refusal> {
  const [body = "", signature = ""] = ticket.split(".", 2);
  if (!keys.verify("room", body, signature)) return err("room.ticket_invalid");
  const claims = zTicket.parse(JSON.parse(Buffer.from(body, "base64url").toString()));
  if (claims.expiresAt <= clock.now()) return err("room.ticket_expired");
  return claims.noun === noun && claims.id === id ? ok(claims) : err("room.ticket_elsewhere");
}

/** What `POST /v1/<service>/{id}/tickets` answers. */
export const zTicketAnswer = z.object({
  /** Below the address that the ticket came from, with ws: for http:. */
  url: z.string(),
  ticket: z.string(),
  expiresAt: z.iso.datetime(),
});

/** The market is in the address too, since a browser's socket cannot send X-Market. */
export function giveTicket(
  ctx: Signing & Pick<Ctx, "cell">,
  about: Parameters<typeof signTicket>[1],
): z.output<typeof zTicketAnswer> {
  const { ticket, expiresAt } = signTicket(ctx, about);
  const url = `/v1/rooms/${about.noun}/${encodeURIComponent(about.id)}?market=${ctx.cell}`;
  return { url, ticket, expiresAt: new Date(expiresAt).toISOString() };
}
