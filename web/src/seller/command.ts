import type { Answer, ReadName, RouteName } from "../api/client.ts";
import { useCommand as useAnyCommand } from "../api/command.ts";
import { useShop } from "./shop.ts";

type About<N extends RouteName> = {
  /** Reads that it makes old. */
  readonly forget?: readonly ReadName[];
  readonly onDone?: (answer: Answer<N>) => unknown;
};

/** A command of the shop: `mutate({ path, body, ifMatch })`. */
export function useCommand<N extends RouteName>(name: N, about: About<N> = {}) {
  const { seller } = useShop();
  return useAnyCommand(name, { ...about, seller });
}
