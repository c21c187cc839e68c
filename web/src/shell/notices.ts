import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../api/queries.ts";
import { useIsSignedIn } from "../session/session.ts";

/** Messages come by mail as well: a minute late is soon enough for the bell. */
const LOOK_EVERY_MS = 60_000;

/** How many messages a member has not read; a visitor has none. */
export function useUnread(): number {
  const isSignedIn = useIsSignedIn();
  const { data } = useQuery({
    ...queryOf("GET /v1/notifications/unread", {}),
    enabled: isSignedIn,
    refetchInterval: LOOK_EVERY_MS,
  });
  return isSignedIn ? (data?.count ?? 0) : 0;
}
