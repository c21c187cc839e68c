import { useEffect, useRef, useState } from "react";
import type { RoomClient } from "#party/client";
import type { SaleEvent, SaleFrame } from "#party/protocol/sale";
import { call } from "../api/client.ts";
import { codeOf } from "../live/refusals.ts";
import { useIsSignedIn } from "../session/session.ts";
import { type Held, heldOf, withHeld } from "./held.ts";

/** The socket is asked first; after this the same claim goes by HTTP as well, and is the same hold. */
const PATIENCE_MS = 3_000;

type Seen = {
  /** How much is left, roughly; undefined until the sale has said so. */
  readonly band: string | undefined;
  readonly holds: readonly Held[];
  readonly skew: number | undefined;
};
const NOTHING: Seen = { band: undefined, holds: [], skew: undefined };

function seenWith(seen: Seen, event: SaleEvent): Seen {
  if (event.t === "welcome") {
    return { band: event.band, holds: event.holds, skew: event.now - Date.now() };
  }
  if (event.t === "band") return { ...seen, band: event.band, skew: event.now - Date.now() };
  if (event.t === "turn") return { ...seen, holds: withHeld(seen.holds, event.hold) };
  if (event.t === "ack" && event.hold) return { ...seen, holds: withHeld(seen.holds, event.hold) };
  return seen;
}

export type Claiming = {
  readonly quantity: number;
  readonly key: string;
  readonly turn?: string | undefined;
};

/** The sale as its shard tells of it, for somebody who is signed in and as long as `isWatched`. */
export function useSale(saleId: string, isWatched: boolean) {
  const isSignedIn = useIsSignedIn();
  const [seen, setSeen] = useState(NOTHING);
  const room = useRef<RoomClient<SaleFrame>>(undefined);
  const isOpen = useRef(false);
  useEffect(() => {
    if (!isSignedIn || !isWatched) return;
    let isGone = false;
    void import("#party/client").then(({ connectRoom }) => {
      if (isGone) return;
      room.current = connectRoom<SaleFrame, SaleEvent>({
        base: location.origin,
        ticket: () => call("POST /v1/flash-sales/{saleId}/tickets", { path: { saleId }, body: {} }),
        onFrame: (event) => setSeen((before) => seenWith(before, event)),
        onState: (state) => {
          isOpen.current = state === "open";
        },
      });
    });
    return () => {
      isGone = true;
      isOpen.current = false;
      room.current?.close();
      room.current = undefined;
    };
  }, [saleId, isSignedIn, isWatched]);
  const keep = (held: Held) => setSeen((before) => ({ ...before, holds: withHeld(before.holds, held) }));
  // A shard that has nothing left may say so to whoever asks before it tells everybody.
  const claim = (claiming: Claiming): Promise<void> =>
    claimUnits(claiming).catch((error: unknown) => {
      if (codeOf(error) === "flash_sale.sold_out") setSeen((before) => ({ ...before, band: "gone" }));
      throw error;
    });
  const claimUnits = async ({ quantity, key, turn }: Claiming): Promise<void> => {
    const options = { key, ...(turn && { turn }) };
    const byHttp = async () =>
      keep(
        heldOf(
          await call(
            "POST /v1/flash-sales/{saleId}/claims",
            { path: { saleId }, body: { quantity } },
            options,
          ),
        ),
      );
    if (!room.current || !isOpen.current) return byHttp();
    const bySocket = room.current.change({ t: "claim", quantity }, key);
    const isAnswered = await Promise.race([bySocket.then(() => true), later(PATIENCE_MS)]);
    if (!isAnswered) await byHttp();
  };
  const wait = async ({ quantity, key }: Claiming): Promise<void> => {
    const byHttp = () =>
      call("POST /v1/flash-sales/{saleId}/line", { path: { saleId }, body: { quantity } }, { key });
    if (!room.current || !isOpen.current) return void (await byHttp());
    const bySocket = room.current.change({ t: "wait", quantity }, key);
    const isAnswered = await Promise.race([bySocket.then(() => true), later(PATIENCE_MS)]);
    if (!isAnswered) await byHttp();
  };
  return { ...seen, claim, wait, keep };
}

const later = (ms: number): Promise<false> => new Promise((resolve) => setTimeout(resolve, ms, false));
