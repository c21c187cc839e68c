import { identity } from "../session/tokens.ts";
import type { Pending } from "./talk.ts";

/**
 * What a room has not answered for, kept in this tab under whoever said it: a page that is opened anew, also
 * after a session that had ended, sends it by the same name. Whoever signs out clears the tab.
 */
export function unsentIn(conversationId: string) {
  const who = identity.get();
  const key = `titan.unsent.${who.kind === "user" ? who.userId : ""}.${conversationId}`;
  return {
    get: (): readonly Pending[] => JSON.parse(sessionStorage.getItem(key) ?? "[]") as readonly Pending[],
    set(pending: readonly Pending[]): void {
      if (pending.length === 0) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify(pending));
    },
  };
}
