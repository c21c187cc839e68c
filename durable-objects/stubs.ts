import type { Cell } from "#kernel/cell";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { retrying } from "#kernel/retry";
import type { AudienceRelay } from "#party/audience-relay";
import type { AdBudgetDO } from "./ad-budget.ts";
import type { CallLineDO } from "./call-line.ts";
import type { CartDO } from "./cart.ts";
import type { ChatRoomDO } from "./chat-room.ts";
import type { ImportPage } from "./import.ts";
import type { LivestreamRoomDO } from "./livestream-room.ts";
import type { MetricDO } from "./metric.ts";
import type { SaleCoordinatorDO } from "./sale-coordinator.ts";
import type { SaleShardDO } from "./sale-shard.ts";
import type { TokenBucketDO } from "./token-bucket.ts";
import type { TrackingSessionDO } from "./tracking-session.ts";

type Where = Pick<Ctx, "cell" | "objects">;
/** Three tries outlast an object's move to another machine; more would pile load on a sick one. */
const TRIES_MAX = 3;
const BACKOFF_MS = 50;

const objectName = (cell: Cell, noun: string, id: string) => `${cell}:${noun}:${id}`;

/** An object's own cell, read from its name: nothing else tells it. */
export function cellOf({ id }: DurableObjectState): Cell {
  const [cell, noun] = id.name?.split(":") ?? [];
  if (!cell || !noun) throw new Error("an object is reached by name, through stubs.ts");
  return cell as Cell;
}

/** The part of an object's name that says which one it is. */
export const idOf = ({ id }: DurableObjectState): string => id.name?.split(":").slice(2).join(":") ?? "";

type Call<DO extends Rpc.DurableObjectBranded, T> = (stub: DurableObjectStub<DO>) => T;

export function onCart<T>({ cell, objects }: Where, cartId: Id<"cart">, call: Call<CartDO, T>) {
  return withRetry(() => call(objects.CART.getByName(objectName(cell, "cart", cartId))));
}

/** What a campaign of advertisements spends. */
export function onAdBudget<T>(where: Where, id: Id<"adCampaign">, call: Call<AdBudgetDO, T>) {
  const { cell, objects } = where;
  return withRetry(() => call(objects.AD_BUDGET.getByName(objectName(cell, "ad-budget", id))));
}

/** `bucket` says what is limited and for whom: `sign-in/<hash of address>`. */
export function onTokenBucket<T>({ cell, objects }: Where, bucket: string, call: Call<TokenBucketDO, T>) {
  return withRetry(() => call(objects.TOKEN_BUCKET.getByName(objectName(cell, "bucket", bucket))));
}

export function onChatRoom<T>(where: Where, id: Id<"conversation">, call: Call<ChatRoomDO, T>) {
  const { cell, objects } = where;
  return withRetry(() => call(objects.CHAT_ROOM.getByName(objectName(cell, "chat-room", id))));
}

/** A person's line, on which he is called and calls. */
export function onCallLine<T>(where: Where, userId: Id<"user">, call: Call<CallLineDO, T>) {
  const { cell, objects } = where;
  return withRetry(() => call(objects.CALL_LINE.getByName(objectName(cell, "call-line", userId))));
}

export function onTrackingSession<T>(where: Where, id: Id<"shipment">, call: Call<TrackingSessionDO, T>) {
  const { cell, objects } = where;
  return withRetry(() => call(objects.TRACKING_SESSION.getByName(objectName(cell, "tracking-session", id))));
}

/** Deals a sale's units to its shards. */
export function onSaleCoordinator<T>(where: Where, saleId: Id<"sale">, call: Call<SaleCoordinatorDO, T>) {
  const { cell, objects } = where;
  return withRetry(() => call(objects.SALE_COORDINATOR.getByName(objectName(cell, "sale", saleId))));
}

