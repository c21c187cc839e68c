import type { CellConfig } from "#kernel/cell";
import type { Publishing, Stretch } from "../domain/show.ts";

export type LiveInput = {
  readonly uid: string;
  readonly rtmpUrl: string;
  readonly streamKey: string;
  /** With its stream id and passphrase, as an encoder takes it; null where SRT is not spoken. */
  readonly srtUrl: string | null;
  /** For a browser's camera; null where WebRTC is not spoken. */
  readonly whipUrl: string | null;
};
export type Recording = {
  readonly isReady: boolean;
  readonly durationMs: number;
  /** Which instants of the wall clock it shows where. */
  readonly timeline: readonly Stretch[];
};
export type Playback = { readonly hlsUrl: string; readonly dashUrl: string; readonly expiresAt: number };
export type Desk = { readonly cell: string; readonly config: CellConfig };

/** Who takes the picture in and brings it to viewers. */
export type VideoProvider = {
  createInput(about: { readonly name: string; readonly timeoutSeconds: number }): Promise<LiveInput>;
  readInput(uid: string): Promise<LiveInput>;
  /** Deleting one that is gone is done already. */
  deleteInput(uid: string): Promise<void>;
  publishing(inputUid: string): Promise<Publishing>;
  /** Undefined when there is no such video. */
  recording(videoUid: string): Promise<Recording | undefined>;
  /** Addresses that open this input or video until then. */
  sign(uid: string, expiresAt: number): Promise<Playback>;
};

/** The provider could not be asked: nothing is known. */
export class VideoSilent extends Error {
  override readonly name = "VideoSilent";
}
