import { useEffect, useState } from "react";
import type { RoomClient } from "#party/client";
import type { LiveAnswer, LiveFrame } from "#party/protocol/livestream";
import { call } from "../api/client.ts";
import { queryClient, queryOf } from "../api/queries.ts";
import { useIsSignedIn } from "../session/session.ts";
import { cartStore, identity, keepGuestToken } from "../session/tokens.ts";
import { texts } from "../shell/text.ts";
import { heard, type Live } from "./room.ts";

const text = texts({ en: { viewer: "Viewer" }, id: { viewer: "Penonton" } });

/** Whoever watches is somebody: a visitor is given the token that his cart would have had. */
export function becomeWatcher(): Promise<void> {
  becoming ??= askForGuest().finally(() => {
    becoming = undefined;
  });
  return becoming;
}
let becoming: Promise<void> | undefined;

async function askForGuest(): Promise<void> {
  if (cartStore.get()) return;
  const { token } = await call("POST /v1/carts", {});
  if (token !== null) keepGuestToken(token);
}

/** What others are told one is called: the first word of one's name. */
async function nameOf(): Promise<string> {
  // Whether a session still holds is known only when something was asked in its name.
  if (identity.get().kind === "visitor") return text.viewer;
  const me = queryClient.ensureQueryData(queryOf("GET /v1/users/me", {}));
  // A name that cannot be read keeps nobody out of the room.
  const name = await me.then((profile) => profile.name.trim().split(/\s+/, 1)[0]).catch(() => undefined);
  return name || text.viewer;
}

async function ticketFor(livestreamId: string) {
  await becomeWatcher();
  const name = await nameOf();
  return call("POST /v1/livestreams/{livestreamId}/tickets", { path: { livestreamId }, body: { name } });
}

/** `closed` is for good: put out, or opened elsewhere once too often. */
export type Line = { readonly state: "opening" | "open" | "waiting" | "closed"; readonly code?: number };
export type RoomHandle = Pick<RoomClient<LiveFrame>, "change" | "pass">;

/** A place in a show's room for as long as the page is open; what was missed comes with each return. */
export function useLiveRoom(livestreamId: string) {
  const isSignedIn = useIsSignedIn();
  const [live, setLive] = useState<Live>();
  const [line, setLine] = useState<Line>({ state: "opening" });
  const [room, setRoom] = useState<RoomHandle>();
  // Who signs in meanwhile takes his place anew, under his own name.
  useEffect(() => {
    let isGone = false;
    let client: RoomClient<LiveFrame> | undefined;
    void import("#party/client").then(({ connectRoom }) => {
      if (isGone) return;
      client = connectRoom<LiveFrame, LiveAnswer>({
        base: location.origin,
        ticket: () => ticketFor(livestreamId),
        onFrame: (frame) => setLive((before) => heard(before, frame, Date.now())),
        onState: (state, code) => !isGone && setLine({ state, ...(code !== undefined && { code }) }),
      });
      setRoom(client);
    });
    return () => {
      isGone = true;
      client?.close();
    };
  }, [livestreamId, isSignedIn]);
  return { live, line, room };
}
