import { queryOptions } from "@tanstack/react-query";
import { addressOf } from "#kernel/address";
import { type Answer, call, type Input, type ReadName } from "../api/client.ts";

/** A read that belongs to a version of what it is about: it is made anew once that has another one. */
export function queryAsOf<N extends ReadName>(version: number, name: N, input: Input<N>) {
  return queryOptions({
    queryKey: [name, addressOf(name, input), `as of ${version}`] as const,
    queryFn: ({ signal }): Promise<Answer<N>> => call(name, input, { signal }),
  });
}
