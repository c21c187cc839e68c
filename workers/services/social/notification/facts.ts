import * as z from "zod";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

/** Sends one mail; the row says which, to whom and in what words. */
export const SEND_EMAIL = defineJob("email.send", "EMAIL", z.object({ emailId: zId("email") }));

/** Tells the next of those who asked to hear of a show that it has begun. */
export const TELL_SHOW = defineJob(
  "notification.tell_show",
  "NOTIFICATION",
  z.object({
    livestreamId: zId("livestream"),
    title: z.string(),
    startedAt: z.int(),
    after: z.string(),
  }),
);
export type TellShow = z.output<(typeof TELL_SHOW)["payload"]>;
