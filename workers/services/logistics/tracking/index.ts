export { takeBiteshipNotification } from "./commands/follow.ts";
