export { takeStreamNotification } from "./commands/webhook.ts";
export { rsvpsQuery } from "./repository.ts";
