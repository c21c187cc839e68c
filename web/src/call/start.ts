import { useMutation } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import type { Schemas } from "../api/schema.gen.ts";

type About = Schemas["WantGrant"];
type Wanted = { readonly about: About; readonly seller?: string | undefined };

/** Calls the other side of an order or of a talk that both agreed on, on the line that this page holds. */
export const useStartCall = () =>
  useMutation({
    mutationFn: async ({ about, seller }: Wanted) => {
      const { currentLine, openLine } = await import("./line.ts");
      openLine();
      const acting = seller === undefined ? {} : { seller };
      const { callId, grant } = await call("POST /v1/calls/grants", { body: about }, acting);
      await currentLine()?.dial(callId, grant);
    },
  });
