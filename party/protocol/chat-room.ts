import * as z from "zod";
import { type Ack, type ErrorFrame, zCid, zHello } from "./room.ts";

const TEXT_CHARS_MAX = 2_000;

/** What a client of a conversation sends. */
export const zChatFrame = z.discriminatedUnion("t", [
  zHello,
  z.object({ t: z.literal("send"), cid: zCid, text: z.string().trim().min(1).max(TEXT_CHARS_MAX) }),
]);
export type ChatFrame = z.output<typeof zChatFrame>;

export type ChatMessage = {
  readonly t: "message";
  readonly seq: number;
  readonly cid: string;
  readonly authorId: string;
  readonly text: string;
  readonly at: number;
};
/** What a conversation sends: to `hello` a welcome, then the missed frames in order, then what happens. */
export type ChatEvent = { readonly t: "welcome"; readonly seq: number } | ChatMessage | Ack | ErrorFrame;
