import type { CellConfig } from "#kernel/cell";

/** As browsers take them: RTCConfiguration.iceServers. */
export type IceServer = {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
};

export type Wanted = { readonly userId: string; readonly lifetimeMs: number; readonly now: number };
/** Whoever relays media for those who cannot reach each other. */
export type TurnProvider = { iceServers(wanted: Wanted): Promise<readonly IceServer[]> };

export type Turn = NonNullable<CellConfig["turn"]>;

/** The provider did not answer, or not as it says it does. */
export class TurnSilent extends Error {
  override readonly name = "TurnSilent";
}
