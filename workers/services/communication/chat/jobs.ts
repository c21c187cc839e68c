import { handleJob, type JobHandler } from "#kernel/consume";
import { keepApart, syncPeople } from "./commands/people.ts";
import { KEEP_APART, SYNC_PEOPLE } from "./facts.ts";

export const jobs: readonly JobHandler[] = [
  handleJob(SYNC_PEOPLE, syncPeople),
  handleJob(KEEP_APART, keepApart),
];
