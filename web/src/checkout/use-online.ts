import { useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

/** Whether the browser thinks that it is connected. */
export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine);
