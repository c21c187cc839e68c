import { sha256 } from "#kernel/digest";
import type { Book } from "./book.ts";
import type { BuyerId, Terms } from "./entry.ts";

const SECOND_MS = 1_000;

/** What is published before anybody joins. */
export const commitmentOf = (seed: string): string => sha256(seed);

/** A ticket's lot: lower is earlier. Nobody can choose his ticket after the seed is known. */
export const lotOf = (seed: string, ticketId: string): string => sha256(`${seed} ${ticketId}`);

type Drawn = { readonly seed: string; readonly places: ReadonlyMap<string, number> };
/** Drawn once a book: sorting some thousand lots takes longer than a claim may. */
const drawn = new WeakMap<Book, Drawn>();

function placesOf(book: Book, seed: string): ReadonlyMap<string, number> {
  const known = drawn.get(book);
  if (known?.seed === seed && known.places.size === book.tickets.size) return known.places;
  const lots = [...book.tickets.values()].map(({ id }) => ({ id, lot: lotOf(seed, id) }));
  lots.sort((a, b) => (a.lot < b.lot ? -1 : 1));
  const places = new Map(lots.map(({ id }, place) => [id, place]));
  drawn.set(book, { seed, places });
  return places;
}

/** Where a buyer stands in his shard's queue; undefined before the draw, and for who never joined. */
function placeOf(book: Book, buyerId: BuyerId): number | undefined {
  const ticket = book.tickets.get(buyerId);
  if (ticket === undefined || book.terms === undefined) return undefined;
  if (book.terms.queue === "fifo") return ticket.place;
  return book.seed === undefined ? undefined : placesOf(book, book.seed).get(ticket.id);
}

/** Each shard admits its share of the rate, so that all together keep it without asking each other. */
export function admittedAt(book: Book, buyerId: BuyerId): number | undefined {
  const place = placeOf(book, buyerId);
  return place === undefined || book.terms === undefined ? undefined : turnOf(book.terms, place);
}

export const turnOf = ({ startsAt, admitPerSecond, shards }: Terms, place: number): number =>
  startsAt + Math.floor((place * shards) / admitPerSecond) * SECOND_MS;
