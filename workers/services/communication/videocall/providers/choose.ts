import { cloudflare } from "./cloudflare.ts";
import { coturn } from "./coturn.ts";
import type { Turn, TurnProvider } from "./port.ts";

/** Without one, callers reach each other directly or not at all: enough on one machine. */
const direct: TurnProvider = { iceServers: async () => [] };

export function turnProvider(turn: Turn | undefined): TurnProvider {
  if (!turn) return direct;
  return turn.kind === "cloudflare" ? cloudflare(turn) : coturn(turn);
}
