import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { type Answer, call, type Input, type ReadName, type RouteName } from "../api/client.ts";
import { queryClient } from "../api/queries.ts";
import { useStepUp } from "../session/step-up.tsx";
import { useShop } from "./shop.ts";

type Given<N extends RouteName> = Input<N> & { readonly ifMatch?: number };
type About<N extends RouteName> = {
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

export const forgetReads = (names: readonly ReadName[]) =>
  Promise.all(names.map((name) => queryClient.invalidateQueries({ queryKey: [name] })));

/** A command of the shop: `mutate({ path, body, ifMatch })`. */
export function useCommand<N extends RouteName>(name: N, { forget = [], onDone }: About<N> = {}) {
  const { seller } = useShop();
  const intent = useIntentKey();
  const asOneself = useStepUp();
  return useMutation({
    mutationFn: ({ ifMatch, ...input }: Given<N>) => {
      const key = name.startsWith("POST ") ? { key: intent.of(input) } : {};
      const options = { seller, ...key, ...(ifMatch !== undefined && { ifMatch }) };
      return asOneself(() => call(name, input as unknown as Input<N>, options));
    },
    onSuccess: async (answer) => {
      intent.done();
      await forgetReads(forget);
      await onDone?.(answer);
    },
  });
}
