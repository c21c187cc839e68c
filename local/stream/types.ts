/** Shapes of https://developers.cloudflare.com/api/resources/stream/ as far as live video needs them. */
export type Recording = {
  mode: "off" | "automatic";
  requireSignedURLs: boolean;
  allowedOrigins: string[];
  /** How long a dropped publisher may stay away before the recording ends; 0 is the platform's default. */
  timeoutSeconds: number;
  hideLiveViewerCount: boolean;
};

export type InputState = "connected" | "reconnected" | "reconnecting" | "client_disconnect";
type InputMoment = {
  ingestProtocol: "rtmp";
  reason: string;
  state: InputState;
  statusEnteredAt: string;
  statusLastSeen: string;
};

export type LiveInput = {
  uid: string;
  created: string;
  modified: string;
  meta: Record<string, unknown>;
  defaultCreator: string | null;
  deleteRecordingAfterDays: number | null;
  enabled: boolean;
  recording: Recording;
  streamKey: string;
  status: { current: InputMoment; history: InputMoment[] } | null;
  /** The video that is being recorded, until its recording has ended. */
  videoUid: string | null;
  /** The publisher is away since then, and the recording waits for him. */
  awaySince: number | null;
  /** A deleted input is kept, so that its recordings know where they came from. */
  deleted: boolean;
};

export type Output = { uid: string; inputUid: string; url: string; streamKey: string; enabled: boolean };

export type Video = {
  uid: string;
  liveInput: string;
  created: string;
  modified: string;
  meta: Record<string, unknown>;
  creator: string | null;
  requireSignedURLs: boolean;
  allowedOrigins: string[];
  state: "live-inprogress" | "inprogress" | "ready" | "error";
  errorText: string;
  durationSeconds: number;
  sizeBytes: number;
  width: number;
  height: number;
  /** Each connection of the publisher records a part. */
  parts: number;
};

export type SigningKey = { id: string; privatePem: string; created: string };
export type Webhook = { notificationUrl: string; secret: string; modified: string };

export type Delivery = {
  id: string;
  url: string;
  body: string;
  /** A video's webhook is signed with the time of its sending; an alert carries its destination's secret. */
  kind: "video" | "alert";
  state: "pending" | "delivered" | "failed";
  nextAt: number;
  attempts: { at: number; result: number | string }[];
};
