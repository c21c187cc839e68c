export { takeStreamNotification } from "./commands/webhook.ts";
