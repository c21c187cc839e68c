export { biteshipCell, takeBiteshipNotification } from "./commands/follow.ts";
export { observeParcel } from "./commands/record.ts";
export type { Scan, Status } from "./domain/journey.ts";