type Shard = { readonly saleId: Id<"sale">; readonly shard: number };
export function onSaleShard<T>(
  { cell, objects }: Where,
  { saleId, shard }: Shard,
  call: Call<SaleShardDO, T>,
) {
  const name = objectName(cell, "sale-shard", `${saleId}.${shard}`);
  return withRetry(() => call(objects.SALE_SHARD.getByName(name)));
}

export function onLivestreamRoom<T>(where: Where, id: Id<"livestream">, call: Call<LivestreamRoomDO, T>) {
  const { cell, objects } = where;
  return withRetry(() => call(objects.LIVESTREAM_ROOM.getByName(objectName(cell, "livestream-room", id))));
}

/** `<livestreamId>~<number>`: each holds a part of a show's viewers. */
export function onAudienceRelay<T>(where: Where, id: string, call: Call<AudienceRelay, T>) {
  const { cell, objects } = where;
  return withRetry(() => call(objects.AUDIENCE_RELAY.getByName(objectName(cell, "audience-relay", id))));
}

/** What backups read, by the noun of the objects' names. */
const EXPORTED = {
  "ad-budget": "AD_BUDGET",
  cart: "CART",
  "chat-room": "CHAT_ROOM",
  "livestream-room": "LIVESTREAM_ROOM",
  sale: "SALE_COORDINATOR",
  "sale-shard": "SALE_SHARD",
  "tracking-session": "TRACKING_SESSION",
} as const satisfies { readonly [noun: string]: keyof Where["objects"] };
export type ExportedNoun = keyof typeof EXPORTED;

type Exported = { readonly noun: ExportedNoun; readonly id: string };

/** A page of what an object's tables hold. */
export function exportObject({ cell, objects }: Where, { noun, id }: Exported, after: string) {
  return withRetry(async () => {
    const { rows, next } = await objects[EXPORTED[noun]]
      .getByName(objectName(cell, noun, id))
      .exportRows(after);
    return { rows: [...rows], next };
  });
}

/** A page of rows into an object that has none; after the last it begins anew with what it has. */
export async function importObject({ cell, objects }: Where, { noun, id }: Exported, page: ImportPage) {
  const stub = () => objects[EXPORTED[noun]].getByName(objectName(cell, noun, id));
  const { ok, code } = await withRetry(async () => {
    const imported = await stub().importRows(page);
    return { ok: imported.ok, code: imported.ok ? undefined : imported.code };
  });
  // It ends in the middle of this call, which therefore fails.
  if (ok && page.isLast) {
    await stub()
      .restart()
      .catch(() => undefined);
  }
  return code;
}

/** The rooms that a ticket opens, by the noun of their address and their objects' names. */
const ROOMS = {
  "audience-relay": "AUDIENCE_RELAY",
  "chat-room": "CHAT_ROOM",
  "sale-shard": "SALE_SHARD",
  "tracking-session": "TRACKING_SESSION",
  "call-line": "CALL_LINE",
} as const satisfies { readonly [noun: string]: keyof Where["objects"] };
export type RoomNoun = keyof typeof ROOMS;

export const isRoomNoun = (noun: string): noun is RoomNoun => Object.hasOwn(ROOMS, noun);

/** For workers/rooms.ts alone, which has verified the ticket. A client tries again, so nothing does here. */
export function enterRoom(where: Where, noun: RoomNoun, id: string, request: Request): Promise<Response> {
  return where.objects[ROOMS[noun]].getByName(objectName(where.cell, noun, id)).fetch(request);
}

/** One for the whole platform: it adds up what isolates send every few seconds. */
export function onMetrics<T>({ objects }: Pick<Ctx, "objects">, call: Call<MetricDO, T>) {
  return withRetry(() => call(objects.METRIC.getByName("all:metric:0")));
}

/** Safe only as changing methods are idempotent. A stub that threw is broken, so each try has its own. */
function withRetry<T>(attempt: () => T): Promise<Awaited<T>> {
  return retrying(attempt, {
    tries: TRIES_MAX,
    backoffMs: BACKOFF_MS,
    again: (error) => {
      const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
      return retryable === true && overloaded !== true;
    },
  });
}
