import * as z from "zod";
import { defineJob } from "#kernel/job";

/** Learns from what people did with answers; one row, which puts itself forward to its next time. */
export const LEARN = defineJob("search.learn", undefined, z.object({}));
