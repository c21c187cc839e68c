import { useState } from "react";

/** Sends what is asked under the key of the intent that it belongs to. */
export type Intents = <T>(asked: unknown, send: (key: string) => Promise<T>) => Promise<T>;

/**
 * The same key as long as the same is wanted and no answer has come: pressing again after a lost answer
 * happens once. An answer ends the intent, and so does a refusal: the API keeps both under their key, and
 * would give them again when the reason is gone, or when the same is wanted a second time.
 */
export function newIntents(): Intents {
  let last: { readonly said: string; readonly key: string } | undefined;
  return async (asked, send) => {
    const said = JSON.stringify(asked ?? null);
    const mine = last?.said === said ? last : { said, key: crypto.randomUUID() };
    last = mine;
    const end = () => {
      if (last === mine) last = undefined;
    };
    try {
      const answer = await send(mine.key);
      end();
      return answer;
    } catch (error) {
      if (isFinal(error)) end();
      throw error;
    }
  };
}

/** It was decided on and is over, other than what was lost or told to wait. */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "ApiError") return false;
  const { status, retryAfter } = error as Error & { readonly status?: number; readonly retryAfter?: number };
  return status !== undefined && status >= 400 && status < 500 && retryAfter === undefined;
}

/** The intents of a form: one that is opened anew has new ones. */
export function useIntents(): Intents {
  const [intents] = useState(newIntents);
  return intents;
}
