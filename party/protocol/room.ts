import * as z from "zod";

// What every room's protocol is made of. Frames are JSON objects told apart by `t`.

/** Chosen by the client, one a thing it does: sent again it changes nothing and has the same answer. */
export const zCid = z.string().regex(/^[\w-]{8,64}$/);
/** Place in the room's total order; counts up from 1. */
export const zSeq = z.int().min(0);

/** First frame of a client: what it has seen up to. Answered with what it missed, then what happens. */
export const zHello = z.object({ t: z.literal("hello"), since: zSeq.default(0) });
