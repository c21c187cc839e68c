import * as z from "zod";
import { defineJob } from "#kernel/due";
import { zId } from "#kernel/ids";

/** Sends one mail; the row says which, to whom and in what words. */
export const SEND_EMAIL = defineJob("email.send", "EMAIL", z.object({ emailId: zId("email") }));
