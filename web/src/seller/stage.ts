import type { Input } from "../api/client.ts";
import { useCommand } from "./command.ts";
import type { Show } from "./show-states.ts";

export type Direction = Input<"POST /v1/livestreams/{livestreamId}/stage">["body"];

/** Gives the show's room directions: what is said in it comes back by the room's own line. */
export function useStage(show: Show, onDone?: () => void) {
  const stage = useCommand("POST /v1/livestreams/{livestreamId}/stage", onDone ? { onDone } : {});
  return {
    error: stage.error,
    isPending: stage.isPending,
    direct: (body: Direction) => stage.mutate({ path: { livestreamId: show.id }, body }),
  };
}
