import * as z from "zod";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

/** Takes back what cashbacks of a group were paid for goods, or money, that have gone back. */
export const RECLAIM = defineJob("voucher.reclaim", undefined, z.object({ orderGroupId: zId("orderGroup") }));
