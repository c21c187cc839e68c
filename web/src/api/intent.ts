import { useRef } from "react";

/**
 * Gives the key of what a person is about to do: the same for every try while what he asks for stays as it
 * is, so that pressing again after a lost answer happens once; another one as soon as he asks for something
 * else. It lives as long as its form: a form that is opened anew is a new intent.
 */
export function useIntentKey(): (asked: unknown) => string {
  const last = useRef({ asked: "", key: "" });
  return (asked) => {
    const text = JSON.stringify(asked ?? null);
    if (last.current.asked !== text) last.current = { asked: text, key: crypto.randomUUID() };
    return last.current.key;
  };
}
