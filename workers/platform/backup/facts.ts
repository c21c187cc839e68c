import * as z from "zod";
import { defineJob } from "#kernel/job";

/** One slice of a cell's backup, and then the next: a step ends well within its lease. Run by the sweep. */
export const BACK_UP = defineJob(
  "backup.slice",
  undefined,
  z.object({
    stamp: z.string(),
    /** The table that is next; empty at the beginning. */
    table: z.string(),
    slice: z.int(),
    /** JSON of the last row that was written. */
    after: z.string().nullable(),
  }),
);
