import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";

/** Names of the fields only: events are kept for weeks, and an erasure need not look for values there. */
export const UserChanged = defineEvent(
  "user.changed",
  1,
  z.object({ userId: zId("user"), fields: z.array(z.string()) }),
);

/** Whoever holds something of this person scrubs it and records an erasure step for each of its stores. */
export const UserErased = defineEvent(
  "user.erased",
  1,
  z.object({
    userId: zId("user"),
    /** HMAC of the lower-case address: finds rows that were written before the person had an account. */
    addressHash: z.string(),
  }),
);
