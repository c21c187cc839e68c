import * as z from "zod";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

/** Sends one mail; the row says which, to whom and in what words. */
export const SEND_EMAIL = defineJob("email.send", "EMAIL", z.object({ emailId: zId("email") }));
