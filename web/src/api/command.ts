import { useMutation } from "@tanstack/react-query";
import { useStepUp } from "../session/step-up.tsx";
import { type Answer, call, type Input, type ReadName, type RouteName } from "./client.ts";
import { useIntents } from "./intent.ts";
import { forgetReads } from "./queries.ts";

type Given<N extends RouteName> = Input<N> & { readonly ifMatch?: number };
type About<N extends RouteName> = {
  /** The shop that one acts for. */
  readonly seller?: string;
  /** Reads that it makes old. */
  readonly forget?: readonly ReadName[];
  readonly onDone?: (answer: Answer<N>) => unknown;
};

/** A command of the API: `mutate({ path, body, ifMatch })`. Asks who it is once more where the API does. */
export function useCommand<N extends RouteName>(name: N, { seller, forget = [], onDone }: About<N> = {}) {
  const once = useIntents();
  const asOneself = useStepUp();
  return useMutation({
    mutationFn: ({ ifMatch, ...input }: Given<N>) => {
      const options = { ...(seller !== undefined && { seller }), ...(ifMatch !== undefined && { ifMatch }) };
      const send = (key?: string) =>
        call(name, input as unknown as Input<N>, { ...options, ...(key !== undefined && { key }) });
      return asOneself(() => (name.startsWith("POST ") ? once(input, send) : send()));
    },
    onSuccess: async (answer) => {
      await forgetReads(forget);
      await onDone?.(answer);
    },
  });
}
