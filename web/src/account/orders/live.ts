import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { TrackingEvent, TrackingFrame } from "#party/protocol/tracking";
import { ApiError, call } from "../../api/client.ts";
import { forgetReads, queryOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";

export type Tracking = Schemas["Tracking"];
export type Point = { readonly latitude: number; readonly longitude: number; readonly at: string };
type Eta = Tracking["eta"];

/** What the parcel's room has told since the page was opened. */
export type Live = {
  readonly line: "connecting" | "open" | "waiting" | "closed";
  readonly trail: readonly Point[];
  /** Undefined until the room has said one: what was read holds. */
  readonly eta: Eta | undefined;
};

/** The followers of a shipment are told of it by a queue, which may be behind by seconds. */
const NOT_YET_TRIES = 20;
const NOT_YET_MS = 1_000;
/** Of a day's drive the last part is enough for a line on the map. */
const TRAIL_MAX = 1_000;

export function useTracking(shipmentId: string) {
  return useQuery({
    ...queryOf("GET /v1/tracking/{shipmentId}", { path: { shipmentId } }),
    retry: (tries, error) => error instanceof ApiError && error.status === 404 && tries < NOT_YET_TRIES,
    retryDelay: NOT_YET_MS,
  });
}

const OVER: readonly Tracking["status"][] = ["delivered", "return_to_sender", "cancelled"];
export const isOver = ({ status }: Pick<Tracking, "status">): boolean => OVER.includes(status);

type Seen = { readonly latitude: number; readonly longitude: number; readonly at: number };
const toPoint = ({ latitude, longitude, at }: Seen): Point => ({
  latitude,
  longitude,
  at: new Date(at).toISOString(),
});
type Moments = { readonly at: number; readonly from: number; readonly until: number };
const toEta = (eta: Moments | null): Eta => {
  const iso = (ms: number) => new Date(ms).toISOString();
  return eta && { at: iso(eta.at), from: iso(eta.from), until: iso(eta.until) };
};

function after(live: Live, frame: TrackingEvent): Live {
  if (frame.t === "welcome") {
    const trail = [...live.trail, ...frame.trail.map(toPoint)].slice(-TRAIL_MAX);
    return { ...live, eta: toEta(frame.eta), trail };
  }
  if (frame.t === "position") {
    return { ...live, eta: toEta(frame.eta), trail: [...live.trail, toPoint(frame)].slice(-TRAIL_MAX) };
  }
  return frame.t === "status" ? { ...live, eta: toEta(frame.eta) } : live;
}

/** What changes a parcel changes its order a moment later. */
const READS = ["GET /v1/tracking/{shipmentId}", "GET /v1/orders/{orderId}"] as const;

type Heard = {
  readonly hear: (frame: TrackingEvent) => void;
  readonly onLine: (line: Live["line"]) => void;
};

/** The room's client comes only where somebody follows a parcel. */
async function enter(shipmentId: string, { hear, onLine }: Heard) {
  const { connectRoom } = await import("#party/client");
  return connectRoom<TrackingFrame, TrackingEvent>({
    base: location.origin,
    ticket: () => call("POST /v1/tracking/{shipmentId}/tickets", { path: { shipmentId } }),
    onFrame: hear,
    onState: onLine,
  });
}

/** Follows a parcel while it is on its way and the page is open. */
export function useLive(shipmentId: string, isFollowed: boolean): Live {
  const [live, setLive] = useState<Live>({ line: "connecting", trail: [], eta: undefined });
  useEffect(() => {
    if (!isFollowed) return;
    let isLeft = false;
    const room = enter(shipmentId, {
      hear: (frame) => {
        if (isLeft) return;
        setLive((before) => after(before, frame));
        if (frame.t === "status" || frame.t === "arrived") void forgetReads(READS);
      },
      onLine: (line) => {
        if (!isLeft) setLive((before) => ({ ...before, line }));
      },
    });
    return () => {
      isLeft = true;
      void room.then((client) => client.close());
    };
  }, [shipmentId, isFollowed]);
  return live;
}
