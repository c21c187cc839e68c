import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { useStepUp } from "../session/step-up.tsx";
import { type Answer, ApiError, call, type Input, type ReadName, type RouteName } from "./client.ts";
import { queryClient } from "./queries.ts";

type Given<N extends RouteName> = Input<N> & { readonly ifMatch?: number };
type About<N extends RouteName> = {
  /** The shop that one acts for. */
  readonly seller?: string;
  /** Reads that it makes old. */
  readonly forget?: readonly ReadName[];
  readonly onDone?: (answer: Answer<N>) => unknown;
};

/** The same key as long as the same is wanted, so that pressing again after a lost answer repeats nothing. */
function useIntentKey() {
  const last = useRef<{ readonly said: string; readonly key: string }>(undefined);
  return {
    of(intent: unknown): string {
      const said = JSON.stringify(intent);
      if (last.current?.said !== said) last.current = { said, key: crypto.randomUUID() };
      return last.current.key;
    },
    done: () => {
      last.current = undefined;
    },
  };
}

/** It was decided on and is over, other than what was lost or told to wait. */
const isFinal = (error: unknown): boolean =>
  error instanceof ApiError && error.status >= 400 && error.status < 500 && error.retryAfter === undefined;

export const forgetReads = (names: readonly ReadName[]) =>
  Promise.all(names.map((name) => queryClient.invalidateQueries({ queryKey: [name] })));

/** A command of the API: `mutate({ path, body, ifMatch })`. Asks who it is once more where the API does. */
export function useCommand<N extends RouteName>(name: N, { seller, forget = [], onDone }: About<N> = {}) {
  const intent = useIntentKey();
  const asOneself = useStepUp();
  return useMutation({
    mutationFn: ({ ifMatch, ...input }: Given<N>) => {
      const options = { ...(seller !== undefined && { seller }), ...(ifMatch !== undefined && { ifMatch }) };
      return asOneself(() => {
        const key = name.startsWith("POST ") ? { key: intent.of(input) } : {};
        const sent = call(name, input as unknown as Input<N>, { ...options, ...key });
        return sent.catch((error: unknown) => {
          // A refusal is kept under its key, and would be the answer still when its reason is gone.
          if (isFinal(error)) intent.done();
          throw error;
        });
      });
    },
    onSuccess: async (answer) => {
      intent.done();
      await forgetReads(forget);
      await onDone?.(answer);
    },
  });
}
