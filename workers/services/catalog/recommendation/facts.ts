import * as z from "zod";
import { defineJob } from "#kernel/job";

/** Learns anew from what people did; one row, which puts itself forward to its next time. */
export const TRAIN_MODEL = defineJob("recommendation.train", undefined, z.object({}));
