import { useEffect, useState } from "react";

/**
 * The token of a mailed link. It stands behind `#`, which no server sees, and is taken out of the address bar
 * as soon as it was read: whoever looks over a shoulder or into the history finds nothing.
 */
export function useMailToken(): string | undefined {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get("token") ?? undefined);
  useEffect(() => {
    if (token !== undefined) history.replaceState(history.state, "", location.pathname + location.search);
  }, [token]);
  return token;
}
